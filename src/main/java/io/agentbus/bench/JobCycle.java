package io.agentbus.bench;

/** Enqueues some jobs, and one more for each that has been finished. */
final class JobCycle {
  private static final String JOBS = "/api/v1/jobs";

  private final HttpCalls calls;
  private final String agent;
  private final int jobs;
  private int next;

  /** @param jobs in all */
  JobCycle(HttpCalls calls, String agent, int jobs) {
    this.calls = calls;
    this.agent = agent;
    this.jobs = jobs;
  }

  /** @param ahead jobs that are there before the first is finished */
  void start(int ahead) {
    for (var i = 0; i < ahead; i++) {
      next();
    }
  }

  /** A job was finished. */
  void next() {
    if (next < jobs) {
      calls.send(JOBS, calls.request(JOBS, HttpLoad.body(agent, next++)), answer -> { });
    }
  }
}
