package io.agentbus.bus;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.pubsub.PgSubscriber;
import io.vertx.sqlclient.Tuple;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
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
  private @Nullable PgConnectOptions options;
  private @Nullable PgSubscriber subscriber;
  private @Nullable Future<PgConnection> speaker;

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

  /** Connects to Postgres: from now on hints cross nodes. */
  public Future<Void> open(Vertx vertx, PgConnectOptions options) {
    this.vertx = vertx;
    this.options = options;
    this.loop = vertx.getOrCreateContext();
    var created = PgSubscriber.subscriber(vertx, options).reconnectPolicy(tries -> Math.min(2_000L, 100L << Math.min(tries, 5)));
    this.subscriber = created;
    created.channel("jobs_ready").handler(payload -> heardReady(payload, nodeName));
    created.channel("events_inserted").handler(payload -> heard(payload, newsHearers));
    created.channel("agentbus_changes").handler(payload -> heard(payload, changeHearers));
    return created.connect();
  }

  /** Ends both connections. */
  public Future<Void> close() {
    closed = true;
    var listening = subscriber == null ? Future.<Void>succeededFuture() : subscriber.close();
    var speaking = speaker == null ? Future.<Void>succeededFuture() : speaker.compose(PgConnection::close).otherwiseEmpty();
    return Future.join(listening, speaking).mapEmpty();
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
    speaker().compose(connection -> connection.preparedQuery("""
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

  private Future<PgConnection> speaker() {
    var current = speaker;
    if (current == null || current.failed()) {
      current = PgConnection.connect(vertx, options).onSuccess(connection -> connection.closeHandler(ignored -> speaker = null));
      speaker = current;
    }
    return current;
  }
}
