package io.agentbus.memorybus;

import io.agentbus.agent.Directory;
import io.agentbus.bus.WakeUps;
import io.agentbus.event.EventReads;
import io.agentbus.op.Call;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Links entries, ends links, and tells what is linked. */
public final class MemoryLinks {
  /** Most links from one entry. */
  static final int MOST = 10_000;
  private static final int USUAL = 200;
  private static final int PAGE = 1_000;

  private final Directory directory;
  private final MemoryStandards standards;
  private final WakeUps wakeUps;
  private final EventReads reads;

  /** @param reads takes down who has read what */
  MemoryLinks(Directory directory, MemoryStandards standards, WakeUps wakeUps, EventReads reads) {
    this.directory = directory;
    this.standards = standards;
    this.wakeUps = wakeUps;
    this.reads = reads;
  }

  /** Links two entries that the caller sees. A link that is there for a part of that time stays as it is; one that has ended is made again. */
  public LinkedMemories link(Call call, LinkMemories in) {
    if (in.sourceId().equals(in.targetId())) {
      throw ProblemException.invalid("/target_id", "must be another entry than the source");
    }
    var relation = in.relation() == null ? "related_to" : in.relation();
    var source = MemoryStore.get(call.sql(), call.caller(), in.sourceId());
    MemoryStore.get(call.sql(), call.caller(), in.targetId());
    var who = changer(call, source.namespaceId(), source.owner());
    return call.sql().inTransaction(tx -> {
      if (tx.run("memory.hold_source", Tuple.of(in.sourceId())).size() == 0) {
        throw ProblemException.notFound("memory", in.sourceId());
      }
      if (tx.run("memory.hold_target", Tuple.of(in.targetId())).size() == 0) {
        throw ProblemException.notFound("memory", in.targetId());
      }
      var row = tx.run("memory.link", MemoryStore.tuple(in.sourceId(), in.targetId(), relation, who.name(), in.validFrom(), in.validUntil(), (long) MOST))
          .iterator().next();
      if (!row.getBoolean("ordered")) {
        throw ProblemException.invalid("/valid_until", "must not lie before " + (in.validFrom() == null ? "now, since when the link is valid" : "valid_from"));
      }
      if (!row.getBoolean("room")) {
        throw ProblemException.of(ProblemCode.LIMIT_EXCEEDED, "The memory " + in.sourceId() + " has " + MOST + " links already.");
      }
      if (!row.getBoolean("made")) {
        return new LinkedMemories(true, in.sourceId(), in.targetId(), relation, true);
      }
      MemoryEvents.MEMORY_LINK_CREATED.tell(tx, source.namespaceId(), call.caller().actor(), Json.MAPPER.createObjectNode()
          .put("memory_id", in.sourceId().toString()).put("agent_id", who.name()).put("target_id", in.targetId().toString()).put("relation", relation));
      tx.afterCommit(wakeUps::news);
      return new LinkedMemories(true, in.sourceId(), in.targetId(), relation, null);
    });
  }

  /** Ends the validity of a link; one that is not there is answered as not found. */
  public InvalidatedLink invalidate(Call call, KgInvalidate in) {
    var source = MemoryStore.get(call.sql(), call.caller(), in.sourceId());
    var who = changer(call, source.namespaceId(), source.owner());
    return call.sql().inTransaction(tx -> {
      for (var row : tx.run("memory.invalidate", MemoryStore.tuple(in.sourceId(), in.targetId(), in.relation(), in.validUntil()))) {
        if (row.getBoolean("changed")) {
          MemoryEvents.MEMORY_LINK_INVALIDATED.tell(tx, source.namespaceId(), call.caller().actor(), Json.MAPPER.createObjectNode()
              .put("memory_id", in.sourceId().toString()).put("agent_id", who.name()).put("target_id", in.targetId().toString())
              .put("relation", in.relation()));
          tx.afterCommit(wakeUps::news);
        }
        return new InvalidatedLink(true, in.sourceId(), in.targetId(), in.relation(), row.getOffsetDateTime("valid_until"),
            row.getOffsetDateTime("previous_valid_until"));
      }
      for (var first : tx.run("memory.link_begins", MemoryStore.tuple(in.sourceId(), in.targetId(), in.relation()))) {
        throw ProblemException.invalid("/valid_until", "must not lie before the link begins to be valid, at " + first.getOffsetDateTime("valid_from"));
      }
      return new InvalidatedLink(false, in.sourceId(), in.targetId(), in.relation(), null, null);
    });
  }

  /** The links from an entry in the order in which they began to be valid. */
  public ToldTimeline timeline(Call call, KgTimeline in) {
    var caller = call.caller();
    MemoryStore.get(call.sql(), caller, in.sourceId());
    var events = call.sql().run("memory.timeline", MemoryStore.tuple(in.sourceId(), MemoryNames.walls(caller), in.since(), in.until(),
        (long) limit(in.limit()))).stream()
        .map(row -> new KgEvent(row.getUUID("target_id"), row.getString("relation"), row.getOffsetDateTime("valid_from"),
            row.getOffsetDateTime("valid_until"), row.getString("observed_by"), row.getString("title"),
            MemoryNames.shown(caller, row.getString("target_namespace"), false))).toList();
    reads.note(call, "memory_kg_timeline", null, List.of(), events.size());
    return new ToldTimeline(in.sourceId(), events, events.size());
  }

  /** What links lead to from an entry. */
  public KgNodes query(Call call, KgQuery in) {
    var caller = call.caller();
    MemoryStore.get(call.sql(), caller, in.sourceId());
    var depth = in.maxDepth() == null ? 1 : in.maxDepth();
    var said = in.allowedAgents() == null ? null : in.allowedAgents().toArray(String[]::new);
    var nodes = call.sql().run("memory.walk", MemoryStore.tuple(in.sourceId(), MemoryNames.walls(caller), depth, in.validAt(), said, limit(in.limit())))
        .stream().map(row -> new KgNode(row.getUUID("target_id"), row.getString("relation"), row.getOffsetDateTime("valid_from"),
            row.getOffsetDateTime("valid_until"), row.getString("observed_by"), row.getString("title"),
            MemoryNames.shown(caller, row.getString("target_namespace"), false), row.getInteger("depth"), row.getString("path"))).toList();
    reads.note(call, "memory_kg_query", null, List.of(), nodes.size());
    return new KgNodes(in.sourceId(), depth, nodes, nodes.stream().map(KgNode::path).toList(), nodes.size());
  }

  /** Who may change what hangs on an entry. */
  private MemoryActor changer(Call call, int namespaceId, String owner) {
    var at = new Place(directory.namespacePath(namespaceId), namespaceId);
    var who = MemoryActor.of(directory, call.caller(), null, at.path());
    standards.decide(call.sql(), DeedsPolicy.ofLink(at, owner), who);
    return who;
  }

  private static int limit(@Nullable Integer asked) {
    return Math.clamp(asked == null ? USUAL : asked, 1, PAGE);
  }
}
