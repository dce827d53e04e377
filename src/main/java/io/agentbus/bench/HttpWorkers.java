package io.agentbus.bench;

import java.nio.charset.StandardCharsets;

/** Workers that claim one job at a time with a long poll, and complete it, until so many are done. */
final class HttpWorkers {
  private static final String CLAIM = "/api/v1/jobs/claim";

  private final HttpCalls calls;
  private final byte[] claim;
  private final Runnable finished;
  private final long[] claimed;
  /** Jobs that no claim has taken yet. */
  private int left;
  /** Claims under way. */
  private int asked;
  private int unfinished;

  /** @param jobs end after so many @param patienceSeconds of a claim */
  HttpWorkers(HttpCalls calls, int jobs, int patienceSeconds) {
    this(calls, jobs, patienceSeconds, () -> { });
  }

  /** The same. @param finished runs after each job */
  HttpWorkers(HttpCalls calls, int jobs, int patienceSeconds, Runnable finished) {
    this.calls = calls;
    this.finished = finished;
    this.claim = calls.request(CLAIM, "{\"limit\":1,\"wait_seconds\":" + patienceSeconds + "}");
    this.claimed = new long[jobs];
    this.left = jobs;
    this.unfinished = jobs;
  }

  /** Begins; all goes on on the loop. */
  void start(int workers) {
    for (var i = 0; i < workers; i++) {
      claim();
    }
  }

  boolean done() {
    return unfinished == 0;
  }

  /** When, on this process's clock, the job of that number was in a worker's hands; 0 = never. */
  long claimedAt(int number) {
    return claimed[number];
  }

  private void claim() {
    // No more claims under way than jobs are left: one that comes too late would hold a job that nobody ends.
    if (asked == left) {
      return;
    }
    asked++;
    calls.send(CLAIM, claim, answer -> {
      var at = System.nanoTime();
      asked--;
      var text = new String(answer, StandardCharsets.ISO_8859_1);
      if (text.contains("\"id\":\"")) {
        complete(text, at);
      } else {
        claim();
      }
    });
  }

  private void complete(String job, long at) {
    left--;
    var number = Integer.parseInt(field(job, "\"number\":"));
    if (number < claimed.length) {
      claimed[number] = at;
    }
    var path = "/api/v1/jobs/" + field(job, "\"id\":\"") + "/complete";
    calls.send(path, calls.request(path, "{\"fence\":" + field(job, "\"fence\":") + "}"), answer -> {
      unfinished--;
      finished.run();
      claim();
    });
  }

  /** The first value after these words, up to its end; a parser would take longer than the call. */
  private static String field(String json, String words) {
    var from = json.indexOf(words);
    if (from < 0) {
      throw new IllegalStateException("the answer has no " + words + ": " + json);
    }
    from += words.length();
    while (json.charAt(from) == ' ') {
      from++;
    }
    var to = from;
    while (Character.isLetterOrDigit(json.charAt(to)) || json.charAt(to) == '-') {
      to++;
    }
    return json.substring(from, to);
  }
}
