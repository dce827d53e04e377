/** Revisions up to 2025-11-25: a session begins with {@code initialize}, and the node keeps it. */
@NullMarked
package io.agentbus.door.mcp.legacy;

import org.jspecify.annotations.NullMarked;
