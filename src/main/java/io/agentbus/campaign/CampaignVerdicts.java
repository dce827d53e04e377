package io.agentbus.campaign;

import io.agentbus.db.Tx;
import io.agentbus.op.Json;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Locale;

/** Gives a campaign its verdict when its last phase has landed. */
final class CampaignVerdicts {
  private final CampaignLog log;

  CampaignVerdicts(CampaignLog log) {
    this.log = log;
  }

  /**
   * How a campaign stands.
   *
   * @param open phases that have not landed
   */
  record Standing(CampaignStatus status, int open) {}

  /** How many phases have not landed. */
  static int open(Tx tx, OpenCampaign campaign) {
    return tx.run("campaign.tally", Tuple.of(campaign.id())).iterator().next().getLong("open").intValue();
  }

  /** Counts the phases, and records the verdict when none is open. The campaign is held by this transaction. */
  Standing settle(Tx tx, OpenCampaign campaign) {
    var tally = tx.run("campaign.tally", Tuple.of(campaign.id())).iterator().next();
    var open = tally.getLong("open").intValue();
    if (open > 0) {
      return new Standing(CampaignStatus.OPEN, open);
    }
    var failed = List.of(tally.getArrayOfStrings("failed"));
    var verdict = failed.isEmpty() ? CampaignStatus.PASSED : CampaignStatus.FAILED;
    var word = verdict.name().toLowerCase(Locale.ROOT);
    tx.run("campaign.finish", Tuple.tuple().addUUID(campaign.id()).addString(word).addArrayOfString(failed.toArray(String[]::new)));
    var detail = Json.MAPPER.createObjectNode().put("verdict", word);
    failed.forEach(detail.putArray("failed")::add);
    log.say(tx, campaign, CampaignLog.BUS, "finish_campaign", detail, "Campaign " + campaign.name() + " " + word);
    return new Standing(verdict, 0);
  }
}
