/**
 * What the public conformance suite of MCP wants to find behind a server, and a server with nothing else behind it. It
 * takes no token and is no part of the product.
 */
@NullMarked
package io.agentbus.door.mcp.conformance;

import org.jspecify.annotations.NullMarked;
