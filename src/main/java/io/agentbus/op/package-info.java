/**
 * The catalogue of operations: one declaration for each verb of the bus, from which every door is derived. A feature
 * declares constants of {@link io.agentbus.op.Operation}; {@link io.agentbus.op.Catalogue} binds them to services; a
 * door translates its protocol to {@link io.agentbus.op.Catalogue#invoke} and decides nothing.
 */
@NullMarked
package io.agentbus.op;

import org.jspecify.annotations.NullMarked;
