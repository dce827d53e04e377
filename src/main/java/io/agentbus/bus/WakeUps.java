package io.agentbus.bus;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.agentbus.db.LastingConnection;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Tuple;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells hearers in this node at once, and other nodes and outside listeners by NOTIFY soon after. The NOTIFY goes out on a
 * connection of its own after the commit, and several hints go out as one: in the writer's transaction its lock would be shared by
 * every writer of the database. Each NOTIFY is a commit of its own that is flushed like any other, so that a busy node sends one every
 * {@value #GAP_MILLIS} ms; the first after a pause goes out at once.
 */
public final class WakeUps {
  private static final Logger LOG = LoggerFactory.getLogger(WakeUps.class);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  /** Most queues named in one NOTIFY, whose payload may have 8,000 bytes. */
  private static final int QUEUES_PER_NOTIFY = 200;
  /** Least time between the answer to one NOTIFY and the next. */
  private static final long GAP_MILLIS = 10;

  private final String nodeName;
  private final List<Consumer<ReadyHint>> readyHearers = new CopyOnWriteArrayList<>();
  private final List<Runnable> newsHearers = new CopyOnWriteArrayList<>();
  private final List<Runnable> changeHearers = new CopyOnWriteArrayList<>();
  private final Set<Integer> readyToSay = new LinkedHashSet<>();
  private boolean newsToSay;
  private boolean changesToSay;
  private boolean saying;
  private volatile boolean closed;
  private @Nullable Context loop;
  private @Nullable Vertx vertx;
  private @Nullable LastingConnection listener;
  private @Nullable LastingConnection speaker;

  /** @param nodeName tells this node's own NOTIFYs from others' */
  public WakeUps(String nodeName) {
    this.nodeName = nodeName;
  }

  /** Hears of queues that got claimable jobs. The hearer must not block. */
  public void hearReady(Consumer<ReadyHint> hearer) {
    readyHearers.add(hearer);
  }

  /** Hears that journal rows or events were committed. The hearer must not block. */
  public void hearNews(Runnable hearer) {
    newsHearers.add(hearer);
  }

  /** Hears that agents, tokens or pauses changed, so that caches are stale. The hearer must not block. */
  public void hearChanges(Runnable hearer) {
    changeHearers.add(hearer);
  }

  /** Says, after the commit, that a queue got jobs. Any thread. */
  public void ready(ReadyHint hint) {
    readyHearers.forEach(hearer -> hearer.accept(hint));
    synchronized (this) {
      readyToSay.add(hint.queueId());
    }
    speakSoon();
  }

  /** Says, after the commit, that the journal grew. Any thread. */
  public void news() {
    newsHearers.forEach(Runnable::run);
    synchronized (this) {
      newsToSay = true;
    }
    speakSoon();
  }

  /** Says, after the commit, that agents, tokens or pauses changed. Any thread. */
  public void changes() {
    changeHearers.forEach(Runnable::run);
    synchronized (this) {
      changesToSay = true;
    }
    speakSoon();
  }

  /**
   * Connects to Postgres: from now on hints cross nodes.
   *
   * @param url says where the database is now: {@code postgresql://user:password@host:port/database}
   */
  public Future<Void> open(Vertx vertx, Supplier<String> url) {
    this.vertx = vertx;
    speaker = new LastingConnection(vertx, "wake-up-speaker", url, Map.of("synchronous_commit", "off"));
    var created = new LastingConnection(vertx, "wake-up-listener", url, Map.of());
    listener = created;
    loop = vertx.getOrCreateContext();
    return created.keepOpen(this::listen);
  }

  /** Ends both connections. */
  public Future<Void> close() {
    closed = true;
    return Future.join(Stream.of(listener, speaker).filter(Objects::nonNull).map(LastingConnection::close).toList()).mapEmpty();
  }

  private Future<?> listen(PgConnection connection) {
    connection.notificationHandler(notification -> hear(notification.getChannel(), notification.getPayload()));
    return connection.query("LISTEN jobs_ready; LISTEN events_inserted; LISTEN agentbus_changes").execute().onSuccess(ignored -> {
      // What was said while nobody listened is not said again. Jobs are looked for in a moment anyway; caches are not.
      newsHearers.forEach(Runnable::run);
      changeHearers.forEach(Runnable::run);
    });
  }

  private void hear(String channel, String payload) {
    switch (channel) {
      case "jobs_ready" -> heardReady(payload, nodeName);
      case "events_inserted" -> heard(payload, newsHearers);
      case "agentbus_changes" -> heard(payload, changeHearers);
      default -> LOG.debug("ignored a notification on {}", channel);
    }
  }

  private void heardReady(String payload, String self) {
    var json = parse(payload);
    if (json == null || self.equals(json.path("node").asText())) {
      return;
    }
    for (var queue : json.path("queues")) {
      var hint = new ReadyHint(queue.asInt(), 0, null, 1);
      readyHearers.forEach(hearer -> hearer.accept(hint));
    }
  }

  private void heard(String payload, List<Runnable> hearers) {
    var json = parse(payload);
    if (json != null && !nodeName.equals(json.path("node").asText())) {
      hearers.forEach(Runnable::run);
    }
  }

  private static @Nullable JsonNode parse(String payload) {
    try {
      return JSON.readTree(payload);
    } catch (JsonProcessingException e) {
      // Anybody with a login may NOTIFY; what is not ours is not a hint.
      LOG.debug("ignored a notification that is not JSON");
      return null;
    }
  }

  private void speakSoon() {
    var current = loop;
    if (current == null) {
      return;
    }
    synchronized (this) {
      if (saying) {
        return;
      }
      saying = true;
    }
    current.runOnContext(ignored -> speak());
  }

  /** Sends what has gathered; what gathers meanwhile goes out a moment after this has been answered. */
  private void speak() {
    List<Integer> queues;
    boolean news;
    boolean changes;
    synchronized (this) {
      if (closed || (readyToSay.isEmpty() && !newsToSay && !changesToSay)) {
        saying = false;
        return;
      }
      queues = readyToSay.stream().limit(QUEUES_PER_NOTIFY).toList();
      queues.forEach(readyToSay::remove);
      news = newsToSay;
      changes = changesToSay;
      newsToSay = false;
      changesToSay = false;
    }
    var node = JSON.createObjectNode().put("node", nodeName);
    var ready = node.deepCopy();
    var list = ready.putArray("queues");
    queues.forEach(list::add);
    var parameters = Tuple.of(queues.isEmpty() ? null : ready.toString(), news ? node.toString() : null, changes ? node.toString() : null);
    Objects.requireNonNull(speaker).use(connection -> connection.preparedQuery("""
            SELECT CASE WHEN $1::text IS NOT NULL THEN pg_notify('jobs_ready', $1) END,
                   CASE WHEN $2::text IS NOT NULL THEN pg_notify('events_inserted', $2) END,
                   CASE WHEN $3::text IS NOT NULL THEN pg_notify('agentbus_changes', $3) END""").execute(parameters))
        .onComplete(done -> {
          if (done.failed()) {
            // A lost hint costs the other nodes one poll.
            LOG.debug("a wake-up was not sent", done.cause());
          }
          vertx.setTimer(GAP_MILLIS, ignored -> speak());
        });
  }
}
