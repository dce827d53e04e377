package io.agentbus.campaign;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.agentbus.agent.Directory;
import io.agentbus.campaign.CapturedRun.CapturedScenario;
import io.agentbus.db.Sql;
import io.agentbus.job.JobReads;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Call;
import io.agentbus.op.Caller;
import io.agentbus.op.Cursor;
import io.agentbus.op.Json;
import io.agentbus.op.Right;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Answers campaigns: whole, one run of a phase, and in pages. */
public final class CampaignReads {
  private static final int PAGE = 100;

  private final Directory directory;
  private final JobReads reads;

  public CampaignReads(Directory directory, JobReads reads) {
    this.directory = directory;
    this.reads = reads;
  }

  /** A campaign as one snapshot of the database shows it, and the page made of just that. */
  public Campaign get(Call call, GetCampaign in) {
    refuseHidden(call, in.campaignId());
    var campaign = evidence(call.sql(), in.campaignId());
    reads.note(call, "get_campaign", campaign.namespace(), campaign.phases().stream().map(Campaign.Phase::jobId).filter(Objects::nonNull).toList());
    return switch (in.format() == null ? PageFormat.JSON : in.format()) {
      case JSON -> campaign;
      case MARKDOWN -> campaign.withDocument(MarkdownPage.of(campaign));
      case HTML -> campaign.withDocument(HtmlPage.of(campaign));
    };
  }

  /** All that one run of a phase captured. */
  public CapturedRun capture(Call call, GetPhaseRun in) {
    var rows = call.sql().run("campaign.capture", Tuple.of(in.campaignId(), in.phase(), in.run()));
    var first = rows.size() == 0 ? null : rows.iterator().next();
    if (first == null || !call.caller().sees(new NamespacePath(first.getString("namespace")))) {
      refuseHidden(call, in.campaignId());
      throw ProblemException.notFound("run", (in.run() == null ? "" : in.run() + " ") + "of phase '" + in.phase() + "' in campaign " + in.campaignId());
    }
    var scenarios = new ArrayList<CapturedScenario>();
    for (var row : rows) {
      if (row.getString("name") != null) {
        scenarios.add(new CapturedScenario(row.getString("name"), ScenarioVerdict.valueOf(row.getString("verdict").toUpperCase(Locale.ROOT)),
            Json.raw(row.getString("result")), row.getString("stderr"), Json.raw(row.getString("trace"))));
      }
    }
    reads.note(call, "get_phase_run", first.getString("namespace"), List.of(first.getUUID("job_id")));
    var verdict = first.getString("run_verdict");
    var evidence = first.getString("evidence");
    return new CapturedRun(in.campaignId(), in.phase(), first.getInteger("run"), first.getUUID("job_id"),
        verdict == null ? null : Verdict.valueOf(verdict.toUpperCase(Locale.ROOT)), first.getString("summary"), Json.raw(evidence == null ? "{}" : evidence),
        first.getString("reported_by"), utc(first, "reported_at"), scenarios);
  }

  /** A page of the campaigns that the caller may see. */
  public ListedCampaigns list(Call call, ListCampaigns in) {
    var limit = in.limit() == null ? PAGE : in.limit();
    var filter = in.namespace() == null ? null : directory.filter(call.caller(), in.namespace());
    var walls = call.caller().namespaces().stream().map(Object::toString).toArray(String[]::new);
    var rows = call.sql().run("campaign.list", Tuple.tuple().addUUID(before(in.cursor())).addInteger(limit + 1).addArrayOfString(walls)
        .addString(filter != null && filter.exact() ? filter.value() : null).addString(filter != null && !filter.exact() ? filter.toSqlRegex() : null)
        .addString(in.status() == null ? null : in.status().name().toLowerCase(Locale.ROOT)).addString(in.name()));
    var entries = new ArrayList<ListedCampaigns.Entry>();
    rows.forEach(row -> entries.add(entry(row)));
    String next = null;
    if (entries.size() > limit) {
      entries.removeLast();
      next = Cursor.of(entries.getLast().id().toString());
    }
    return new ListedCampaigns(entries, next);
  }

  /** What a change of a campaign answers: the campaign, without its evidence for who may not read. */
  Campaign changed(Sql sql, Caller caller, UUID id) {
    var campaign = evidence(sql, id);
    return caller.may(Right.READ) ? campaign : campaign.withoutEvidence();
  }

  /** The campaign, whoever asks; not found when there is none, or it was removed since somebody looked. */
  private Campaign evidence(Sql sql, UUID id) {
    var rows = sql.run("campaign.evidence", Tuple.of(id, null, CampaignLimits.TIMELINE));
    if (rows.size() == 0) {
      throw ProblemException.notFound("campaign", id);
    }
    try {
      return Json.MAPPER.readValue(rows.iterator().next().getString("evidence"), Campaign.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("campaign.evidence answers what a Campaign does not hold", e);
    }
  }

  private static void refuseHidden(Call call, UUID id) {
    for (var row : call.sql().run("campaign.place_of", Tuple.of(id))) {
      if (call.caller().sees(new NamespacePath(row.getString("namespace")))) {
        return;
      }
    }
    throw ProblemException.notFound("campaign", id);
  }

  private static ListedCampaigns.Entry entry(Row row) {
    return new ListedCampaigns.Entry(row.getUUID("id"), row.getString("namespace"), row.getString("name"),
        CampaignStatus.valueOf(row.getString("status").toUpperCase(Locale.ROOT)), row.getString("orchestrator"), row.getInteger("phases"),
        row.getInteger("passed"), row.getInteger("failed"), row.getInteger("stuck"), Objects.requireNonNull(utc(row, "created_at")), utc(row, "finished_at"));
  }

  private static @Nullable OffsetDateTime utc(Row row, String column) {
    var at = row.getOffsetDateTime(column);
    return at == null ? null : at.withOffsetSameInstant(ZoneOffset.UTC);
  }

  private static @Nullable UUID before(@Nullable String cursor) {
    if (cursor == null) {
      return null;
    }
    try {
      return UUID.fromString(Cursor.read(cursor));
    } catch (IllegalArgumentException e) {
      throw ProblemException.invalid("/cursor", "is not a cursor that list_campaigns gave; leave it out for the first page");
    }
  }
}
