package io.agentbus.door.rest;

import io.agentbus.op.Caller;
import io.agentbus.op.EventFeed;
import io.agentbus.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A feed whose events are in memory. */
final class MemoryFeed implements EventFeed {
  private final List<Item> events = new ArrayList<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private long newest;

  synchronized void emit(String topic) {
    newest++;
    events.add(new Item(newest, topic,
        ("{\"topic\":\"" + topic + "\",\"position\":" + newest + "}").getBytes(StandardCharsets.UTF_8)));
    listeners.forEach(Runnable::run);
  }

  /** Forgets everything up to a position. */
  synchronized void forget(long position) {
    events.removeIf(event -> event.position() <= position);
  }

  int listeners() {
    return listeners.size();
  }

  @Override
  public synchronized Page after(Caller caller, Filter filter, long position, int limit) {
    if ("elsewhere".equals(filter.namespace())) {
      throw ProblemException.notFound("namespace", "elsewhere");
    }
    var oldest = events.isEmpty() ? newest + 1 : events.getFirst().position();
    var found = events.stream().filter(event -> event.position() > position).limit(limit).toList();
    return new Page(found.stream().filter(event -> filter.topic() == null || filter.topic().equals(event.topic()))
        .toList(),
        found.isEmpty() ? Math.max(position, oldest - 1) : found.getLast().position(), position + 1 < oldest
        && position > 0);
  }

  @Override
  public synchronized long newest() {
    return newest;
  }

  @Override
  public Subscription onNews(Runnable wake) {
    listeners.add(wake);
    return () -> listeners.remove(wake);
  }
}
