/**
 * Random tests of the life of a job: seeded sequences against a model of the state machine, and many claimers on several nodes with
 * faults. Each prints its seed, and each ends with the rules of {@code sql/runbook/invariants.sql}.
 */
@NullMarked
package io.agentbus.sim;

import org.jspecify.annotations.NullMarked;
