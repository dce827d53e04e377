package io.agentbus.inbox;

import io.agentbus.inbox.Delivered.BoxFull;
import io.agentbus.inbox.Delivered.Duplicate;
import io.agentbus.inbox.Delivered.Put;
import io.agentbus.op.Json;
import io.agentbus.op.Source;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** The statements of {@code inbox.sql}: parameters in, rows out. */
final class MessageStore {
  private MessageStore() {}

  /** What a batch wrote. @param at when, by the database's clock */
  record Written(Delivered what, OffsetDateTime at) {}

  /** A wish to acknowledge. @param agentNo whose box it must stand in */
  record Ack(UUID id, int agentNo, String actor, String result) {}

  /** An acknowledgement. @param repeated whether another one came first, which this is then @param roomy whether the box was full until now */
  record Acked(Message message, boolean repeated, boolean roomy) {}

  /** @param agents whose boxes; the order does not matter */
  static Tuple lockBoxes(Collection<Integer> agents) {
    return Tuple.tuple().addArrayOfInteger(agents.stream().distinct().toArray(Integer[]::new));
  }

  /** @param most unacknowledged messages of a box */
  static Tuple put(List<Addressed> messages, int most) {
    return Tuple.tuple()
        .addArrayOfUUID(column(messages, Addressed::id, UUID[]::new))
        .addArrayOfInteger(column(messages, message -> message.recipient().agentNo(), Integer[]::new))
        .addArrayOfInteger(column(messages, Addressed::namespaceId, Integer[]::new))
        .addArrayOfShort(column(messages, message -> (short) rank(message.priority()), Short[]::new))
        .addArrayOfString(texts(messages, Addressed::title))
        .addArrayOfString(texts(messages, Addressed::payload))
        .addArrayOfString(texts(messages, Addressed::source))
        .addArrayOfString(texts(messages, Addressed::sender))
        .addArrayOfString(texts(messages, Addressed::threadId))
        .addArrayOfUUID(column(messages, Addressed::replyTo, UUID[]::new))
        .addArrayOfString(texts(messages, Addressed::correlationKey))
        .addArrayOfString(texts(messages, Addressed::dedupeKey))
        .addArrayOfUUID(column(messages, Addressed::sourceJobId, UUID[]::new))
        .addArrayOfString(texts(messages, Addressed::actor))
        .addArrayOfBoolean(column(messages, Addressed::subscribed, Boolean[]::new))
        .addInteger(most);
  }

  /** What became of each, in their order. */
  static List<Written> written(List<Addressed> messages, RowSet<Row> rows) {
    List<@Nullable Written> answers = new ArrayList<>(Collections.nCopies(messages.size(), null));
    for (var row : rows) {
      var place = row.getLong("no").intValue() - 1;
      answers.set(place, new Written(delivered(messages.get(place), row), utc(row, "at")));
    }
    return answers.stream().map(java.util.Objects::requireNonNull).toList();
  }

  /** @param most unacknowledged messages of a box */
  static Tuple ack(List<Ack> wishes, int most) {
    return Tuple.tuple().addArrayOfUUID(column(wishes, Ack::id, UUID[]::new)).addArrayOfInteger(column(wishes, Ack::agentNo, Integer[]::new))
        .addArrayOfString(texts(wishes, Ack::actor)).addArrayOfString(texts(wishes, Ack::result)).addInteger(most);
  }

  /** What became of each, in their order; null where there is no such message in that box. */
  static List<@Nullable Acked> acked(int size, RowSet<Row> rows) {
    List<@Nullable Acked> answers = new ArrayList<>(Collections.nCopies(size, null));
    for (var row : rows) {
      answers.set(row.getLong("no").intValue() - 1, new Acked(message(row), row.getBoolean("repeated"), row.getBoolean("roomy")));
    }
    return answers;
  }

  /** A row with the columns of a message; JSON is text there. */
  static Message message(Row row) {
    return new Message(row.getUUID("id"), row.getString("sender"), row.getString("sent_by"), row.getString("source_agent"),
        row.getString("target"), row.getString("namespace"), row.getString("title"), Json.raw(row.getString("payload")),
        row.getInteger("priority"), row.getString("thread_id"), row.getUUID("reply_to"), row.getString("correlation_key"), row.getString("dedupe_key"),
        row.getUUID("source_job_id"), row.getLong("arrival"), utc(row, "created_at"), utc(row, "deferred_until"), utc(row, "acked_at"),
        row.getString("acked_by"), row.getString("result") == null ? null : Json.raw(row.getString("result")), null);
  }

  /** The message as it is right after it was written, without reading it back. */
  static Message asMessage(Addressed sent, long arrival, OffsetDateTime at) {
    var sentBy = sent.sender() == null ? sent.source() : sent.sender();
    return new Message(sent.id(), Source.name(sentBy), sentBy, Source.name(sent.source()),
        sent.recipient().name(), sent.namespace(), sent.title(), Json.raw(sent.payload()), sent.priority(), sent.threadId(), sent.replyTo(),
        sent.correlationKey(), sent.dedupeKey(), sent.sourceJobId(), arrival, at, null, null, null, null, false);
  }

  /** The same message as an answer to who sent it again. */
  static Message asDuplicate(Message m) {
    return new Message(m.id(), m.from(), m.sentBy(), m.sourceAgent(), m.to(), m.namespace(), m.title(), m.payload(), m.priority(),
        m.threadId(), m.replyTo(), m.correlationKey(), m.dedupeKey(), m.sourceJobId(), m.arrival(), m.createdAt(), m.deferredUntil(), m.ackedAt(),
        m.ackedBy(), m.result(), true);
  }

  static int rank(int priority) {
    return 10 - priority;
  }

  private static Delivered delivered(Addressed message, Row row) {
    var arrival = row.getLong("arrival");
    if (arrival != null) {
      return new Put(message.id(), arrival);
    }
    var standing = row.getUUID("duplicate_of");
    return standing != null ? new Duplicate(standing) : new BoxFull(message.recipient().name(), message.recipient().agentNo(), row.getInteger("held"));
  }

  private static @Nullable OffsetDateTime utc(Row row, String column) {
    var at = row.getOffsetDateTime(column);
    return at == null ? null : at.withOffsetSameInstant(ZoneOffset.UTC);
  }

  private static <T> String[] texts(List<T> items, Function<T, @Nullable String> get) {
    return column(items, get, String[]::new);
  }

  /** One value an item; empty when all are null, which unnest fills up with nulls. */
  private static <T, C> C[] column(List<T> items, Function<T, @Nullable C> get, IntFunction<C[]> make) {
    var column = make.apply(items.size());
    var empty = true;
    for (var i = 0; i < column.length; i++) {
      column[i] = get.apply(items.get(i));
      empty &= column[i] == null;
    }
    return empty ? make.apply(0) : column;
  }
}
