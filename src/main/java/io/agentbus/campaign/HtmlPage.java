package io.agentbus.campaign;

import io.agentbus.campaign.Campaign.Phase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The evidence page as one HTML document that needs nothing else: no script, no font, no address to load from. Whatever agents wrote is text in
 * it, never markup.
 */
public final class HtmlPage {
  /** Where the style sheet stands among the resources; the viewer serves the same. */
  private static final String STYLE_SHEET = "/evidence/page.css";
  /** The style sheet that every page holds between its style tags. */
  public static final String STYLE = style();

  private static final List<String> PHASES = List.of("Phase", "Group", "Worker", "Status", "Run", "Expected", "Took", "Checks", "Report");
  private static final List<String> TIMELINE = List.of("Time", "What", "Phase", "Who", "Detail");

  private final StringBuilder out = new StringBuilder(16_384);

  private HtmlPage() {}

  /** The page of a campaign. */
  static String of(Campaign campaign) {
    var page = new HtmlPage();
    page.write(campaign);
    return page.out.toString();
  }

  private void write(Campaign campaign) {
    var status = PageWords.word(campaign.status());
    out.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
    text(campaign.name() + ": " + status);
    out.append("</title>\n<style>").append(STYLE).append("</style>\n</head>\n<body>\n<main data-namespace=\"");
    text(campaign.namespace());
    out.append("\" data-status=\"").append(status).append("\">\n<h1>Campaign ");
    text(campaign.name());
    out.append("</h1>\n<p class=\"headline ").append(campaign.status() == CampaignStatus.OPEN && PageWords.count(campaign, PhaseStatus.STUCK) > 0
        ? "stuck" : status).append("\">");
    text(PageWords.headline(campaign));
    out.append("</p>\n<p class=\"about\">");
    text(campaign.namespace() + ", run by " + campaign.orchestrator() + ", begun " + PageWords.time(campaign.createdAt())
        + (campaign.finishedAt() == null ? "" : ", ended " + PageWords.time(campaign.finishedAt())) + ", id " + campaign.id());
    out.append("</p>\n");
    todos(campaign);
    verdicts(campaign);
    table(campaign);
    details(campaign);
    timeline(campaign);
    out.append("</main>\n</body>\n</html>\n");
  }

  private void todos(Campaign campaign) {
    var todos = PageWords.todos(campaign);
    if (todos.isEmpty()) {
      return;
    }
    out.append("<h2>To see to</h2>\n<ul>\n");
    for (var todo : todos) {
      out.append("<li>");
      text(todo.text());
      if (todo.command() != null) {
        out.append("<br><code>");
        text(todo.command());
        out.append("</code>");
      }
      out.append("</li>\n");
    }
    out.append("</ul>\n");
  }

  private void verdicts(Campaign campaign) {
    if (campaign.verdicts().isEmpty()) {
      return;
    }
    out.append("<h2>Verdict</h2>\n<ul>\n");
    PageWords.verdicts(campaign).forEach(line -> element("li", line));
    out.append("</ul>\n");
  }

  private void table(Campaign campaign) {
    out.append("<h2>Phases</h2>\n");
    head("phases", PHASES);
    for (var phase : campaign.phases()) {
      var run = phase.current();
      out.append("<tr>");
      element("th", phase.name());
      cell(PHASES, 1, PageWords.place(phase));
      cell(PHASES, 2, phase.worker());
      begin(PHASES, 3);
      out.append("<span class=\"status ").append(PageWords.word(phase.status())).append("\">").append(PageWords.word(phase.status()))
          .append("</span></td>");
      cell(PHASES, 4, phase.run() == null ? "" : phase.run().toString());
      cell(PHASES, 5, PageWords.length(phase.expectedSeconds()));
      cell(PHASES, 6, PageWords.took(run));
      cell(PHASES, 7, PageWords.checks(run));
      var said = run == null ? "" : said(phase, run);
      begin(PHASES, 8);
      text(said);
      var link = PageWords.link(run);
      if (link != null) {
        out.append(said.isEmpty() ? "" : " ").append("<a rel=\"noopener noreferrer\" href=\"");
        text(link);
        out.append("\">the run</a>");
      }
      out.append("</td></tr>\n");
    }
    out.append("</tbody>\n</table>\n");
  }

  private static String said(Phase phase, Campaign.Run run) {
    if (phase.status() == PhaseStatus.STUCK) {
      return Objects.requireNonNullElse(run.stuckReason(), "");
    }
    return Objects.requireNonNullElse(run.summary(), "");
  }

  private void details(Campaign campaign) {
    out.append("<h2>Evidence</h2>\n");
    for (var phase : campaign.phases()) {
      var run = phase.current();
      if (phase.runs().isEmpty()) {
        continue;
      }
      out.append("<details id=\"phase-");
      text(phase.name());
      out.append("\"><summary>");
      text(phase.name() + " (" + PageWords.word(phase.status()) + ")");
      out.append("</summary>\n<ul>\n");
      phase.runs().forEach(one -> element("li", PageWords.course(one)));
      PageWords.facts(run).forEach(fact -> element("li", fact));
      out.append("</ul>\n");
      scenarios(run);
      out.append("</details>\n");
    }
  }

  private void scenarios(Campaign.@Nullable Run run) {
    if (run == null || run.scenarios() == null || run.scenarios().isEmpty()) {
      return;
    }
    out.append("<ol>\n");
    for (var scenario : run.scenarios()) {
      out.append("<li><span class=\"status ").append(PageWords.word(scenario.verdict())).append("\">").append(PageWords.word(scenario.verdict()))
          .append("</span> ");
      text(scenario.name());
      if (scenario.stderr() != null) {
        out.append("<pre>");
        text(scenario.stderr());
        out.append("</pre>");
      }
      out.append("</li>\n");
    }
    out.append("</ol>\n");
  }

  private void timeline(Campaign campaign) {
    out.append("<h2>Timeline</h2>\n");
    head("timeline", TIMELINE);
    for (var happening : campaign.timeline()) {
      out.append("<tr>");
      cell(TIMELINE, 0, PageWords.time(happening.at()));
      cell(TIMELINE, 1, happening.topic());
      cell(TIMELINE, 2, PageWords.where(happening));
      cell(TIMELINE, 3, happening.actor());
      cell(TIMELINE, 4, PageWords.detail(happening));
      out.append("</tr>\n");
    }
    out.append("</tbody>\n</table>\n");
  }

  private void head(String kind, List<String> columns) {
    out.append("<table class=\"").append(kind).append("\">\n<thead><tr>");
    columns.forEach(column -> element("th", column));
    out.append("</tr></thead>\n<tbody>\n");
  }

  /** On a narrow screen the cells of a row stand below each other, and each says of what column it is. */
  private void begin(List<String> columns, int column) {
    out.append("<td data-label=\"").append(columns.get(column)).append("\">");
  }

  private void cell(List<String> columns, int column, String content) {
    begin(columns, column);
    text(content);
    out.append("</td>");
  }

  private void element(String name, String content) {
    out.append('<').append(name).append('>');
    text(content);
    out.append("</").append(name).append('>');
  }

  /** Text for content and for attributes in double quotes. What no document may hold becomes a question mark. */
  private void text(@Nullable String text) {
    if (text == null) {
      return;
    }
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        case '\n', '\t' -> out.append(c);
        default -> out.append(c < ' ' || c >= 0x7f && c < 0xa0 ? '?' : c);
      }
    }
  }

  private static String style() {
    try (var file = HtmlPage.class.getResourceAsStream(STYLE_SHEET)) {
      return new String(Objects.requireNonNull(file, STYLE_SHEET).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
