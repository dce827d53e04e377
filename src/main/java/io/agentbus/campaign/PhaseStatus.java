package io.agentbus.campaign;

/** Where a phase stands, by its current run. */
public enum PhaseStatus {
  /** Those before it in its batch have not landed. */
  WAITING,
  /** Its job waits for the worker. */
  QUEUED,
  /** The worker holds its job. */
  RUNNING,
  /** The worker has blocked its job: it needs something. */
  BLOCKED,
  /** The worker was silent for twice the expected time, or its job ended without a report. A report still counts. */
  STUCK,
  PASSED,
  FAILED,
  /** It had not landed when the campaign was cancelled. */
  CANCELLED
}
