package io.agentbus.work;

/** Why a command is over, or has to be. The first one counts. */
sealed interface Ending {
  /** It ended by itself. */
  record Exited(int code) implements Ending {}

  /** The lease is another's, or nobody's: what the command does no longer counts. */
  record Lost(String why) implements Ending {}

  /** Whoever asked for the job no longer wants it. */
  record CancelRequested() implements Ending {}

  /** The attempt took longer than the job allows; the node ends it by its own clock. */
  record JobTimedOut(long seconds) implements Ending {}

  /** The command took longer than this worker allows. */
  record WorkerTimedOut(long seconds) implements Ending {}

  /** The worker stops and the command was not done in time. */
  record Drained() implements Ending {}
}
