package io.agentbus.campaign;

import static io.agentbus.campaign.CampaignBench.reportOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.agentbus.testkit.PgDatabase;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a person sees of a campaign. */
@Timeout(60)
class EvidencePageTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static final String EVIL = "<script>alert(1)</script>|[x](javascript:y)`**_<img src=x onerror=z>";
  private static final Pattern ROW = Pattern.compile("<tr><th>([^<]*)</th>.*?<span class=\"status ([a-z]+)\">");
  private static CampaignBench bench;

  @BeforeAll
  static void open() {
    bench = new CampaignBench(DATABASE);
  }

  @AfterAll
  static void close() {
    bench.close();
  }

  @Test
  void the_page_says_how_the_campaign_stands_and_what_to_do() {
    var id = bench.create("one", "two", "three");
    bench.land(id, "one", "passed");
    bench.claim(id, "two");
    bench.age(id, "two", 61);
    bench.sweep();
    for (var page : List.of(page(id, "markdown").replace("\\", ""), page(id, "html").replace("&#39;", "'"))) {
      assertThat(page).contains("Open: 1 of 3 phases have landed; stuck: two.", "two is stuck since", "agentbus rerun-phase " + id + " 'two'");
    }
    bench.call(bench.operator, "report_phase", "{'campaign_id': '" + id + "', 'phase': 'two', 'verdict': 'failed', 'summary': 'the host is gone'}");
    bench.land(id, "three", "passed");
    for (var page : List.of(page(id, "markdown").replace("\\", ""), page(id, "html"))) {
      assertThat(page).contains("Failed: two.", "two failed: the host is gone", "agentbus decide-campaign " + id);
    }
    bench.call(bench.operator, "decide_campaign", "{'campaign_id': '" + id + "', 'decision': 'accept', 'reason': 'known'}");
    assertThat(page(id, "html")).contains("operator decided: accept, because known").doesNotContain("decide-campaign");
  }

  @Test
  void what_agents_write_is_text_on_the_page_and_never_markup() {
    var id = bench.create("one");
    var job = bench.claim(id, "one");
    bench.call(bench.workers.get("one"), "report_phase", reportOf(id, "one", job, "failed", ", 'summary': '" + EVIL + "', 'evidence': {'run_url':"
        + " 'javascript:alert(1)', 'channel': '" + EVIL + "', 'details': {'a': '" + EVIL + "'}, 'scenarios': [{'name': '" + EVIL
        + "', 'verdict': 'failed', 'stderr': '" + EVIL + "\\n" + EVIL + "'}]}"));
    var html = page(id, "html");
    assertThat(html).contains("&lt;script&gt;alert(1)").doesNotContain("<script").doesNotContain("<img").doesNotContain("href");
    var markdown = page(id, "markdown");
    assertThat(markdown).contains("\\<script\\>alert(1)").doesNotContainPattern("(?<!\\\\)[<`*_]script|(?<!\\\\)<|(?<!\\\\)\\]\\(");
    // Nothing that an agent wrote ends a cell.
    assertThat(markdown.lines().filter(line -> line.startsWith("| one ")).map(line -> line.split("(?<!\\\\)\\|", -1).length)).containsOnly(11);
  }

  @Test
  void a_link_leads_to_the_web_and_nowhere_else() {
    var id = bench.create("one", "two");
    var good = bench.claim(id, "one");
    bench.call(bench.workers.get("one"), "report_phase", reportOf(id, "one", good, "passed", ", 'evidence': {'run_url': 'https://ci.example/runs/1?a=b&c=d'}"));
    assertThat(page(id, "html")).contains("<a rel=\"noopener noreferrer\" href=\"https://ci.example/runs/1?a=b&amp;c=d\">");
    assertThat(page(id, "markdown")).contains("[the run](<https://ci.example/runs/1?a=b&c=d>)");
  }

  @Test
  void the_page_is_the_same_until_something_changes_however_often_it_is_drawn_or_reported() {
    var id = bench.create("one", "two");
    var job = bench.claim(id, "one");
    var report = reportOf(id, "one", job, "passed", "");
    bench.call(bench.workers.get("one"), "report_phase", report);
    bench.bus.await(() -> bench.bus.bus().sequencer().run());
    for (var format : List.of("html", "markdown")) {
      var before = page(id, format);
      bench.call(bench.workers.get("one"), "report_phase", report);
      assertThat(page(id, format)).isEqualTo(before);
    }
    var before = page(id, "html");
    bench.claim(id, "two");
    assertThat(page(id, "html")).isNotEqualTo(before);
  }

  @Test
  void the_table_is_what_the_database_says() {
    var id = bench.createOf("{'name': 'a', 'worker': 'one', 'expected_seconds': 30, 'batch': 'b'}, {'name': 'b', 'worker': 'two', 'expected_seconds': 30,"
        + " 'batch': 'b'}, {'name': 'c', 'worker': 'three', 'expected_seconds': 30}");
    assertThat(statuses(id)).containsExactly("a queued", "b waiting", "c queued").isEqualTo(truth(id));
    var job = bench.claim(id, "one");
    assertThat(statuses(id)).containsExactly("a running", "b waiting", "c queued");
    bench.call(bench.workers.get("one"), "report_phase", reportOf(id, "a", job, "failed", ""));
    assertThat(statuses(id)).containsExactly("a failed", "b queued", "c queued").isEqualTo(truth(id));
    bench.age(id, "c", 61);
    bench.sweep();
    assertThat(statuses(id)).containsExactly("a failed", "b queued", "c stuck").isEqualTo(truth(id));
  }

  /** Phases and their statuses as the table of the page shows them. */
  private static List<String> statuses(String id) {
    return ROW.matcher(page(id, "html")).results().map(row -> row.group(1) + " " + row.group(2)).toList();
  }

  /** The same as the tables of the database hold them, for phases that nobody works at. */
  private static List<String> truth(String id) {
    return bench.truth.all("SELECT p.name || ' ' || coalesce(r.verdict, CASE WHEN r.stuck_at IS NOT NULL THEN 'stuck' WHEN r.run IS NULL THEN 'waiting'"
        + " ELSE 'queued' END) FROM campaign_phases p LEFT JOIN campaign_runs r ON r.campaign_id = p.campaign_id AND r.phase_no = p.phase_no"
        + " AND r.replaced_at IS NULL WHERE p.campaign_id = ?::uuid ORDER BY p.phase_no", id);
  }

  private static String page(String id, String format) {
    return bench.call(bench.operator, "get_campaign", "{'campaign_id': '" + id + "', 'format': '" + format + "'}").get("document").asText();
  }
}
