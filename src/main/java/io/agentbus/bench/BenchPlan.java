package io.agentbus.bench;

/**
 * How much a run measures.
 *
 * @param name told in the results
 * @param repeats samples of a row, of which the median is reported
 * @param ceilingSeconds length of one run of pgbench
 * @param jobs jobs of one sample within the process
 * @param history finished jobs that stand in the database before the row about history
 * @param httpJobs jobs of one sample of the enqueue over HTTP; a quarter of them are drained in one sample
 * @param httpWarm jobs that are enqueued over HTTP first and do not count; a quarter of them are drained first
 * @param pickupSeconds length of one measurement of pick-up times
 * @param calls samples of what a command line call takes
 * @param processes false: only what this process measures by itself
 */
record BenchPlan(String name, int repeats, int ceilingSeconds, int jobs, int history, int httpJobs, int httpWarm, int pickupSeconds, int calls,
    boolean processes) {
  static final BenchPlan QUICK = new BenchPlan("quick", 3, 2, 20_000, 20_000, 16_000, 60_000, 3, 3, true);
  static final BenchPlan FULL = new BenchPlan("full", 5, 8, 200_000, 200_000, 60_000, 120_000, 20, 10, true);
  /** Shows that everything runs; its numbers mean nothing. */
  static final BenchPlan TINY = new BenchPlan("tiny", 1, 1, 400, 200, 300, 300, 1, 1, false);

  BenchPlan withHistory(int finished) {
    return new BenchPlan(name, repeats, ceilingSeconds, jobs, finished, httpJobs, httpWarm, pickupSeconds, calls, processes);
  }
}
