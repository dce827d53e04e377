package io.agentbus.event;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.agent.Directory;
import io.agentbus.bus.WakeUps;
import io.agentbus.db.Sql;
import io.agentbus.db.Tx;
import io.agentbus.id.Ids;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Call;
import io.agentbus.op.Json;
import io.agentbus.op.Source;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Tuple;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** States facts. */
public final class Events {
  private final Directory directory;
  private final WakeUps wakeUps;

  public Events(Directory directory, WakeUps wakeUps) {
    this.directory = directory;
    this.wakeUps = wakeUps;
  }

  /** States one fact, or answers the one with the same topic and dedupe key. */
  public Event emit(Call call, EmitEvent in) {
    return emit(call, in, null, null, "");
  }

  /**
   * The same as part of closing a job.
   *
   * @param home namespace when the input names none; null = the caller's
   * @param job the job it comes from when the input names none
   * @param pointer where the input stands in the call's
   */
  public Event emit(Call call, EmitEvent in, @Nullable String home, @Nullable UUID job, String pointer) {
    if (BusTopics.owns(in.topic())) {
      throw ProblemException.invalid(pointer + "/topic", "'" + in.topic() + "' is a topic of the bus itself; choose one outside " + BusTopics.NAMED);
    }
    var namespace = directory.meant(call, in.namespace() == null ? home : in.namespace());
    var source = Source.of(call.caller(), in.sourceAgent(), pointer + "/source_agent");
    var sourceJob = in.sourceJobId() == null ? job : in.sourceJobId();
    if (sourceJob != null && !sourceJob.equals(job)) {
      refuseUnknownJob(call, sourceJob, pointer);
    }
    var id = Ids.next();
    var namespaceId = Objects.requireNonNull(directory.namespaceId(namespace));
    return call.sql().inTransaction(tx -> {
      var parameters = Tuple.tuple().addUUID(id).addInteger(namespaceId).addString(in.topic()).addString(source).addUUID(sourceJob)
          .addString(in.dedupeKey()).addString(in.payload() == null ? "{}" : Json.text(in.payload())).addString(call.caller().actor());
      if (tx.run("event.emit", parameters).size() > 0) {
        tx.afterCommit(wakeUps::news);
        return read(tx, id, false);
      }
      var first = tx.run("event.find_duplicate", Tuple.of(namespaceId, in.topic(), Objects.requireNonNull(in.dedupeKey())));
      return read(tx, first.iterator().next().getUUID("id"), true);
    });
  }

  /**
   * States a fact for a feature of the bus, under a topic that callers may not use, as part of a transaction.
   *
   * @param namespaceId number of its namespace
   * @param source whom it comes from
   * @param dedupeKey an event with this topic and key is stated once
   * @param actor who states it, in full, for the journal
   * @return its id, or that of the one that was there
   */
  public UUID state(Tx tx, int namespaceId, String topic, String source, String dedupeKey, ObjectNode payload, String actor) {
    var id = Ids.next();
    var parameters = Tuple.tuple().addUUID(id).addInteger(namespaceId).addString(topic).addString(source).addUUID(null).addString(dedupeKey)
        .addString(Json.text(payload)).addString(actor);
    if (tx.run("event.emit", parameters).size() > 0) {
      tx.afterCommit(wakeUps::news);
      return id;
    }
    return tx.run("event.find_duplicate", Tuple.of(namespaceId, topic, dedupeKey)).iterator().next().getUUID("id");
  }

  private static Event read(Sql sql, UUID id, boolean duplicate) {
    var event = EventRow.of(sql.run("event.get_emitted", Tuple.of(id)).iterator().next());
    return new Event(event.id(), event.namespace(), event.topic(), event.sourceAgent(), event.sourceJobId(), event.dedupeKey(), event.payload(),
        event.createdAt(), event.position(), duplicate);
  }

  private static void refuseUnknownJob(Call call, UUID job, String pointer) {
    for (var row : call.sql().run("event.namespace_of_job", Tuple.of(job))) {
      if (call.caller().sees(new NamespacePath(row.getString("path")))) {
        return;
      }
    }
    throw ProblemException.invalid(pointer + "/source_job_id", "there is no job " + job + " here");
  }
}
