package io.agentbus.campaign;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.campaign.Campaign.Happening;
import io.agentbus.campaign.Campaign.Phase;
import io.agentbus.campaign.Campaign.Reached;
import io.agentbus.campaign.Campaign.Run;
import io.agentbus.campaign.Campaign.Scenario;
import io.agentbus.op.Json;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the evidence page says, in whatever form. It depends on nothing but the campaign: no clock and no locale, so that the same state is the
 * same page each time.
 */
final class PageWords {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);
  /** Characters of a detail in the timeline. */
  private static final int DETAIL = 200;

  private PageWords() {}

  /** What is to be done by a person. @param command what to type for it, or null */
  record Todo(String text, @Nullable String command) {}

  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  static String time(@Nullable OffsetDateTime at) {
    return at == null ? "" : TIME.format(at.withOffsetSameInstant(ZoneOffset.UTC)) + " UTC";
  }

  /** How it stands, in one line. */
  static String headline(Campaign campaign) {
    return switch (campaign.status()) {
      case OPEN -> open(campaign);
      case PASSED -> "Passed: all " + campaign.phases().size() + " phases passed.";
      case FAILED -> "Failed: " + String.join(", ", failed(campaign)) + ".";
      case CANCELLED -> "Cancelled, without a verdict.";
    };
  }

  private static String open(Campaign campaign) {
    var landed = count(campaign, PhaseStatus.PASSED) + count(campaign, PhaseStatus.FAILED);
    var line = new StringBuilder("Open: " + landed + " of " + campaign.phases().size() + " phases have landed");
    if (count(campaign, PhaseStatus.FAILED) > 0) {
      line.append(", ").append(count(campaign, PhaseStatus.FAILED)).append(" of them failed");
    }
    if (count(campaign, PhaseStatus.STUCK) > 0) {
      line.append("; stuck: ").append(String.join(", ", names(campaign, PhaseStatus.STUCK)));
    }
    return line.append('.').toString();
  }

  static long count(Campaign campaign, PhaseStatus status) {
    return campaign.phases().stream().filter(phase -> phase.status() == status).count();
  }

  private static List<String> names(Campaign campaign, PhaseStatus status) {
    return campaign.phases().stream().filter(phase -> phase.status() == status).map(Phase::name).toList();
  }

  private static List<String> failed(Campaign campaign) {
    return names(campaign, PhaseStatus.FAILED);
  }

  /** What a person should see to, the most pressing first. */
  static List<Todo> todos(Campaign campaign) {
    var todos = new ArrayList<Todo>();
    for (var phase : campaign.phases()) {
      var run = phase.current();
      if (run != null && phase.status() == PhaseStatus.STUCK) {
        todos.add(new Todo(phase.name() + " is stuck since " + time(run.stuckAt()) + ": " + run.stuckReason()
            + ". A report of " + phase.worker() + " still counts; or run it again:", "agentbus rerun-phase " + campaign.id() + " '" + phase.name() + "'"));
      } else if (run != null && phase.status() == PhaseStatus.FAILED) {
        todos.add(new Todo(phase.name() + " failed" + (run.summary() == null ? "." : ": " + run.summary()), null));
      }
    }
    if (campaign.status() == CampaignStatus.FAILED && campaign.verdicts().getLast().decision() == null) {
      todos.add(new Todo("Nobody has decided yet what is made of this: retag, fix_forward or accept.",
          "agentbus decide-campaign " + campaign.id() + " accept --reason '...'"));
    }
    return todos;
  }

  /** Each verdict with its decision, oldest first. */
  static List<String> verdicts(Campaign campaign) {
    return campaign.verdicts().stream().map(PageWords::verdict).toList();
  }

  private static String verdict(Reached reached) {
    var line = time(reached.reachedAt()) + ": " + word(reached.verdict()) + (reached.failed().isEmpty() ? "" : " (" + String.join(", ", reached.failed()) + ")");
    if (reached.decision() == null) {
      return line;
    }
    return line + "; " + reached.decidedBy() + " decided: " + word(reached.decision())
        + (reached.decisionReason() == null ? "" : ", because " + reached.decisionReason());
  }

  /** Group and batch. */
  static String place(Phase phase) {
    var group = phase.group() == null ? "" : phase.group();
    return phase.batch() == null ? group : group + (group.isEmpty() ? "" : ", ") + "batch " + phase.batch();
  }

  /** How long a reported run took, by the bus's clock. */
  static String took(@Nullable Run run) {
    return run == null || run.reportedAt() == null ? "" : length(Duration.between(run.startedAt(), run.reportedAt()).toSeconds());
  }

  static String length(long seconds) {
    if (seconds < 60) {
      return seconds + " s";
    }
    return seconds < 3_600 ? two(seconds / 60, " min", seconds % 60, " s") : two(seconds / 3_600, " h", seconds % 3_600 / 60, " min");
  }

  private static String two(long many, String large, long few, String small) {
    return many + large + (few == 0 ? "" : " " + few + small);
  }

  /** What was counted: by the report, or else its scenarios. */
  static String checks(@Nullable Run run) {
    if (run == null || run.evidence() == null) {
      return "";
    }
    var passed = run.evidence().path("passed");
    var failed = run.evidence().path("failed");
    if (passed.isNumber() || failed.isNumber()) {
      return passed.asInt() + " passed, " + failed.asInt() + " failed";
    }
    if (run.scenarios() == null) {
      return "";
    }
    var good = run.scenarios().stream().filter(one -> one.verdict() == ScenarioVerdict.PASSED).count();
    var bad = run.scenarios().stream().filter(one -> one.verdict() == ScenarioVerdict.FAILED).count();
    return good + " passed, " + bad + " failed";
  }

  /** The run's page elsewhere when it is an address that a link may lead to; else null. */
  static @Nullable String link(@Nullable Run run) {
    var url = run == null || run.evidence() == null ? "" : run.evidence().path("run_url").asText("");
    return url.matches("https?://[!-~&&[^\"<>\\\\^`{|}]]+") ? url : null;
  }

  /** What the current run's report says beside verdict, counts and address, and where its job stands. */
  static List<String> facts(@Nullable Run run) {
    var facts = new ArrayList<String>();
    if (run == null) {
      return facts;
    }
    var evidence = run.evidence();
    if (evidence != null) {
      add(facts, "channel", evidence.path("channel"));
      add(facts, "minutes, as the worker says", evidence.path("duration_minutes"));
      if (link(run) == null) {
        add(facts, "run", evidence.path("run_url"));
      }
      add(facts, "details", evidence.path("details"));
    }
    facts.add("job " + run.jobId() + (run.jobStatus() == null ? "" : ", " + run.jobStatus() + ", attempts: " + run.attemptCount()));
    return facts;
  }

  private static void add(List<String> facts, String name, JsonNode value) {
    if (!value.isMissingNode() && !value.isNull()) {
      facts.add(name + ": " + (value.isValueNode() ? value.asText() : Json.text(value)));
    }
  }

  /** How a run went, in one line. */
  static String course(Run run) {
    var line = new StringBuilder("Run " + run.run() + ": asked for " + time(run.startedAt()));
    if (run.stuckAt() != null) {
      line.append("; stuck ").append(time(run.stuckAt())).append(", ").append(run.stuckReason());
    }
    if (run.reportedAt() != null && run.verdict() != null) {
      line.append("; ").append(run.reportedBy()).append(" reported ").append(word(run.verdict())).append(' ').append(time(run.reportedAt()));
    }
    if (run.replacedAt() != null) {
      line.append("; replaced by ").append(run.replacedBy()).append(' ').append(time(run.replacedAt()));
      if (run.replacedReason() != null) {
        line.append(", because ").append(run.replacedReason());
      }
    }
    return line.append('.').toString();
  }

  /** Which scenarios failed. */
  static List<Scenario> failures(@Nullable Run run) {
    return run == null || run.scenarios() == null ? List.of()
        : run.scenarios().stream().filter(one -> one.verdict() == ScenarioVerdict.FAILED).toList();
  }

  /** What else there is to know of a change. */
  static String detail(Happening happening) {
    var text = happening.detail().isEmpty() ? "" : Json.text(happening.detail());
    return text.length() <= DETAIL ? text : text.substring(0, DETAIL - 3) + "...";
  }

  /** Phase, run and attempt that a change concerns. */
  static String where(Happening happening) {
    if (happening.phase() == null) {
      return "";
    }
    return happening.phase() + (happening.run() == null || happening.run() == 1 ? "" : ", run " + happening.run())
        + (happening.attempt() == null || happening.attempt() <= 1 ? "" : ", attempt " + happening.attempt());
  }
}
