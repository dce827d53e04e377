package io.agentbus.campaign;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.db.Database;
import io.agentbus.op.Json;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.UUID;

/**
 * Removes campaigns that ended long ago, with their evidence. What the journal says of them stays, and a last row of it keeps the verdict and
 * what was decided; their jobs stay too.
 */
public final class CampaignRemovals {
  /** Scenarios deleted in one statement: each may have captured as much as 150 KB. */
  private static final int SCENARIOS = 500;
  /** Statements of one look, so that it ends. */
  private static final int STATEMENTS = 20;

  private final Database database;
  private final CampaignLog log;

  CampaignRemovals(Database database, CampaignLog log) {
    this.database = database;
    this.log = log;
  }

  /**
   * Removes some. Each is gone for everybody in one commit; what it holds is deleted after that, for a large one in several looks.
   *
   * @param kept how long after its end a campaign is kept
   * @param limit campaigns removed at most
   * @return how many were deleted to the last row
   */
  public int remove(Duration kept, int limit) {
    var deleted = 0;
    var statements = STATEMENTS;
    for (var row : database.run("campaign.ended_before", Tuple.of((double) kept.toSeconds(), (long) limit))) {
      UUID id = row.getUUID("id");
      if (!row.getBoolean("removed") && !remove(id, kept)) {
        continue;
      }
      var left = SCENARIOS;
      while (left == SCENARIOS && statements-- > 0) {
        left = database.run("campaign.drop_scenarios", Tuple.of(id, (long) SCENARIOS)).iterator().next().getInteger("scenarios");
      }
      if (left == SCENARIOS) {
        break;
      }
      deleted += database.run("campaign.delete", Tuple.of(id)).size();
    }
    return deleted;
  }

  /** @return false when it was opened again meanwhile, or another node was first */
  private boolean remove(UUID id, Duration kept) {
    return database.inTransaction(tx -> {
      var campaign = OpenCampaign.lock(tx, id);
      if (campaign == null) {
        return false;
      }
      for (var row : tx.run("campaign.summary", Tuple.of(id, (double) kept.toSeconds()))) {
        log.note(tx, campaign, CampaignLog.BUS, "remove_campaign", tree(row.getString("summary")));
        tx.run("campaign.remove", Tuple.of(id));
        return true;
      }
      return false;
    });
  }

  private static ObjectNode tree(String json) {
    try {
      return (ObjectNode) Json.MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("campaign.summary answers no JSON", e);
    }
  }
}
