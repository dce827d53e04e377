/**
 * Wake-ups: hints that there may be work. Postgres carries the truth, so a hint may be lost or come twice; every hearer also polls.
 */
@NullMarked
package io.agentbus.bus;

import org.jspecify.annotations.NullMarked;
