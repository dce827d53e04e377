/** Brings answers to clients: as one JSON document when they are quick, else as a stream of events. */
@NullMarked
package io.agentbus.door.mcp.wire;

import org.jspecify.annotations.NullMarked;
