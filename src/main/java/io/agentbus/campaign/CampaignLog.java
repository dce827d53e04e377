package io.agentbus.campaign;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.bus.WakeUps;
import io.agentbus.db.Tx;
import io.agentbus.id.Ids;
import io.agentbus.inbox.Delivered;
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

  /**
   * The same, and a message with the same words in the orchestrator's inbox. There is none where that is no agent, or is the one who speaks. The
   * change goes on when the message cannot be put there: the campaign itself tells all that it would, and the row says that it was not told and
   * why.
   */
  void say(Tx tx, OpenCampaign campaign, String actor, String action, ObjectNode detail, String title) {
    tell(tx, campaign, null, actor, detail, title, detail.deepCopy());
    note(tx, campaign, actor, action, detail);
  }

  /** The same of one phase. @param job of the run it concerns */
  void say(Tx tx, OpenCampaign campaign, PhaseRow phase, UUID job, String actor, String action, ObjectNode detail, String title) {
    say(tx, campaign, phase, job, actor, action, detail, title, detail.deepCopy());
  }

  /** The same with more in the message. @param payload of the message; the names of campaign and phase are put in here */
  void say(Tx tx, OpenCampaign campaign, PhaseRow phase, UUID job, String actor, String action, ObjectNode detail, String title, ObjectNode payload) {
    tell(tx, campaign, job, actor, detail, title, payload.put("phase", phase.name()));
    write(tx, campaign, phase.namespaceId(), job, actor, action, detail.put("phase", phase.name()));
  }

  private void write(Tx tx, OpenCampaign campaign, int namespaceId, @Nullable UUID job, String actor, String action, ObjectNode detail) {
    tx.run("campaign.note", Tuple.of(campaign.id(), namespaceId, job, actor, action, Json.text(named(detail, campaign))));
    tx.afterCommit(wakeUps::news);
  }

  private void tell(Tx tx, OpenCampaign campaign, @Nullable UUID job, String source, ObjectNode detail, String title, ObjectNode payload) {
    if (campaign.orchestratorNo() == null || source.equals(campaign.orchestrator())) {
      return;
    }
    var message = new NewMessage(Ids.next(), campaign.home(), campaign.orchestratorName(), title, Json.text(named(payload, campaign)), HIGH,
        "campaign:" + campaign.id(), null, null, null, job, source, source);
    var why = switch (inbox.deliver(tx, List.of(message)).getFirst()) {
      case Delivered.Put _, Delivered.Duplicate _ -> null;
      case Delivered.BoxFull full -> "the inbox of agent '" + full.agent() + "' is full: it holds " + full.held() + " messages that it has not acknowledged";
      case Delivered.UnknownRecipient unknown -> "there is no agent '" + unknown.agent() + "' any more";
    };
    if (why != null) {
      detail.put("told", false).put("not_told_because", why);
    }
  }

  private static ObjectNode named(ObjectNode words, OpenCampaign campaign) {
    return words.put("campaign_id", campaign.id().toString()).put("campaign", campaign.name());
  }
}
