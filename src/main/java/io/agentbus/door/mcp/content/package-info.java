/**
 * What an MCP server offers, apart from how it is spoken: {@link io.agentbus.door.mcp.content.Content} lists and carries
 * out, {@link io.agentbus.door.mcp.content.Work} is one request as its handler sees it.
 */
@NullMarked
package io.agentbus.door.mcp.content;

import org.jspecify.annotations.NullMarked;
