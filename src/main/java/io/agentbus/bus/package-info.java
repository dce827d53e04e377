/**
 * The event bus and the wake-ups. Wake-ups are hints that there may be work: Postgres carries the truth, so a hint may be lost or come
 * twice, and every hearer also polls. The event bus of Vert.x is touched here alone: {@link io.agentbus.bus.Requests} answers,
 * {@link io.agentbus.bus.Messages} publishes, asks and listens, {@link io.agentbus.bus.Addresses} says where.
 */
@NullMarked
package io.agentbus.bus;

import org.jspecify.annotations.NullMarked;
