package io.agentbus.door.mcp.bus;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.door.mcp.content.Asker;
import io.agentbus.door.mcp.content.Work;
import io.agentbus.door.mcp.wire.Bell;
import io.agentbus.op.CallScope;
import io.agentbus.op.EventFeed;
import java.util.Set;
import java.util.UUID;

/** Waits for the end of a job by the events that tell of it. */
final class JobWatch {
  /** A look without news, should they be lost. */
  private static final long LOOK_MILLIS = 10_000;
  private static final int PAGE = 100;
  private static final Set<String> ENDS = Set.of("succeeded", "failed", "dead", "cancelled");

  private final Operations operations;
  private final EventFeed feed;

  JobWatch(Operations operations, EventFeed feed) {
    this.operations = operations;
    this.feed = feed;
  }

  static boolean hasEnded(ObjectNode job) {
    return ENDS.contains(job.path("status").asText());
  }

  /**
   * The job when it has ended, or as it is after a time, or when nobody waits any more.
   *
   * @param after position of the feed before which nothing matters
   */
  ObjectNode await(Work work, ObjectNode enqueued, long after, int seconds) throws InterruptedException {
    var asker = work.asker();
    var id = enqueued.path("id").asText();
    var began = System.nanoTime();
    var deadline = began + seconds * 1_000_000_000L;
    var scope = CallScope.current();
    var job = enqueued;
    var position = after;
    try (var bell = new Bell(); var _ = scope.onOver(bell::close); var _ = feed.onNews(bell::ring)) {
      while (!hasEnded(job) && !scope.over() && System.nanoTime() < deadline) {
        var rung = bell.await(Math.min(LOOK_MILLIS, (deadline - System.nanoTime()) / 1_000_000));
        var page = feed.after(asker.caller(), new EventFeed.Filter(null, null, null, UUID.fromString(id)), position, PAGE);
        position = page.position();
        if (!page.items().isEmpty() || !rung) {
          job = get(asker, id);
          work.progress((System.nanoTime() - began) / 1e9, (double) seconds, "the job is " + job.path("status").asText());
        }
      }
    }
    return job;
  }

  ObjectNode get(Asker asker, String id) {
    return operations.call(asker, "get_job", Operations.job(id));
  }
}
