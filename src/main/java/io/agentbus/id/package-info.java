/** Identifiers. */
@NullMarked
package io.agentbus.id;

import org.jspecify.annotations.NullMarked;
