package io.agentbus.bus;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.agentbus.db.LastingConnection;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.ObjLongConsumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells hearers in this node at once, and others soon after: the members of its cluster over the event bus, and all other nodes and
 * outside listeners by NOTIFY. Several hints go out as one. The NOTIFY goes out on a connection of its own after the commit: in the
 * writer's transaction its lock would be shared by every writer of the database. Each NOTIFY is a commit of its own, so that
 * a busy node sends one every {@value #NOTIFY_GAP_MILLIS} ms; it does not wait for the disk. A message on the event bus costs far less.
 */
public final class WakeUps {
  private static final Logger LOG = LoggerFactory.getLogger(WakeUps.class);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  /** Where members of a cluster say hints: {@code {"node": name, "after": 1, "up_to": 3, "queues": [7], "boxes": [2], "room": false, "news": true, "changes": false}}. */
  static final String ADDRESS = "agentbus.wake";
  /** Least time between the answer to one NOTIFY and the next. */
  private static final long NOTIFY_GAP_MILLIS = 10;
  /** The same for messages to the members of the cluster. */
  private static final long BUS_GAP_MILLIS = 2;

  private final String nodeName;
  private final List<Consumer<ReadyHint>> readyHearers = new CopyOnWriteArrayList<>();
  private final List<IntConsumer> mailHearers = new CopyOnWriteArrayList<>();
  private final List<Runnable> roomHearers = new CopyOnWriteArrayList<>();
  private final List<Runnable> newsHearers = new CopyOnWriteArrayList<>();
  private final List<Runnable> changeHearers = new CopyOnWriteArrayList<>();
  private final List<Voice> voices = new CopyOnWriteArrayList<>();
  private final HeardHints heardOnBus = new HeardHints();
  /** Of the last hint said. It begins with the time, so that no number of an earlier life of this node comes again. */
  private long number = System.currentTimeMillis() * 1_000;
  private @Nullable LastingConnection listener;
  private @Nullable LastingConnection speaker;

  /** @param nodeName tells this node's own hints from others' */
  public WakeUps(String nodeName) {
    this.nodeName = nodeName;
  }

  /** Hears of queues that got claimable jobs. The hearer must not block. */
  public void hearReady(Consumer<ReadyHint> hearer) {
    readyHearers.add(hearer);
  }

  /** Hears of agents whose inbox got messages, by their numbers. The hearer must not block. */
  public void hearMail(IntConsumer hearer) {
    mailHearers.add(hearer);
  }

  /** Hears that an inbox that was full has room again. The hearer must not block. */
  public void hearRoom(Runnable hearer) {
    roomHearers.add(hearer);
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
    say((voice, next) -> voice.ready(hint.queueId(), next));
  }

  /** Says, after the commit, that an agent's inbox got messages. Any thread. */
  public void mail(int agentNo) {
    heardMail(agentNo);
    say((voice, next) -> voice.mail(agentNo, next));
  }

  /** Says, after the commit, that an inbox that was full has room again. Any thread. */
  public void room() {
    roomHearers.forEach(Runnable::run);
    say(Voice::room);
  }

  /** Says, after the commit, that the journal grew. Any thread. */
  public void news() {
    newsHearers.forEach(Runnable::run);
    say(Voice::news);
  }

  /** Says, after the commit, that agents, tokens or pauses changed. Any thread. */
  public void changes() {
    changeHearers.forEach(Runnable::run);
    say(Voice::changes);
  }

  /** All voices get the hints in one order, so that a number means the same to each. */
  private synchronized void say(ObjLongConsumer<Voice> hint) {
    var next = ++number;
    voices.forEach(voice -> hint.accept(voice, next));
  }

  /**
   * Connects to Postgres, and to the event bus when that has other members: from now on hints cross nodes.
   *
   * @param url says where the database is now: {@code postgresql://user:password@host:port/database}
   */
  public Future<Void> open(Vertx vertx, Supplier<String> url) {
    var clustered = vertx.isClustered();
    var toSpeak = new LastingConnection(vertx, "wake-up-speaker", url, Map.of("synchronous_commit", "off"));
    var toListen = new LastingConnection(vertx, "wake-up-listener", url, Map.of());
    speaker = toSpeak;
    listener = toListen;
    synchronized (this) {
      voices.add(new Voice(vertx, NOTIFY_GAP_MILLIS, hints -> notify(toSpeak, hints, clustered), number));
      if (clustered) {
        voices.add(new Voice(vertx, BUS_GAP_MILLIS, hints -> publish(vertx, hints), number));
      }
    }
    var heard = clustered ? vertx.eventBus().<JsonObject>consumer(ADDRESS, this::heardOnBus).completion() : Future.<Void>succeededFuture();
    return heard.compose(_ -> toListen.keepOpen(this::listen));
  }

  /** Ends both connections. The event bus ends with its Vert.x. */
  public Future<Void> close() {
    voices.forEach(Voice::close);
    return Future.join(Stream.of(listener, speaker).filter(Objects::nonNull).map(LastingConnection::close).toList()).mapEmpty();
  }

  private Future<?> listen(PgConnection connection) {
    connection.notificationHandler(notification -> hear(notification.getChannel(), notification.getPayload()));
    return connection.query("LISTEN jobs_ready; LISTEN messages_ready; LISTEN events_inserted; LISTEN agentbus_changes").execute().onSuccess(ignored -> {
      // What was said while nobody listened is not said again. Jobs are looked for in a moment anyway; caches are not.
      newsHearers.forEach(Runnable::run);
      changeHearers.forEach(Runnable::run);
    });
  }

  private void hear(String channel, String payload) {
    var json = parse(payload);
    if (json == null) {
      return;
    }
    var node = json.path("node").asText();
    if (node.equals(nodeName) || heardOnBus.covers(node, json.path("after").asLong(), json.path("up_to").asLong())) {
      return;
    }
    switch (channel) {
      case "jobs_ready" -> json.path("queues").forEach(queue -> heardReady(queue.asInt()));
      case "messages_ready" -> {
        json.path("boxes").forEach(box -> heardMail(box.asInt()));
        if (json.path("room").asBoolean()) {
          roomHearers.forEach(Runnable::run);
        }
      }
      case "events_inserted" -> newsHearers.forEach(Runnable::run);
      case "agentbus_changes" -> changeHearers.forEach(Runnable::run);
      default -> LOG.debug("ignored a notification on {}", channel);
    }
  }

  private void heardOnBus(Message<JsonObject> message) {
    try {
      var json = message.body();
      var node = json.getString("node", "");
      if (node.equals(nodeName)) {
        return;
      }
      json.getJsonArray("queues", new JsonArray()).forEach(queue -> heardReady(((Number) queue).intValue()));
      json.getJsonArray("boxes", new JsonArray()).forEach(box -> heardMail(((Number) box).intValue()));
      if (json.getBoolean("room", false)) {
        roomHearers.forEach(Runnable::run);
      }
      if (json.getBoolean("news", false)) {
        newsHearers.forEach(Runnable::run);
      }
      if (json.getBoolean("changes", false)) {
        changeHearers.forEach(Runnable::run);
      }
      heardOnBus.heard(node, json.getLong("after", 0L), json.getLong("up_to", 0L));
    } catch (ClassCastException e) {
      // Any program on the bus may publish; what is not ours is not a hint.
      LOG.debug("ignored a message that is no wake-up");
    }
  }

  private void heardReady(int queueId) {
    var hint = new ReadyHint(queueId, 0, null, 1);
    readyHearers.forEach(hearer -> hearer.accept(hint));
  }

  private void heardMail(int agentNo) {
    mailHearers.forEach(hearer -> hearer.accept(agentNo));
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

  private Future<?> publish(Vertx vertx, Hints hints) {
    vertx.eventBus().publish(ADDRESS, new JsonObject().put("node", nodeName).put("after", hints.after()).put("up_to", hints.upTo())
        .put("queues", new JsonArray(hints.queues())).put("boxes", new JsonArray(hints.boxes())).put("room", hints.room()).put("news", hints.news())
        .put("changes", hints.changes()));
    return Future.succeededFuture();
  }

  /** @param numbered whether nodes may have heard the same over the event bus */
  private Future<?> notify(LastingConnection connection, Hints hints, boolean numbered) {
    var node = JSON.createObjectNode().put("node", nodeName);
    if (numbered) {
      node.put("after", hints.after()).put("up_to", hints.upTo());
    }
    var ready = node.deepCopy();
    hints.queues().forEach(ready.putArray("queues")::add);
    var mail = node.deepCopy();
    hints.boxes().forEach(mail.putArray("boxes")::add);
    if (hints.room()) {
      mail.put("room", true);
    }
    var parameters = Tuple.of(hints.queues().isEmpty() ? null : ready.toString(), hints.boxes().isEmpty() && !hints.room() ? null : mail.toString(),
        hints.news() ? node.toString() : null, hints.changes() ? node.toString() : null);
    return connection.use(open -> open.preparedQuery("""
        SELECT CASE WHEN $1::text IS NOT NULL THEN pg_notify('jobs_ready', $1) END,
               CASE WHEN $2::text IS NOT NULL THEN pg_notify('messages_ready', $2) END,
               CASE WHEN $3::text IS NOT NULL THEN pg_notify('events_inserted', $3) END,
               CASE WHEN $4::text IS NOT NULL THEN pg_notify('agentbus_changes', $4) END""").execute(parameters));
  }
}
