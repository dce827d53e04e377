/** Revision 2026-07-28: every request says everything, and nothing is kept between two. */
@NullMarked
package io.agentbus.door.mcp.modern;

import org.jspecify.annotations.NullMarked;
