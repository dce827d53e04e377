package io.agentbus.memorybus;

import io.agentbus.db.Tx;
import io.agentbus.memorybus.GovernancePolicy.Decision;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The one place through which every change of entries goes: it passes, waits for those who approve it, or is denied. */
final class MemoryGate {
  private final MemoryStandards standards;
  private final PendingQueue queue;

  MemoryGate(MemoryStandards standards, PendingQueue queue) {
    this.standards = standards;
    this.queue = queue;
  }

  /**
   * Holds what a change touches, until the transaction ends, and asks the governance.
   *
   * @return null when the change is to be carried out now, else the id under which it waits
   * @throws ProblemException {@code forbidden}; {@code not_found} when the entry is gone
   */
  @Nullable UUID pass(Tx tx, MemoryChange change, MemoryActor who) {
    MemoryStore.hold(tx, change.spaces());
    var asked = asked(tx, change, who);
    if (asked.isEmpty()) {
      return null;
    }
    if (change instanceof MemoryChange.Store store) {
      // Before it is queued, so that who asks hears at once what could never be carried out.
      MemoryStore.refuseOver(tx, store.in().expiresAt());
      if (store.insistsOnTitle()) {
        MemoryStore.refuseTaken(tx, store.at(), store.in().title(), null);
      }
    }
    return queue.add(tx, asked, change, who);
  }

  /** The namespaces whose approval a change needs, as everything is now. The caller holds the spaces; the entry is held from here on. */
  List<Place> asked(Tx tx, MemoryChange change, MemoryActor who) {
    // All are asked, so that one that denies is heard, whichever it is.
    return DeedsPolicy.of(change, target(tx, change)).stream().filter(deed -> standards.decide(tx, deed, who) == Decision.ASK).map(PlacedDeed::place)
        .distinct().toList();
  }

  private static DeedsPolicy.@Nullable Target target(Tx tx, MemoryChange change) {
    var id = change.entry();
    if (change instanceof MemoryChange.Store store) {
      tx.run("memory.drop_expired_title", Tuple.of(store.at().id(), store.in().title()));
      var there = store.merges() ? MemoryStore.byTitle(tx, store.at().id(), store.in().title()) : null;
      if (there == null) {
        return null;
      }
      var row = locked(tx, there, store.at());
      var before = MemoryTier.of(row.getString("tier"));
      var said = MemoryTier.of(store.in().tier());
      // A merge keeps the longer tier.
      return new DeedsPolicy.Target(row.getString("owner"), false, outlives(tx, there, before, said.compareTo(before) > 0 ? said : before,
          store.in().expiresAt()));
    }
    if (id == null) {
      throw new IllegalStateException(change.action() + " names no entry");
    }
    var row = locked(tx, id, change.at());
    if (change instanceof MemoryChange.Update update) {
      var before = MemoryTier.of(row.getString("tier"));
      var in = update.in();
      return new DeedsPolicy.Target(row.getString("owner"), endsSooner(tx, in, row),
          outlives(tx, id, before, in.tier() == null ? before : MemoryTier.of(in.tier()), in.expiresAt()));
    }
    return new DeedsPolicy.Target(row.getString("owner"), false, false);
  }

  /** Holds an entry where the change found it. */
  private static Row locked(Tx tx, UUID id, Place at) {
    for (var row : tx.run("memory.lock", Tuple.of(id, at.id()))) {
      return row;
    }
    if (tx.run("memory.get", Tuple.of(id)).size() > 0) {
      throw ProblemException.of(ProblemCode.INVALID_TRANSITION, "The memory " + id + " is not in " + at.path() + " any more: somebody has moved it.");
    }
    throw ProblemException.notFound("memory", id);
  }

  /** @param after the tier that the change leaves it */
  private static boolean outlives(Tx tx, UUID id, MemoryTier before, MemoryTier after, @Nullable OffsetDateTime ending) {
    return after == MemoryTier.LONG && before != MemoryTier.LONG || ending != null
        && tx.run("memory.outlives", MemoryStore.tuple(id, after.seconds(), ending)).iterator().next().getBoolean("outlives");
  }

  private static boolean endsSooner(Tx tx, UpdateMemory in, Row row) {
    if (in.tier() == null && in.expiresAt() == null) {
      return false;
    }
    var tier = MemoryTier.of(in.tier());
    var other = in.tier() != null && !tier.word().equals(row.getString("tier"));
    return tx.run("memory.ends_sooner", MemoryStore.tuple(in.id(), other, tier.seconds(), in.expiresAt())).iterator().next().getBoolean("sooner");
  }
}
