/** Namespaces as words: paths, walls and filters. A right on {@code a/b} covers {@code a/b} and everything below. */
@NullMarked
package io.agentbus.namespace;

import org.jspecify.annotations.NullMarked;
