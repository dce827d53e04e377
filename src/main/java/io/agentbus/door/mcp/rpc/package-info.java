/** JSON-RPC 2.0 as MCP speaks it: messages, errors and their bytes. */
@NullMarked
package io.agentbus.door.mcp.rpc;

import org.jspecify.annotations.NullMarked;
