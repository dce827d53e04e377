package io.agentbus.memorybus;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.agent.Directory;
import io.agentbus.bus.WakeUps;
import io.agentbus.db.Sql;
import io.agentbus.memorybus.GovernancePolicy.Decision;
import io.agentbus.memorybus.GovernancePolicy.Deed;
import io.agentbus.memorybus.GovernancePolicy.Level;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Call;
import io.agentbus.op.Caller;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Standards of namespaces, and what they let callers do. */
public final class MemoryStandards {
  /** Most namespaces looked at on the way from one to the governance that holds there. */
  private static final int FURTHEST = 32;

  private final Directory directory;
  private final MemoryNames names;
  private final WakeUps wakeUps;

  MemoryStandards(Directory directory, MemoryNames names, WakeUps wakeUps) {
    this.directory = directory;
    this.names = names;
    this.wakeUps = wakeUps;
  }

  /**
   * A governance and whose standard it belongs to.
   *
   * @param from the namespace of that standard; names in it are meant from there
   */
  record Ruling(GovernancePolicy policy, @Nullable String setBy, NamespacePath from) {}

  /**
   * Makes an entry the standard of its namespace. Only who set the nearest standard there, or an operator, may set another; where none stands it
   * takes an operator, or the first to come could lock all others out.
   */
  public StandardSet set(Call call, SetStandard in) {
    var caller = call.caller();
    var named = names.named(caller, "/namespace", in.namespace());
    var parent = in.parent() == null ? null : names.named(caller, "/parent", in.parent());
    var policy = in.governance() == null ? null : GovernancePolicy.of(in.governance());
    MemoryStore.get(call.sql(), caller, in.id());
    var namespaceId = names.make(call, named.path());
    var parentId = parent == null ? null : (Integer) names.make(call, parent.path());
    return call.sql().inTransaction(tx -> {
      MemoryStore.hold(tx, List.of(namespaceId));
      var nearest = nearest(tx, named.path());
      if (!caller.isOperator() && !caller.actor().equals(nearest)) {
        throw ProblemException.of(ProblemCode.FORBIDDEN, nearest == null ? "No standard holds in " + named.path() + "; the first is for an operator to set."
            : "The standard that holds in " + named.path() + " was set by " + nearest + "; only that one or an operator may set another.");
      }
      tx.run("memory.set_standard", MemoryStore.tuple(namespaceId, in.id(), parentId, policy == null ? null : Json.text(policy.json()), caller.actor()));
      MemoryStore.journal(tx, namespaceId, caller.actor(), "memory_namespace_set_standard",
          Json.MAPPER.createObjectNode().put("standard_id", in.id().toString()).set("governance", policy == null ? null : policy.json()));
      tx.afterCommit(wakeUps::news);
      return new StandardSet(true, named.shown(caller), in.id(), parent == null ? null : parent.shown(caller), policy == null ? null : policy.json());
    });
  }

  /** The governance that holds in a namespace: of the nearest standard, from there upwards, that has one; then of the parents that standards name. */
  Ruling ruling(Sql sql, NamespacePath namespace) {
    var seen = new HashSet<String>();
    var at = namespace;
    while (at != null && seen.size() < FURTHEST) {
      String parent = null;
      for (var row : standards(sql, at)) {
        var path = row.getString("path");
        var governance = row.getString("governance");
        if (governance != null) {
          var policy = GovernancePolicy.read(tree(governance));
          if (policy.inherit() || path.equals(namespace.value())) {
            return new Ruling(policy, row.getString("set_by"), new NamespacePath(path));
          }
        }
        parent = parent == null ? row.getString("parent") : parent;
      }
      seen.add(at.value());
      at = parent == null || seen.contains(parent) ? null : new NamespacePath(parent);
    }
    return new Ruling(GovernancePolicy.NONE, null, namespace);
  }

  /**
   * What comes of a deed: it is allowed, or must be approved first.
   *
   * @throws ProblemException {@code forbidden} when it is denied
   */
  Decision decide(Sql sql, PlacedDeed asked, MemoryActor who) {
    var namespace = asked.place().path();
    var ruling = ruling(sql, namespace);
    var deed = asked.deed();
    // What is yet to be belongs to whose standard holds there.
    var decision = ruling.policy().decide(deed, who.operator(), who.isAgent(), who.owns(asked.owner() == null ? ruling.setBy() : asked.owner()));
    if (decision == Decision.DENY) {
      var word = deed == Deed.WRITE ? "store" : deed == Deed.PROMOTE ? "promote" : "delete";
      throw ProblemException.of(ProblemCode.FORBIDDEN, word + " denied by governance: in " + namespace + " it is for '"
          + ruling.policy().level(deed).word() + "', which " + who.name() + " is not." + switch (deed) {
            case WRITE -> "";
            case PROMOTE -> " To let an entry live longer than its tier gives is to promote it.";
            case DELETE -> " To move an entry away or to end its life sooner is to delete it.";
          });
    }
    return decision;
  }

  /** Whether anybody may do a deed in a namespace, without a word to anyone. */
  boolean open(Sql sql, NamespacePath namespace, Deed deed) {
    return ruling(sql, namespace).policy().level(deed) == Level.ANY;
  }

  /**
   * Why somebody is not one of those who approve in a namespace; null when he is.
   *
   * @param ruling what holds in the namespace
   * @param caller whose walls hold, whomever he acts for: an action that two namespaces must approve is seen from either
   */
  @Nullable ProblemException against(Ruling ruling, NamespacePath namespace, Caller caller, MemoryActor who) {
    if (!caller.sees(namespace)) {
      return denied("it is for those of another namespace, outside the walls of " + caller.actor());
    }
    return switch (ruling.policy().approver()) {
      case GovernancePolicy.Human _ -> who.operator() ? null : denied("a person with an operator's token approves in " + namespace + ", not " + who.name());
      case GovernancePolicy.OneAgent one -> {
        // An agent chooses its name: one below that took this name is not whom the standard means.
        var agent = directory.resolve(ruling.from(), one.name());
        yield agent != null && who.agentNo() != null && agent.agentNo() == who.agentNo() ? null
            : denied("designated approver in " + namespace + " is '" + one.name() + "', not '" + who.name() + "'");
      }
      case GovernancePolicy.Consensus _ -> who.isAgent() ? null : denied("consensus voter '" + who.name() + "' is not a registered agent");
    };
  }

  private static ProblemException denied(String why) {
    return ProblemException.of(ProblemCode.FORBIDDEN, "approve rejected: " + why + ".");
  }

  private @Nullable String nearest(Sql sql, NamespacePath namespace) {
    for (var row : standards(sql, namespace)) {
      return row.getString("set_by");
    }
    return null;
  }

  /** The standards of a namespace and of those above it, the nearest first. */
  private static Iterable<Row> standards(Sql sql, NamespacePath namespace) {
    List<String> paths = new ArrayList<>();
    for (NamespacePath path = namespace; path != null; path = path.parent()) {
      paths.add(path.value());
    }
    return sql.run("memory.standards", Tuple.tuple().addArrayOfString(paths.toArray(String[]::new)));
  }

  private static JsonNode tree(String json) {
    try {
      return Json.MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a governance in the database is not JSON", e);
    }
  }
}
