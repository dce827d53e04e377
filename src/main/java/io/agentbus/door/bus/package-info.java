/**
 * The catalogue on the event bus of Vert.x: every operation answers at {@code agentbus.op.<name>}. It translates and decides nothing. Being
 * a member of the bus gives no right: a request without a token is nobody's.
 */
@NullMarked
package io.agentbus.door.bus;

import org.jspecify.annotations.NullMarked;
