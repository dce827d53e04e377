package io.agentbus.memorybus;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.agent.Directory;
import io.agentbus.bus.WakeUps;
import io.agentbus.db.Tx;
import io.agentbus.id.Ids;
import io.agentbus.memorybus.GovernancePolicy.Deed;
import io.agentbus.memorybus.MemoryNames.Named;
import io.agentbus.memorybus.MemoryStore.Kept;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Call;
import io.agentbus.op.Caller;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Stores, changes, promotes and removes entries. Each is one transaction that holds the space it changes, asks the governance there, and
 * writes its journal row, which is also its event.
 */
public final class Memories {
  /** Titles tried for a version at once, and how many times. */
  private static final int VERSIONS = 100;
  private static final int MOST_VERSIONS = 10_000;
  /** Entries that have expired and are removed to make room for one. */
  private static final int ROOM = 200;

  private final Directory directory;
  private final MemoryNames names;
  private final MemoryStandards standards;
  private final PendingQueue queue;
  private final MemoryLimits limits;
  private final WakeUps wakeUps;

  Memories(Directory directory, MemoryNames names, MemoryStandards standards, PendingQueue queue, MemoryLimits limits, WakeUps wakeUps) {
    this.directory = directory;
    this.names = names;
    this.standards = standards;
    this.queue = queue;
    this.limits = limits;
    this.wakeUps = wakeUps;
  }

  /** Stores an entry, or queues that when the namespace wants an approval. */
  public StoredMemory store(Call call, StoreMemory in) {
    MemoryText.check(in.title(), in.content(), in.tags(), in.metadata());
    var caller = call.caller();
    var named = names.named(caller, "/namespace", in.namespace());
    var who = MemoryActor.of(directory, caller, in.agentId(), named.path());
    var namespaceId = names.make(call, named.path());
    return call.sql().inTransaction(tx -> {
      MemoryStore.hold(tx, namespaceId);
      if (standards.mustBeApproved(tx, named.path(), Deed.WRITE, who, null)) {
        // Before it is queued, so that who asks hears at once what could never be carried out.
        refuseTaken(tx, namespaceId, in, named);
        var pending = queue.add(tx, namespaceId, "store", null, Json.MAPPER.<ObjectNode>valueToTree(in).put("namespace", named.path().value()), who);
        return new StoredMemory(null, null, null, named.shown(caller), null, null, "pending", pending, PendingQueue.REASON, "store");
      }
      return put(tx, caller, in, named, namespaceId, who);
    });
  }

  /** Stores what may be stored. The caller holds the space. */
  StoredMemory put(Tx tx, Caller caller, StoreMemory in, Named named, int namespaceId, MemoryActor who) {
    tx.run("memory.drop_expired_title", Tuple.of(namespaceId, in.title()));
    var existing = byTitle(tx, namespaceId, in.title());
    var mode = in.onConflict() == null ? "error" : in.onConflict();
    if (existing != null && mode.equals("error")) {
      throw conflict(in.title(), named, existing);
    }
    var metadata = in.metadata() == null ? Json.MAPPER.createObjectNode() : in.metadata().deepCopy();
    if (in.scope() != null) {
      metadata.put("scope", in.scope());
    }
    var tier = MemoryTier.of(in.tier());
    if (existing != null && mode.equals("merge")) {
      return merge(tx, caller, in, named, namespaceId, who, existing, metadata, tier);
    }
    var title = existing == null ? in.title() : freeTitle(tx, namespaceId, in.title());
    makeRoom(tx, namespaceId, named.path());
    var id = Ids.next();
    tx.run("memory.insert", MemoryStore.tuple(id, namespaceId, title, in.content(), tier.word(), words(in.tags()), (short) or(in.priority(), 5),
        in.confidence() == null ? 1.0 : in.confidence(), in.source() == null ? "claude" : in.source(), who.name(), who.identity(),
        in.scope() == null ? "private" : in.scope(), Json.text(metadata.put("agent_id", who.name())), tier.seconds(), in.expiresAt()));
    tx.run("memory.count", Tuple.of(namespaceId, 1));
    tell(tx, namespaceId, caller, MemoryEvents.MEMORY_STORE, about(id, who.name()).put("tier", tier.word()));
    return new StoredMemory(id, tier.word(), title, named.shown(caller), who.name(), null, null, null, null, null);
  }

