package io.agentbus.campaign;

import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The evidence page as Markdown (GitHub's). Whatever agents wrote is text in it, never markup. */
final class MarkdownPage {
  private static final String MARKUP = "\\`*_[]|<>&~";
  /** What would begin a heading, a list or a rule. */
  private static final Pattern BLOCK = Pattern.compile("^(?:(\\d{1,9})(?=[.)])|(?=[#+=-]))");

  private final StringBuilder out = new StringBuilder(8_192);

  private MarkdownPage() {}

  /** The page of a campaign. */
  static String of(Campaign campaign) {
    var page = new MarkdownPage();
    page.write(campaign);
    return page.out.toString();
  }

  private void write(Campaign campaign) {
    line("# Campaign " + text(campaign.name()));
    line("**" + text(PageWords.headline(campaign)) + "**");
    line(text(campaign.namespace() + ", run by " + campaign.orchestrator() + ", begun " + PageWords.time(campaign.createdAt())
        + (campaign.finishedAt() == null ? "" : ", ended " + PageWords.time(campaign.finishedAt())) + ", id " + campaign.id()));
    var todos = PageWords.todos(campaign);
    if (!todos.isEmpty()) {
      line("## To see to");
      todos.forEach(todo -> out.append("- ").append(text(todo.text())).append(todo.command() == null ? "" : " " + code(todo.command())).append('\n'));
      out.append('\n');
    }
    if (!campaign.verdicts().isEmpty()) {
      line("## Verdict");
      PageWords.verdicts(campaign).forEach(verdict -> out.append("- ").append(text(verdict)).append('\n'));
      out.append('\n');
    }
    line("## Phases");
    row("Phase", "Group", "Worker", "Status", "Run", "Expected", "Took", "Checks", "Report");
    row("---", "---", "---", "---", "---", "---", "---", "---", "---");
    for (var phase : campaign.phases()) {
      var run = phase.current();
      var link = PageWords.link(run);
      var report = run == null ? "" : phase.status() == PhaseStatus.STUCK ? run.stuckReason() : run.summary();
      row(text(phase.name()), text(PageWords.place(phase)), text(phase.worker()), "**" + PageWords.word(phase.status()) + "**",
          phase.run() == null ? "" : phase.run().toString(), PageWords.length(phase.expectedSeconds()), PageWords.took(run), text(PageWords.checks(run)),
          (text(report) + (link == null ? "" : " [the run](<" + link.replace("|", "%7C") + ">)")).strip());
    }
    line("");
    evidence(campaign);
    line("## Timeline");
    row("Time", "What", "Phase", "Who", "Detail");
    row("---", "---", "---", "---", "---");
    for (var happening : campaign.timeline()) {
      row(PageWords.time(happening.at()), text(happening.topic()), text(PageWords.where(happening)), text(happening.actor()),
          text(PageWords.detail(happening)));
    }
  }

  private void evidence(Campaign campaign) {
    line("## Evidence");
    for (var phase : campaign.phases()) {
      var run = phase.current();
      if (phase.runs().isEmpty()) {
        continue;
      }
      line("### " + text(phase.name()) + " (" + PageWords.word(phase.status()) + ")");
      phase.runs().forEach(one -> out.append("- ").append(text(PageWords.course(one))).append('\n'));
      PageWords.facts(run).forEach(fact -> out.append("- ").append(text(fact)).append('\n'));
      scenarios(run == null || run.scenarios() == null ? List.of() : run.scenarios());
      out.append('\n');
    }
  }

  private void scenarios(List<Campaign.Scenario> scenarios) {
    for (var scenario : scenarios) {
      out.append("- scenario ").append(text(scenario.name())).append(": **").append(PageWords.word(scenario.verdict())).append("**");
      if (scenario.stderr() != null && !scenario.stderr().isBlank()) {
        out.append(": ").append(text(scenario.stderr().strip()));
      }
      out.append('\n');
    }
  }

  private void line(String text) {
    out.append(text).append("\n\n");
  }

  private void row(String... cells) {
    out.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  /** A command of ours: names in it hold no back-ticks. */
  private static String code(String command) {
    return "`" + command + "`";
  }

  /** On one line, with everything marked that could be markup. */
  private static String text(@Nullable String text) {
    var plain = Objects.requireNonNullElse(text, "");
    var marked = new StringBuilder(plain.length() + 16);
    for (var i = 0; i < plain.length(); i++) {
      var c = plain.charAt(i);
      if (c < ' ' || c >= 0x7f && c < 0xa0) {
        marked.append(' ');
      } else {
        if (MARKUP.indexOf(c) >= 0) {
          marked.append('\\');
        }
        marked.append(c);
      }
    }
    return BLOCK.matcher(marked).replaceFirst("$1\\\\");
  }
}
