package io.agentbus.memorybus;

import io.agentbus.agent.Directory;
import io.agentbus.op.Call;
import io.agentbus.problem.ProblemException;

/**
 * Stores, changes, promotes and removes entries. Each is one transaction: {@link MemoryGate} holds what it changes and asks the governance,
 * {@link MemoryWriter} carries it out.
 */
public final class Memories {
  private final Directory directory;
  private final MemoryNames names;
  private final MemoryGate gate;
  private final MemoryWriter writer;

  Memories(Directory directory, MemoryNames names, MemoryGate gate, MemoryWriter writer) {
    this.directory = directory;
    this.names = names;
    this.gate = gate;
    this.writer = writer;
  }

  /** Stores an entry, or queues that when the namespace wants an approval. */
  public StoredMemory store(Call call, StoreMemory in) {
    MemoryText.check(in.title(), in.content(), in.tags(), in.metadata());
    var caller = call.caller();
    var named = names.named(caller, "/namespace", in.namespace());
    var who = MemoryActor.of(directory, caller, in.agentId(), named.path());
    var change = new MemoryChange.Store(in, new Place(named.path(), names.make(call, named.path())));
    return call.sql().inTransaction(tx -> {
      var pending = gate.pass(tx, change, who);
      return pending == null ? writer.store(tx, caller, change, named.shown(caller), who)
          : new StoredMemory(null, null, null, named.shown(caller), null, null, "pending", pending, PendingQueue.REASON, change.action());
    });
  }

  /** Changes an entry. */
  public UpdatedMemory update(Call call, UpdateMemory in) {
    MemoryText.check(in.title(), in.content(), in.tags(), in.metadata());
    var caller = call.caller();
    var at = at(MemoryStore.get(call.sql(), caller, in.id()).namespaceId());
    var named = in.namespace() == null ? null : names.named(caller, "/namespace", in.namespace()).path();
    var who = MemoryActor.of(directory, caller, null, at.path());
    var to = named == null || named.equals(at.path()) ? null : new Place(named, names.make(call, named));
    var change = new MemoryChange.Update(in, at, to);
    return call.sql().inTransaction(tx -> {
      var pending = gate.pass(tx, change, who);
      return pending == null ? new UpdatedMemory(true, writer.update(tx, caller, change, who), null, null, null, null, null)
          : new UpdatedMemory(false, null, "pending", pending, PendingQueue.REASON, change.action(), in.id());
    });
  }

  /** Removes an entry with its links. */
  public DeletedMemory delete(Call call, MemoryRef in) {
    var caller = call.caller();
    var at = at(MemoryStore.get(call.sql(), caller, in.id()).namespaceId());
    var who = MemoryActor.of(directory, caller, null, at.path());
    var change = new MemoryChange.Delete(in.id(), at);
    return call.sql().inTransaction(tx -> {
      var pending = gate.pass(tx, change, who);
      return pending == null ? new DeletedMemory(true, writer.delete(tx, caller, change, who), null, null, null, null, null)
          : new DeletedMemory(false, in.id(), "pending", pending, PendingQueue.REASON, change.action(), in.id());
    });
  }

  /** Makes an entry long, or copies it upwards. */
  public PromotedMemory promote(Call call, PromoteMemory in) {
    var caller = call.caller();
    var at = at(MemoryStore.get(call.sql(), caller, in.id()).namespaceId());
    var named = in.toNamespace() == null ? null : names.named(caller, "/to_namespace", in.toNamespace());
    if (named != null && (!named.path().covers(at.path()) || named.path().equals(at.path()))) {
      throw ProblemException.invalid("/to_namespace", "must lie above the entry's namespace " + at.path() + ", which " + named.path() + " does not");
    }
    var who = MemoryActor.of(directory, caller, null, at.path());
    var to = named == null ? null : new Place(named.path(), names.make(call, named.path()));
    var change = new MemoryChange.Promote(in.id(), at, to);
    return call.sql().inTransaction(tx -> {
      var pending = gate.pass(tx, change, who);
      return pending == null ? writer.promote(tx, caller, change, named == null ? null : named.shown(caller), who)
          : new PromotedMemory(false, null, null, null, null, null, null, "pending", pending, PendingQueue.REASON, change.action(), in.id());
    });
  }

  private Place at(int namespaceId) {
    return new Place(directory.namespacePath(namespaceId), namespaceId);
  }
}