  private StoredMemory merge(Tx tx, Caller caller, StoreMemory in, Named named, int namespaceId, MemoryActor who, UUID id, ObjectNode metadata,
      MemoryTier tier) {
    var before = MemoryStore.get(tx, caller, id);
    var row = tx.run("memory.merge", MemoryStore.tuple(id, in.content(), tier.word(), words(in.tags()), (short) or(in.priority(), 5),
        in.confidence() == null ? 1.0 : in.confidence(), in.source() == null ? "claude" : in.source(), in.scope(),
        Json.text(metadata.put("agent_id", before.agentId())), tier.seconds(), in.expiresAt())).iterator().next();
    tell(tx, namespaceId, caller, MemoryEvents.MEMORY_STORE, about(id, who.name()).put("tier", row.getString("tier")).put("merged", true));
    return new StoredMemory(id, row.getString("tier"), before.entry().title(), named.shown(caller), before.agentId(), true, null, null, null,
        "updated existing memory");
  }

  /** Changes an entry. */
  public UpdatedMemory update(Call call, UpdateMemory in) {
    MemoryText.check(in.title(), in.content(), in.tags(), in.metadata());
    var caller = call.caller();
    var before = MemoryStore.get(call.sql(), caller, in.id());
    var from = directory.namespacePath(before.namespaceId());
    var to = in.namespace() == null ? null : names.named(caller, "/namespace", in.namespace());
    var who = MemoryActor.of(directory, caller, null, from);
    var toId = to == null ? before.namespaceId() : names.make(call, to.path());
    return call.sql().inTransaction(tx -> {
      MemoryStore.hold(tx, before.namespaceId(), toId);
      var ask = standards.mustBeApproved(tx, from, Deed.WRITE, who, before.owner());
      var askThere = to != null && standards.mustBeApproved(tx, to.path(), Deed.WRITE, who, null);
      if (ask || askThere) {
        var payload = Json.MAPPER.<ObjectNode>valueToTree(in);
        if (to != null) {
          payload.put("namespace", to.path().value());
        }
        var pending = queue.add(tx, ask ? before.namespaceId() : toId, "update", in.id(), payload, who);
        return new UpdatedMemory(false, null, "pending", pending, PendingQueue.REASON, "update", in.id());
      }
      change(tx, caller, in, before, toId, who);
      return new UpdatedMemory(true, in.expiresAt() == null ? MemoryStore.get(tx, caller, in.id()).entry() : lastSeen(tx, caller, in.id(), before), null,
          null, null, null, null);
    });
  }

  /** The entry after a change that may have ended its life. */
  private static MemoryEntry lastSeen(Tx tx, Caller caller, UUID id, Kept before) {
    return tx.run("memory.get", Tuple.of(id)).size() == 0 ? before.entry() : MemoryStore.get(tx, caller, id).entry();
  }

  /** Changes what may be changed. The caller holds both spaces. */
  void change(Tx tx, Caller caller, UpdateMemory in, Kept before, int toId, MemoryActor who) {
    if (tx.run("memory.lock", Tuple.of(in.id(), before.namespaceId())).size() == 0) {
      throw ProblemException.notFound("memory", in.id());
    }
    var title = in.title() == null ? before.entry().title() : in.title();
    var moves = toId != before.namespaceId();
    if (moves || !title.equals(before.entry().title())) {
      tx.run("memory.drop_expired_title", Tuple.of(toId, title));
      var other = byTitle(tx, toId, title);
      if (other != null && !other.equals(in.id())) {
        throw conflict(title, new Named(directory.namespacePath(toId), false), other);
      }
    }
    if (moves) {
      makeRoom(tx, toId, directory.namespacePath(toId));
      tx.run("memory.count", Tuple.of(before.namespaceId(), -1));
      tx.run("memory.count", Tuple.of(toId, 1));
    }
    var tier = in.tier() == null ? null : MemoryTier.of(in.tier());
    var metadata = in.metadata() == null ? null : in.metadata().deepCopy().put("agent_id", before.agentId());
    if (metadata != null && !before.scope().equals("private")) {
      metadata.put("scope", before.scope());
    }
    tx.run("memory.update", MemoryStore.tuple(in.id(), in.title(), in.content(), in.tier(), toId, in.tags() == null ? null : words(in.tags()),
        in.priority() == null ? null : in.priority().shortValue(), in.confidence(), metadata == null ? null : Json.text(metadata),
        tier != null && !tier.word().equals(before.entry().tier()), tier == null ? null : tier.seconds(), in.expiresAt()));
    tell(tx, toId, caller, MemoryEvents.MEMORY_UPDATE, about(in.id(), who.name()));
  }

