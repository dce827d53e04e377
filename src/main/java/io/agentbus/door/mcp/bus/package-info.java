/** The catalogue as MCP content: operations are tools, jobs are tasks and resources. It translates and decides nothing. */
@NullMarked
package io.agentbus.door.mcp.bus;

import org.jspecify.annotations.NullMarked;
