/** The wiring: the only place that knows every feature and every door. */
@NullMarked
package io.agentbus.app;

import org.jspecify.annotations.NullMarked;