  /** Removes an entry with its links. */
  public DeletedMemory delete(Call call, MemoryRef in) {
    var caller = call.caller();
    var before = MemoryStore.get(call.sql(), caller, in.id());
    var namespace = directory.namespacePath(before.namespaceId());
    var who = MemoryActor.of(directory, caller, null, namespace);
    return call.sql().inTransaction(tx -> {
      MemoryStore.hold(tx, before.namespaceId());
      if (standards.mustBeApproved(tx, namespace, Deed.DELETE, who, before.owner())) {
        var pending = queue.add(tx, before.namespaceId(), "delete", in.id(), Json.MAPPER.createObjectNode().put("id", in.id().toString()), who);
        return new DeletedMemory(false, in.id(), "pending", pending, PendingQueue.REASON, "delete", in.id());
      }
      remove(tx, caller, before, who);
      return new DeletedMemory(true, in.id(), null, null, null, null, null);
    });
  }

  /** Removes what may be removed. The caller holds the space. */
  void remove(Tx tx, Caller caller, Kept before, MemoryActor who) {
    var id = before.entry().id();
    if (tx.run("memory.lock", Tuple.of(id, before.namespaceId())).size() == 0) {
      throw ProblemException.notFound("memory", id);
    }
    tx.run("memory.delete", Tuple.of(id));
    tx.run("memory.count", Tuple.of(before.namespaceId(), -1));
    tell(tx, before.namespaceId(), caller, MemoryEvents.MEMORY_DELETE, about(id, who.name()).put("title", before.entry().title()).put("tier", before.entry().tier()));
  }

  /** Makes an entry long, or copies it upwards. */
  public PromotedMemory promote(Call call, PromoteMemory in) {
    var caller = call.caller();
    var before = MemoryStore.get(call.sql(), caller, in.id());
    var from = directory.namespacePath(before.namespaceId());
    var to = in.toNamespace() == null ? null : names.named(caller, "/to_namespace", in.toNamespace());
    if (to != null && (!to.path().covers(from) || to.path().equals(from))) {
      throw ProblemException.invalid("/to_namespace", "must lie above the entry's namespace " + from + ", which " + to.path() + " does not");
    }
    var who = MemoryActor.of(directory, caller, null, from);
    var toId = to == null ? before.namespaceId() : names.make(call, to.path());
    return call.sql().inTransaction(tx -> {
      MemoryStore.hold(tx, before.namespaceId(), toId);
      if (standards.mustBeApproved(tx, from, Deed.PROMOTE, who, before.owner())) {
        var payload = Json.MAPPER.createObjectNode().put("id", in.id().toString()).put("to_namespace", to == null ? null : to.path().value());
        var pending = queue.add(tx, before.namespaceId(), "promote", in.id(), payload, who);
        return new PromotedMemory(false, null, null, null, null, null, null, "pending", pending, PendingQueue.REASON, "promote", in.id());
      }
      return raise(tx, caller, before, to, toId, who);
    });
  }

  /** Promotes what may be promoted. The caller holds both spaces. */
  PromotedMemory raise(Tx tx, Caller caller, Kept before, @Nullable Named to, int toId, MemoryActor who) {
    var entry = before.entry();
    if (tx.run("memory.lock", Tuple.of(entry.id(), before.namespaceId())).size() == 0) {
      throw ProblemException.notFound("memory", entry.id());
    }
    if (to == null) {
      tx.run("memory.make_long", Tuple.of(entry.id()));
      tell(tx, before.namespaceId(), caller, MemoryEvents.MEMORY_PROMOTE, about(entry.id(), who.name()).put("mode", "tier").put("tier", "long"));
      return new PromotedMemory(true, "tier", entry.id(), "long", null, null, null, null, null, null, null, null);
    }
    tx.run("memory.drop_expired_title", Tuple.of(toId, entry.title()));
    var taken = byTitle(tx, toId, entry.title());
    if (taken != null) {
      throw conflict(entry.title(), to, taken);
    }
    makeRoom(tx, toId, to.path());
    var id = Ids.next();
    tx.run("memory.insert", MemoryStore.tuple(id, toId, entry.title(), entry.content(), entry.tier(), words(entry.tags()), (short) entry.priority(),
        entry.confidence(), entry.source(), before.agentId(), before.owner(), before.scope(), before.metadata(), null, entry.expiresAt()));
    tx.run("memory.count", Tuple.of(toId, 1));
    tx.run("memory.link", MemoryStore.tuple(id, entry.id(), "derived_from", who.name(), null, null, (long) MemoryLinks.MOST));
    tell(tx, before.namespaceId(), caller, MemoryEvents.MEMORY_PROMOTE, about(entry.id(), who.name()).put("mode", "vertical")
        .put("to_namespace", to.path().value()).put("clone_id", id.toString()));
    return new PromotedMemory(true, "vertical", null, null, entry.id(), id, to.shown(caller), null, null, null, null, null);
  }

