package io.agentbus.campaign;

import io.agentbus.agent.Directory;
import io.agentbus.db.Tx;
import io.agentbus.id.Ids;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Call;
import io.agentbus.op.Json;
import io.agentbus.op.Source;
import io.agentbus.problem.FieldError;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Begins campaigns, ends them early, and keeps what is decided about them. */
public final class Campaigns {
  private final Directory directory;
  private final CampaignReads reads;
  private final CampaignRuns runs;
  private final CampaignLog log;

  Campaigns(Directory directory, CampaignReads reads, CampaignRuns runs, CampaignLog log) {
    this.directory = directory;
    this.reads = reads;
    this.runs = runs;
    this.log = log;
  }

  /** Who runs a campaign. @param full as the journal has it @param agentNo whose inbox hears of it, or null */
  private record Orchestrator(String full, @Nullable Integer agentNo) {}

  /** Begins a campaign and the phases that wait for no other; answers the open one of this name when there is one. */
  public Campaign create(Call call, CreateCampaign in) {
    var namespace = directory.allowed(call.caller(), in.namespace());
    var homes = namespaces(call, namespace, in.phases());
    refuseUnfit(in.phases());
    var orchestrator = orchestrator(call, namespace, in.orchestrator());
    var ids = new ArrayList<Integer>(homes.size());
    var actor = call.caller().actor();
    var namespaceId = directory.ensureNamespace(call.sql(), namespace, actor);
    homes.forEach(home -> ids.add(directory.ensureNamespace(call.sql(), home, actor)));
    var id = Ids.next();
    return call.sql().inTransaction(tx -> {
      OpenCampaign.holdNamespace(tx, namespaceId);
      var made = tx.run("campaign.create", Tuple.of(id, namespaceId, in.name(), orchestrator.full(), orchestrator.agentNo(), actor)).size() > 0;
      if (!made) {
        return reads.changed(tx, call.caller(), openOfName(tx, namespaceId, in.name())).created(true, List.of());
      }
      var campaign = new OpenCampaign(id, namespace, namespaceId, in.name(), orchestrator.full(), orchestrator.agentNo(), CampaignStatus.OPEN);
      campaign.refuseOneTooMany(tx);
      addPhases(tx, id, in, ids);
      log.note(tx, campaign, actor, "create_campaign", Json.MAPPER.createObjectNode().put("phases", in.phases().size()));
      runs.startNext(tx, call.requestId(), campaign);
      return reads.changed(tx, call.caller(), id).created(false, warnings(in.phases(), homes));
    });
  }

  /** Ends an open campaign without a verdict; again answers it as it is. For whoever runs it, and operators. */
  public Campaign cancel(Call call, CancelCampaign in) {
    return call.sql().inTransaction(tx -> {
      var campaign = OpenCampaign.lock(tx, call.caller(), in.campaignId());
      if (!call.caller().isOperator() && !campaign.isRunBy(call.caller())) {
        throw ProblemException.of(ProblemCode.FORBIDDEN, "Only who runs a campaign, or an operator, may cancel it; " + call.caller().actor() + " is neither.");
      }
      if (campaign.status() != CampaignStatus.CANCELLED) {
        if (campaign.status() != CampaignStatus.OPEN) {
          throw campaign.notNow("cancel_campaign takes an open campaign");
        }
        var within = new Call(call.caller(), call.requestId(), tx);
        for (var row : tx.run("campaign.cancel", Tuple.of(campaign.id()))) {
          var job = row.getUUID("job_id");
          if (job != null) {
            runs.endJob(within, job, "the campaign was cancelled");
          }
        }
        var detail = Json.MAPPER.createObjectNode().put("reason", in.reason());
        log.say(tx, campaign, call.caller().actor(), "cancel_campaign", detail, "Campaign " + campaign.name() + " cancelled");
      }
      return reads.changed(tx, call.caller(), campaign.id());
    });
  }

  /** Records what an operator decides about the newest verdict; the same again answers it as it is. */
  public Campaign decide(Call call, DecideCampaign in) {
    return call.sql().inTransaction(tx -> {
      var campaign = OpenCampaign.lock(tx, call.caller(), in.campaignId());
      var word = in.decision().name().toLowerCase(Locale.ROOT);
      if (tx.run("campaign.decide", Tuple.of(campaign.id(), word, in.reason(), call.caller().actor())).size() > 0) {
        var detail = Json.MAPPER.createObjectNode().put("decision", word).put("reason", in.reason());
        log.say(tx, campaign, call.caller().actor(), "decide_campaign", detail, "Campaign " + campaign.name() + ": " + word);
      } else {
        refuseOtherDecision(tx, campaign, word);
      }
      return reads.changed(tx, call.caller(), campaign.id());
    });
  }

