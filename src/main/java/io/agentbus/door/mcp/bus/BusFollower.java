package io.agentbus.door.mcp.bus;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.door.mcp.content.Asker;
import io.agentbus.door.mcp.content.Follower;
import io.agentbus.door.mcp.content.Notice;
import io.agentbus.door.mcp.content.Wish;
import io.agentbus.op.EventFeed;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Tells by the events of the bus which jobs, and so which resources and tasks, have changed. */
final class BusFollower implements Follower {
  private static final int PAGE = 200;
  /** Pages read in one go; what is left is read in the next. */
  private static final int PAGES = 20;

  private final Asker asker;
  private final EventFeed feed;
  private final JobTasks tasks;
  private final JobWatch jobs;
  private final Runnable wake;
  private final Wish agreed;
  private final EventFeed.Filter filter;
  private final EventFeed.@Nullable Subscription subscription;
  private long position;

  BusFollower(Asker asker, Wish wish, Runnable wake, EventFeed feed, JobWatch jobs, JobTasks tasks) {
    this.asker = asker;
    this.feed = feed;
    this.jobs = jobs;
    this.tasks = tasks;
    this.wake = wake;
    // The lists never change for a token, and nothing tells of the health but asking.
    this.agreed = new Wish(false, false, false,
        wish.uris().stream().filter(uri -> uri.equals(BusResources.EVENTS) || JobUri.of(uri) != null).toList(),
        wish.taskIds().stream().filter(this::isTask).toList());
    var watched = watched();
    this.filter = new EventFeed.Filter(null, agreed.uris().contains(BusResources.EVENTS) ? null : "job.*", null,
        watched.size() == 1 && !agreed.uris().contains(BusResources.EVENTS) ? watched.iterator().next() : null);
    var nothing = agreed.uris().isEmpty() && agreed.taskIds().isEmpty();
    this.position = nothing ? 0 : feed.newest();
    this.subscription = nothing ? null : feed.onNews(wake);
  }

  private boolean isTask(String id) {
    try {
      return JobUri.of("agentbus://jobs/" + id) != null && !jobs.get(asker, id).isEmpty();
    } catch (ProblemException notThere) {
      return false;
    }
  }

  private Set<UUID> watched() {
    var ids = new HashSet<UUID>();
    agreed.taskIds().forEach(id -> ids.add(UUID.fromString(id)));
    for (var uri : agreed.uris()) {
      var job = JobUri.of(uri);
      if (job != null) {
        ids.add(job.id());
      }
    }
    return ids;
  }

  @Override
  public Wish agreed() {
    return agreed;
  }

  @Override
  public List<Notice> next() {
    if (subscription == null) {
      return List.of();
    }
    var changed = new HashSet<String>();
    var any = false;
    for (var pages = 0; pages < PAGES; pages++) {
      var page = feed.after(asker.caller(), filter, position, PAGE);
      any |= !page.items().isEmpty();
      page.items().forEach(item -> changed.add(job(item)));
      if (page.position() <= position) {
        return notices(changed, any);
      }
      position = page.position();
    }
    wake.run();
    return notices(changed, any);
  }

  private List<Notice> notices(Set<String> changed, boolean any) {
    var notices = new ArrayList<Notice>();
    for (var uri : agreed.uris()) {
      var job = JobUri.of(uri);
      if (job == null ? any : changed.contains(job.id().toString())) {
        notices.add(new Notice.ResourceUpdated(uri));
      }
    }
    for (var id : agreed.taskIds()) {
      if (changed.contains(id)) {
        notices.add(new Notice.TaskChanged(tasks.get(asker, id)));
      }
    }
    return notices;
  }

  /** The job that an event tells of; an empty text when it tells of none. */
  private static String job(EventFeed.Item item) {
    try {
      JsonNode id = Json.MAPPER.readTree(item.json()).path("source_job_id");
      return id.asText("");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    if (subscription != null) {
      subscription.close();
    }
  }
}