  /** Refuses an entry that is queued and whose title is taken now. */
  private static void refuseTaken(Tx tx, int namespaceId, StoreMemory in, Named named) {
    if (in.onConflict() == null || in.onConflict().equals("error")) {
      var existing = byTitle(tx, namespaceId, in.title());
      if (existing != null) {
        throw conflict(in.title(), named, existing);
      }
    }
  }

  private void makeRoom(Tx tx, int namespaceId, NamespacePath namespace) {
    var space = tx.run("memory.lock_spaces", Tuple.tuple().addArrayOfInteger(new Integer[] {namespaceId})).iterator().next();
    if (space.getInteger("entries") < limits.entries()
        || tx.run("memory.drop_expired", Tuple.of(namespaceId, (long) ROOM)).iterator().next().getInteger("n") > 0) {
      return;
    }
    throw ProblemException.of(ProblemCode.LIMIT_EXCEEDED, "The namespace " + namespace + " holds " + space.getInteger("entries")
        + " memories, which is the limit (limits.memory-entries). Delete some, or store elsewhere.");
  }

  private static @Nullable UUID byTitle(Tx tx, int namespaceId, String title) {
    for (var row : tx.run("memory.by_title", Tuple.of(namespaceId, title))) {
      return row.getUUID("id");
    }
    return null;
  }

  /** The title with the lowest number that is free. */
  private static String freeTitle(Tx tx, int namespaceId, String title) {
    for (var from = 2; from < MOST_VERSIONS; from += VERSIONS) {
      var candidates = IntStream.range(from, from + VERSIONS).mapToObj(number -> versioned(title, number)).toArray(String[]::new);
      var taken = tx.run("memory.titles_taken", Tuple.tuple().addInteger(namespaceId).addArrayOfString(candidates)).stream()
          .map(row -> row.getString("title")).toList();
      for (var candidate : candidates) {
        if (!taken.contains(candidate)) {
          return candidate;
        }
      }
    }
    throw ProblemException.of(ProblemCode.LIMIT_EXCEEDED, "There are " + MOST_VERSIONS + " versions of this title already.");
  }

  /** The title with a number, shortened where both would be too long. */
  private static String versioned(String title, int number) {
    var suffix = " (" + number + ")";
    var most = MemoryText.TITLE - suffix.length();
    return (title.codePointCount(0, title.length()) <= most ? title : title.substring(0, title.offsetByCodePoints(0, most))) + suffix;
  }

  private static ProblemException conflict(String title, Named named, UUID existing) {
    return ProblemException.of(ProblemCode.DUPLICATE_CONFLICT, "CONFLICT: memory with title '" + (title.length() <= 100 ? title : title.substring(0, 97) + "...")
        + "' already exists in namespace '" + named.path() + "' (existing id: " + existing
        + "). on_conflict merge puts the new content into it, version gives the new one a number.").with("existing_id", existing.toString());
  }

  private void tell(Tx tx, int namespaceId, Caller caller, MemoryEvents event, ObjectNode detail) {
    event.tell(tx, namespaceId, caller.actor(), detail);
    tx.afterCommit(wakeUps::news);
  }

  private static ObjectNode about(UUID id, String agent) {
    return Json.MAPPER.createObjectNode().put("memory_id", id.toString()).put("agent_id", agent);
  }

  private static String[] words(@Nullable List<String> tags) {
    return tags == null ? new String[0] : tags.stream().distinct().toArray(String[]::new);
  }

  private static int or(@Nullable Integer given, int absent) {
    return given == null ? absent : given;
  }
}