  private static void refuseOtherDecision(Tx tx, OpenCampaign campaign, String wanted) {
    if (campaign.status() == CampaignStatus.OPEN || campaign.status() == CampaignStatus.CANCELLED) {
      throw campaign.notNow("decide_campaign takes a campaign that has its verdict");
    }
    var decided = tx.run("campaign.decision", Tuple.of(campaign.id())).iterator().next().getString("decision");
    if (!wanted.equals(decided)) {
      throw ProblemException.of(ProblemCode.INVALID_TRANSITION, "'" + decided + "' was decided about this verdict, and stands; rerun_phase opens the campaign"
          + " for another.").with("decision", decided);
    }
  }

  private static UUID openOfName(Tx tx, int namespaceId, String name) {
    for (var row : tx.run("campaign.open_of_name", Tuple.of(namespaceId, name))) {
      return row.getUUID("id");
    }
    throw ProblemException.of(ProblemCode.UNAVAILABLE, "An open campaign '" + name + "' ended in this instant; try again.");
  }

  /** The namespace of each phase: the campaign's or one below. */
  private List<NamespacePath> namespaces(Call call, NamespacePath campaign, List<PhasePlan> phases) {
    var homes = new ArrayList<NamespacePath>(phases.size());
    for (var i = 0; i < phases.size(); i++) {
      var home = phases.get(i).namespace() == null ? campaign : directory.allowed(call.caller(), phases.get(i).namespace());
      if (!campaign.covers(home)) {
        throw ProblemException.invalid("/phases/" + i + "/namespace", "must be " + campaign + " or lie below it, not " + home);
      }
      homes.add(home);
    }
    return homes;
  }

  private static void refuseUnfit(List<PhasePlan> phases) {
    if (phases.isEmpty()) {
      throw ProblemException.invalid("/phases", "must hold at least one phase");
    }
    var errors = new ArrayList<FieldError>();
    var names = new HashSet<String>();
    for (var i = 0; i < phases.size(); i++) {
      if (!names.add(phases.get(i).name())) {
        errors.add(new FieldError("/phases/" + i + "/name", "'" + phases.get(i).name() + "' is the name of another phase of this campaign"));
      }
      var payload = phases.get(i).payload();
      if (payload != null && payload.has("campaign")) {
        errors.add(new FieldError("/phases/" + i + "/payload/campaign", "is a field that the bus adds itself"));
      }
    }
    if (!errors.isEmpty()) {
      throw ProblemException.invalid(errors);
    }
  }

  private Orchestrator orchestrator(Call call, NamespacePath namespace, @Nullable String named) {
    var caller = call.caller();
    var name = Source.of(caller, named, "/orchestrator");
    if (named == null || caller.isAgent() && name.equals(caller.name())) {
      return new Orchestrator(caller.actor(), caller.agentNo());
    }
    var agent = directory.resolve(namespace, name);
    if (agent == null || !caller.sees(agent.namespace())) {
      throw ProblemException.invalid("/orchestrator", "there is no agent '" + name + "' in " + namespace + " or above");
    }
    return new Orchestrator("agent:" + agent.namespace() + "/" + agent.name(), agent.agentNo());
  }

  private static void addPhases(Tx tx, UUID id, CreateCampaign in, List<Integer> namespaceIds) {
    var phases = in.phases();
    var numbers = new Integer[phases.size()];
    var seconds = new Integer[phases.size()];
    for (var i = 0; i < phases.size(); i++) {
      numbers[i] = i + 1;
      seconds[i] = phases.get(i).expectedSeconds();
    }
    tx.run("campaign.add_phases", Tuple.tuple().addUUID(id).addArrayOfInteger(numbers).addArrayOfString(texts(phases, PhasePlan::name))
        .addArrayOfString(texts(phases, PhasePlan::group)).addArrayOfString(texts(phases, PhasePlan::batch))
        .addArrayOfInteger(namespaceIds.toArray(Integer[]::new)).addArrayOfString(texts(phases, PhasePlan::worker)).addArrayOfInteger(seconds)
        .addArrayOfString(texts(phases, plan -> CampaignRuns.template(in.name(), plan))));
  }

  private static String[] texts(List<PhasePlan> phases, Function<PhasePlan, @Nullable String> get) {
    var texts = new String[phases.size()];
    for (var i = 0; i < texts.length; i++) {
      texts[i] = get.apply(phases.get(i));
    }
    return texts;
  }

  private List<String> warnings(List<PhasePlan> phases, List<NamespacePath> homes) {
    var warnings = new ArrayList<String>();
    for (var i = 0; i < phases.size(); i++) {
      if (directory.resolve(homes.get(i), phases.get(i).worker()) == null) {
        warnings.add("no agent '" + phases.get(i).worker() + "' is registered in " + homes.get(i) + " or above; phase '" + phases.get(i).name()
            + "' waits until one is");
      }
    }
    return warnings;
  }
}
