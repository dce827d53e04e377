package io.agentbus.campaign;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.bus.WakeUps;
import io.agentbus.db.Tx;
import io.agentbus.id.Ids;
import io.agentbus.inbox.Inbox;
import io.agentbus.inbox.NewMessage;
import io.agentbus.op.Json;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Writes down what happens to a campaign, and tells its orchestrator, in the transaction of the change. */
final class CampaignLog {
  /** Of what the orchestrator should look at soon; the seed's workers notify with it. */
  static final int HIGH = 8;
  /** The bus itself, as the journal names it. */
  static final String BUS = "bus";

  private final WakeUps wakeUps;
  private final Inbox inbox;

  CampaignLog(WakeUps wakeUps, Inbox inbox) {
    this.wakeUps = wakeUps;
    this.inbox = inbox;
  }

  /** A journal row of the whole campaign, which subscribers hear as {@code campaign.*}. */
  void note(Tx tx, OpenCampaign campaign, String actor, String action, ObjectNode detail) {
    write(tx, campaign, campaign.namespaceId(), null, actor, action, detail);
  }

  /** The same of one phase. @param job of the run it concerns, or null */
  void note(Tx tx, OpenCampaign campaign, PhaseRow phase, @Nullable UUID job, String actor, String action, ObjectNode detail) {
    write(tx, campaign, phase.namespaceId(), job, actor, action, detail.put("phase", phase.name()));
  }

  private void write(Tx tx, OpenCampaign campaign, int namespaceId, @Nullable UUID job, String actor, String action, ObjectNode detail) {
    detail.put("campaign_id", campaign.id().toString()).put("campaign", campaign.name());
    tx.run("campaign.note", Tuple.of(campaign.id(), namespaceId, job, actor, action, Json.text(detail)));
    tx.afterCommit(wakeUps::news);
  }

  /**
   * Puts a message into the orchestrator's inbox; does nothing when that is no agent, or is the one who speaks. A full box refuses it, and the
   * change goes on without: the campaign itself tells all that the message would.
   */
  void tell(Tx tx, OpenCampaign campaign, String source, @Nullable UUID job, String title, ObjectNode payload) {
    if (campaign.orchestratorNo() != null && !source.equals(campaign.orchestrator())) {
      payload.put("campaign_id", campaign.id().toString()).put("campaign", campaign.name());
      inbox.deliver(tx, List.of(new NewMessage(Ids.next(), campaign.home(), campaign.orchestratorName(), title, Json.text(payload), HIGH,
          "campaign:" + campaign.id(), null, null, null, job, source, source)));
    }
  }
}
