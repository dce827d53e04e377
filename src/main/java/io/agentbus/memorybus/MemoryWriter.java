package io.agentbus.memorybus;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.bus.WakeUps;
import io.agentbus.db.Tx;
import io.agentbus.id.Ids;
import io.agentbus.op.Caller;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Carries out changes that have passed {@link MemoryGate}, in the transaction that did: it holds the spaces and the entry. Each writes its
 * journal row, which is also its event.
 */
final class MemoryWriter {
  /** Titles tried for a version at once, and how many times. */
  private static final int VERSIONS = 100;
  private static final int MOST_VERSIONS = 10_000;
  /** Entries that have expired and are removed to make room for one. */
  private static final int ROOM = 200;

  private final MemoryLimits limits;
  private final WakeUps wakeUps;

  MemoryWriter(MemoryLimits limits, WakeUps wakeUps) {
    this.limits = limits;
    this.wakeUps = wakeUps;
  }

  /** Carries out what was queued. @return the entry that was stored, changed, promoted or removed */
  UUID carryOut(Tx tx, Caller caller, MemoryChange change, MemoryActor who) {
    return switch (change) {
      case MemoryChange.Store store -> Objects.requireNonNull(store(tx, caller, store, store.at().path().value(), who).id());
      case MemoryChange.Update update -> update(tx, caller, update, who).id();
      case MemoryChange.Delete delete -> delete(tx, caller, delete, who);
      case MemoryChange.Promote promote -> {
        var promoted = promote(tx, caller, promote, null, who);
        yield promoted.cloneId() == null ? promote.entry() : promoted.cloneId();
      }
    };
  }

  /** @param shown the namespace as the caller names it */
  StoredMemory store(Tx tx, Caller caller, MemoryChange.Store change, String shown, MemoryActor who) {
    var in = change.in();
    var at = change.at();
    MemoryStore.refuseOver(tx, in.expiresAt());
    if (change.insistsOnTitle()) {
      MemoryStore.refuseTaken(tx, at, in.title(), null);
    }
    var metadata = in.metadata() == null ? Json.MAPPER.createObjectNode() : in.metadata().deepCopy();
    if (in.scope() != null) {
      metadata.put("scope", in.scope());
    }
    var existing = MemoryStore.byTitle(tx, at.id(), in.title());
    if (existing != null && change.merges()) {
      return merge(tx, caller, change, shown, who, existing, metadata);
    }
    var tier = MemoryTier.of(in.tier());
    var title = existing == null ? in.title() : freeTitle(tx, at.id(), in.title());
    makeRoom(tx, at);
    var id = Ids.next();
    tx.run("memory.insert", MemoryStore.tuple(id, at.id(), title, in.content(), tier.word(), words(in.tags()), (short) or(in.priority(), 5),
        in.confidence() == null ? 1.0 : in.confidence(), in.source() == null ? "claude" : in.source(), who.name(), who.identity(),
        in.scope() == null ? "private" : in.scope(), Json.text(metadata.put("agent_id", who.name())), tier.seconds(), in.expiresAt()));
    tx.run("memory.count", Tuple.of(at.id(), 1));
    tell(tx, at, caller, MemoryEvents.MEMORY_STORE, about(id, who.name()).put("tier", tier.word()));
    return new StoredMemory(id, tier.word(), title, shown, who.name(), null, null, null, null, null);
  }

  private StoredMemory merge(Tx tx, Caller caller, MemoryChange.Store change, String shown, MemoryActor who, UUID id, ObjectNode metadata) {
    var in = change.in();
    var tier = MemoryTier.of(in.tier());
    var before = MemoryStore.held(tx, caller, id);
    var row = tx.run("memory.merge", MemoryStore.tuple(id, in.content(), tier.word(), words(in.tags()), (short) or(in.priority(), 5),
        in.confidence() == null ? 1.0 : in.confidence(), in.source() == null ? "claude" : in.source(), in.scope(),
        Json.text(metadata.put("agent_id", before.agentId())), tier.seconds(), in.expiresAt())).iterator().next();
    tell(tx, change.at(), caller, MemoryEvents.MEMORY_STORE, about(id, who.name()).put("tier", row.getString("tier")).put("merged", true));
    return new StoredMemory(id, row.getString("tier"), before.entry().title(), shown, before.agentId(), true, null, null, null,
        "updated existing memory");
  }

