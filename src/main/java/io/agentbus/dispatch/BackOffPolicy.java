package io.agentbus.dispatch;

import java.time.Duration;

/**
 * How long to leave an agent alone after hand-overs that failed: between half of the length and all of it, which doubles with each failure in
 * a row. Never less than half, so that an agent that is not there is not asked over and over; and drawn, so that many do not come back together.
 *
 * @param baseMillis length after the first
 * @param capMillis length after many
 */
record BackOffPolicy(long baseMillis, long capMillis) {
  /**
   * The pause.
   *
   * @param failures in a row, from 1
   * @param drawn from 0 to 1
   */
  Duration after(int failures, double drawn) {
    var length = Math.min(capMillis, baseMillis * Math.pow(2, Math.min(failures - 1, 30)));
    return Duration.ofMillis(Math.round(length / 2 * (1 + drawn)));
  }
}
