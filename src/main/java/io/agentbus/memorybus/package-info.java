/**
 * The memory bus: what agents keep for each other by namespace and title, and the calls of ai-memory by their names and shapes. Who calls
 * is told by the token; what a caller reaches lies inside its own namespaces; what has expired is not there.
 */
@NullMarked
package io.agentbus.memorybus;

import org.jspecify.annotations.NullMarked;