  /** @return the entry afterwards, or as it was when the change has ended its life */
  MemoryEntry update(Tx tx, Caller caller, MemoryChange.Update change, MemoryActor who) {
    var in = change.in();
    var before = MemoryStore.held(tx, caller, in.id());
    var at = change.to() == null ? change.at() : change.to();
    var moves = change.to() != null;
    var title = in.title() == null ? before.entry().title() : in.title();
    if (moves || !title.equals(before.entry().title())) {
      tx.run("memory.drop_expired_title", Tuple.of(at.id(), title));
      MemoryStore.refuseTaken(tx, at, title, in.id());
    }
    if (moves) {
      makeRoom(tx, at);
      tx.run("memory.count", Tuple.of(change.at().id(), -1));
      tx.run("memory.count", Tuple.of(at.id(), 1));
    }
    var tier = in.tier() == null ? null : MemoryTier.of(in.tier());
    var metadata = in.metadata() == null ? null : in.metadata().deepCopy().put("agent_id", before.agentId());
    if (metadata != null && !before.scope().equals("private")) {
      metadata.put("scope", before.scope());
    }
    tx.run("memory.update", MemoryStore.tuple(in.id(), in.title(), in.content(), in.tier(), at.id(), in.tags() == null ? null : words(in.tags()),
        in.priority() == null ? null : in.priority().shortValue(), in.confidence(), metadata == null ? null : Json.text(metadata),
        tier != null && !tier.word().equals(before.entry().tier()), tier == null ? null : tier.seconds(), in.expiresAt()));
    tell(tx, at, caller, MemoryEvents.MEMORY_UPDATE, about(in.id(), who.name()));
    return tx.run("memory.get", Tuple.of(in.id())).size() == 0 ? before.entry() : MemoryStore.held(tx, caller, in.id()).entry();
  }

  /** With its links. @return the entry's id */
  UUID delete(Tx tx, Caller caller, MemoryChange.Delete change, MemoryActor who) {
    var entry = MemoryStore.held(tx, caller, change.entry()).entry();
    tx.run("memory.delete", Tuple.of(entry.id()));
    tx.run("memory.count", Tuple.of(change.at().id(), -1));
    tell(tx, change.at(), caller, MemoryEvents.MEMORY_DELETE, about(entry.id(), who.name()).put("title", entry.title()).put("tier", entry.tier()));
    return entry.id();
  }

  /** @param shown the namespace of the copy as the caller names it */
  PromotedMemory promote(Tx tx, Caller caller, MemoryChange.Promote change, @Nullable String shown, MemoryActor who) {
    var before = MemoryStore.held(tx, caller, change.entry());
    var entry = before.entry();
    var to = change.to();
    if (to == null) {
      tx.run("memory.make_long", Tuple.of(entry.id()));
      tell(tx, change.at(), caller, MemoryEvents.MEMORY_PROMOTE, about(entry.id(), who.name()).put("mode", "tier").put("tier", "long"));
      return new PromotedMemory(true, "tier", entry.id(), "long", null, null, null, null, null, null, null, null);
    }
    tx.run("memory.drop_expired_title", Tuple.of(to.id(), entry.title()));
    MemoryStore.refuseTaken(tx, to, entry.title(), null);
    makeRoom(tx, to);
    var id = Ids.next();
    tx.run("memory.insert", MemoryStore.tuple(id, to.id(), entry.title(), entry.content(), entry.tier(), words(entry.tags()), (short) entry.priority(),
        entry.confidence(), entry.source(), before.agentId(), before.owner(), before.scope(), before.metadata(), null, entry.expiresAt()));
    tx.run("memory.count", Tuple.of(to.id(), 1));
    tx.run("memory.link", MemoryStore.tuple(id, entry.id(), "derived_from", who.name(), null, null, (long) MemoryLinks.MOST));
    tell(tx, change.at(), caller, MemoryEvents.MEMORY_PROMOTE, about(entry.id(), who.name()).put("mode", "vertical")
        .put("to_namespace", to.path().value()).put("clone_id", id.toString()));
    return new PromotedMemory(true, "vertical", null, null, entry.id(), id, shown, null, null, null, null, null);
  }

  private void makeRoom(Tx tx, Place at) {
    var space = tx.run("memory.lock_spaces", Tuple.tuple().addArrayOfInteger(new Integer[] {at.id()})).iterator().next();
    if (space.getInteger("entries") < limits.entries()
        || tx.run("memory.drop_expired", Tuple.of(at.id(), (long) ROOM)).iterator().next().getInteger("n") > 0) {
      return;
    }
    throw ProblemException.of(ProblemCode.LIMIT_EXCEEDED, "The namespace " + at.path() + " holds " + space.getInteger("entries")
        + " memories, which is the limit (limits.memory-entries). Delete some, or store elsewhere.");
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

  private void tell(Tx tx, Place at, Caller caller, MemoryEvents event, ObjectNode detail) {
    event.tell(tx, at.id(), caller.actor(), detail);
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
