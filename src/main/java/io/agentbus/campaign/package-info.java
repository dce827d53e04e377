/**
 * Campaigns: phases that independent workers carry out for one orchestrator. Each run of a phase is a job for its worker, so that claim,
 * lease, fence and attempts are those of any job; what a phase came to is only ever said by a report. Phases of one batch run in their
 * order, all others side by side, and how one ends is nothing to the rest.
 *
 * <pre>
 * phase: waiting -> queued -> running -> passed | failed     (stuck: nobody was heard of; a report still counts)
 * campaign: open -> passed | failed (-> open again by rerun_phase) | cancelled
 * </pre>
 */
@NullMarked
package io.agentbus.campaign;

import org.jspecify.annotations.NullMarked;
