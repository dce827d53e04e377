package io.agentbus.door.bridge;

import com.fasterxml.jackson.core.JsonToken;
import io.agentbus.event.TopicFilter;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Caller;
import io.agentbus.op.EventFeed;
import io.agentbus.op.Json;
import io.agentbus.op.Right;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands the events of the bus to all connections of the node that are registered for them. One thread reads the feed for
 * all of them, so that a thousand listeners cost the database as much as one; it runs only while there are any. What is
 * committed after a registration is handed over, in the order of positions, as long as it lasts.
 */
final class EventRelay {
  private static final Logger LOG = LoggerFactory.getLogger(EventRelay.class);
  private static final int PAGE = 200;
  private static final long POLL_SECONDS = 2;
  /** The relay sees all; each connection is shown what its caller may see. */
  private static final Caller EVERYBODY = new Caller(null, "bridge", null, List.of(), EnumSet.of(Right.READ, Right.OPERATE));

  /** One connection at one address. */
  @FunctionalInterface
  interface Listener {
    /** An event. Must not wait. @param json the event, UTF-8 */
    void event(NamespacePath namespace, byte[] json);
  }

  /** Those who want the same. */
  private record Group(TopicFilter filter, Predicate<String> matches, Set<Listener> listeners) {}

  private final EventFeed feed;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Group> groups = new ConcurrentHashMap<>();
  private final Semaphore bell = new Semaphore(0);
  private volatile boolean running;
  private long position;

  EventRelay(EventFeed feed) {
    this.feed = feed;
  }

  /** Hands matching events to the listener until the result is closed. On a virtual thread. */
  AutoCloseable register(TopicFilter filter, Listener listener) {
    lock.lock();
    try {
      if (!running) {
        position = feed.newest();
      }
      // In one step, as the last listener of a group takes the group with it.
      groups.compute(filter.value(), (text, known) -> {
        var group = known == null ? new Group(filter, filter.matcher(), ConcurrentHashMap.newKeySet()) : known;
        group.listeners.add(listener);
        return group;
      });
      if (!running) {
        running = true;
        Thread.ofVirtual().name("bridge-events").start(this::follow);
      }
    } finally {
      lock.unlock();
    }
    return () -> unregister(filter, listener);
  }

  private void unregister(TopicFilter filter, Listener listener) {
    groups.computeIfPresent(filter.value(), (text, group) -> {
      group.listeners.remove(listener);
      return group.listeners.isEmpty() ? null : group;
    });
  }

  private void follow() {
    try (var _ = feed.onNews(bell::release)) {
      while (goesOn()) {
        if (!step()) {
          bell.tryAcquire(POLL_SECONDS, TimeUnit.SECONDS);
          bell.drainPermits();
        }
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean goesOn() {
    lock.lock();
    try {
      running = !groups.isEmpty();
      return running;
    } finally {
      lock.unlock();
    }
  }

  /** Looks once. @return whether there may be more at once */
  private boolean step() {
    try {
      var filter = wanted();
      var page = feed.after(EVERYBODY, filter, position, PAGE);
      if (!filter.equals(wanted())) {
        // Somebody came meanwhile who wants more than was looked for.
        return true;
      }
      if (page.gap()) {
        LOG.atWarn().addKeyValue("position", position).log("events were no longer kept when the bridge came to them");
      }
      page.items().forEach(this::hand);
      var moved = page.position() > position;
      position = Math.max(position, page.position());
      return moved;
    } catch (RuntimeException failure) {
      LOG.debug("the bridge could not read the events; it tries again", failure);
      return false;
    }
  }

  /** What the feed is asked for: no more than somebody listens to, where that can be said in one filter. */
  private EventFeed.Filter wanted() {
    var filters = groups.values();
    var only = filters.size() == 1 ? filters.iterator().next().filter.value() : null;
    return new EventFeed.Filter(null, only, null, null, filters.stream().allMatch(group -> group.filter.emittedOnly()));
  }

  private void hand(EventFeed.Item item) {
    NamespacePath namespace = null;
    for (var group : groups.values()) {
      if (group.matches.test(item.topic())) {
        namespace = namespace == null ? namespaceOf(item.json()) : namespace;
        for (var listener : group.listeners) {
          listener.event(namespace, item.json());
        }
      }
    }
  }

  private static NamespacePath namespaceOf(byte[] json) {
    try (var parser = Json.MAPPER.createParser(json)) {
      for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.FIELD_NAME) {
          var isIt = parser.currentName().equals("namespace");
          parser.nextToken();
          if (isIt) {
            return new NamespacePath(parser.getText());
          }
          parser.skipChildren();
        }
      }
      throw new IllegalStateException("an event has no namespace");
    } catch (IOException e) {
      throw new UncheckedIOException("an event is not JSON", e);
    }
  }
}
