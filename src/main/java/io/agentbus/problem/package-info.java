/** The one catalogue of refusals. Words only: each door maps a {@link io.agentbus.problem.ProblemCode} to its own protocol. */
@NullMarked
package io.agentbus.problem;

import org.jspecify.annotations.NullMarked;
