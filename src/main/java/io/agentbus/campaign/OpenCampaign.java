package io.agentbus.campaign;

import io.agentbus.db.Tx;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Caller;
import io.agentbus.op.Right;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Tuple;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A campaign whose row this transaction holds, so that nobody else changes it meanwhile.
 *
 * @param orchestrator in full: {@code agent:<namespace>/<name>} or {@code token:<name>}
 * @param orchestratorNo the agent whose inbox hears of it, or null
 */
record OpenCampaign(UUID id, NamespacePath namespace, int namespaceId, String name, String orchestrator, @Nullable Integer orchestratorNo,
    CampaignStatus status) {

  /** Holds the campaign until the end of the transaction; null when there is none. */
  static @Nullable OpenCampaign lock(Tx tx, UUID id) {
    for (var row : tx.run("campaign.lock", Tuple.of(id))) {
      return new OpenCampaign(id, new NamespacePath(row.getString("namespace")), row.getInteger("namespace_id"), row.getString("name"),
          row.getString("orchestrator"), row.getInteger("orchestrator_no"),
          CampaignStatus.valueOf(row.getString("status").toUpperCase(Locale.ROOT)));
    }
    return null;
  }

  /** The same for a caller who must see it. */
  static OpenCampaign lock(Tx tx, Caller caller, UUID id) {
    var campaign = lock(tx, id);
    if (campaign == null || !caller.sees(campaign.namespace)) {
      throw ProblemException.notFound("campaign", id);
    }
    return campaign;
  }

  /** Lets nobody else open a campaign in a namespace until the end of the transaction. */
  static void holdNamespace(Tx tx, int namespaceId) {
    tx.run("campaign.hold_namespace", Tuple.of(namespaceId));
  }

  /** Refuses to open this one when its namespace, which is held, has more than it may. */
  void refuseOneTooMany(Tx tx) {
    var open = tx.run("campaign.count_open", Tuple.of(namespaceId, (long) CampaignLimits.OPEN + 1)).iterator().next().getInteger("campaigns");
    if (open > CampaignLimits.OPEN) {
      throw ProblemException.of(ProblemCode.LIMIT_EXCEEDED, namespace + " has " + CampaignLimits.OPEN
          + " open campaigns, which is the most; cancel_campaign ends those that nobody waits for.");
    }
  }

  /** Whether the caller runs it. */
  boolean isRunBy(Caller caller) {
    return caller.actor().equals(orchestrator);
  }

  /** The orchestrator as who asks for the jobs of phases that begin later, when it does not call itself. */
  Caller asOrchestrator() {
    var rights = EnumSet.of(Right.READ, Right.ASK);
    return orchestratorNo == null ? Caller.actingFor(orchestrator, List.of(namespace), rights)
        : new Caller(null, orchestratorName(), orchestratorNo, List.of(home()), rights);
  }

  /** The namespace in which the orchestrator is an agent. */
  NamespacePath home() {
    return new NamespacePath(orchestrator.substring("agent:".length(), orchestrator.lastIndexOf('/')));
  }

  /** The orchestrator's own name. */
  String orchestratorName() {
    return orchestrator.substring(orchestrator.lastIndexOf('/') + 1);
  }

  /** The refusal of a change that a campaign in this state does not take. */
  ProblemException notNow(String rule) {
    var word = status.name().toLowerCase(Locale.ROOT);
    return ProblemException.of(ProblemCode.INVALID_TRANSITION, rule + "; campaign " + id + " is " + word + ".").with("status", word);
  }
}
