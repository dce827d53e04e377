package io.agentbus.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Json;
import io.agentbus.sim.Invariants;
import io.agentbus.testkit.HttpCaller;
import io.agentbus.testkit.JavaProgram;
import io.agentbus.testkit.NodeProcess;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.Receiver;
import io.agentbus.testkit.Truth;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The test campaign of a release: an orchestrator and fourteen workers, each a process of its own: four gates, four batches of twelve
 * scenarios, and six channels to smoke. One worker freezes, one fails, the orchestrator's webhook is down from the middle to the end, and the bus is
 * killed meanwhile.
 */
@Timeout(180)
class CampaignStoryTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  @TempDir
  static Path folder;
  private static final String HOME = "release/v0.6.3";
  private static final String SILENT = "phase4-chaos";
  private static final String FAILING = "smoke-apt";
  private static final String LANDED = " campaign.phase_landed ";
  /** By phase, which is its worker's name too, the group. */
  private static final Map<String, String> GROUPS = groups();
  private static final Pattern ROW = Pattern.compile("<tr><th>([^<]*)</th>.*?<span class=\"status ([a-z]+)\">");
  private static final String[] FLAGS = {"--set", "verticles.campaign-sweeper.sweep-every=200ms", "--set", "verticles.campaign-sweeper.outage-grace=500ms",
      "--set", "webhooks.allow=127.0.0.1/32", "--set", "webhooks.hold=1s", "--set", "verticles.inbox-drainer.lease=5s",
      "--set", "verticles.inbox-drainer.webhook-retries=" + String.join(",", Collections.nCopies(30, "1s"))};
  /** The orchestrator's webhook, before it was down and afterwards. */
  private static final List<Receiver> RECEIVERS = new ArrayList<>();
  private static NodeProcess node;
  private static Truth truth;
  private static final List<JavaProgram> WORKERS = new ArrayList<>();
  private static final Map<String, String> TOKENS = new LinkedHashMap<>();

  private static Map<String, String> groups() {
    var groups = new LinkedHashMap<String, String>();
    Stream.of("phase1-functional", "phase2-multi-agent", "phase3-migration", SILENT).forEach(name -> groups.put(name, "gate"));
    Stream.of("batch-a", "batch-b", "batch-c", "batch-d").forEach(name -> groups.put(name, "batch"));
    Stream.of("smoke-brew", "smoke-cargo", "smoke-docker", FAILING, "smoke-dnf", "smoke-snap").forEach(name -> groups.put(name, "smoke"));
    return groups;
  }

  @BeforeAll
  static void start() {
    node = NodeProcess.over(DATABASE, folder, "one", FLAGS);
    truth = node.truth();
    var operator = node.operator();
    var join = operator.call("create_join_token", "{\"namespace\": \"" + HOME + "\"}");
    TOKENS.put("orchestrator", register(join));
    GROUPS.keySet().forEach(name -> TOKENS.put(name, node.registerAgent(HOME, name, 0)));
  }

  private static String register(JsonNode join) {
    return node.caller(null).call("register_agent", "{\"join_token\": %s, \"name\": \"orchestrator\"}".formatted(join.get("join_token")))
        .get("agent_token").asText();
  }

  @AfterAll
  static void stop() {
    WORKERS.forEach(JavaProgram::close);
    RECEIVERS.forEach(Receiver::close);
    node.close();
  }

  /**
   * Promise: whatever freezes, fails or dies on the way, the verdict is right, who is silent is named and can be run again alone, nothing that
   * a worker found out is lost, and the page is the database.
   */
  @Test
  void a_release_campaign_comes_to_the_right_verdict_though_a_worker_freezes_one_fails_and_the_bus_is_killed() throws Exception {
    var orchestrator = node.caller(TOKENS.get("orchestrator"));
    var id = node.operator().call("create_campaign", campaign()).get("id").asText();
    // The fast path, by the pattern of namespaces in which the phases lie.
    var receiver = Receiver.start(Receiver.status(200));
    RECEIVERS.add(receiver);
    orchestrator.call("subscribe", "{\"to\": \"webhook\", \"topic\": \"campaign.*\", \"namespace\": \"" + HOME + "/*\", \"url\": \"" + receiver.url("/told")
        + "\"}");
    GROUPS.forEach((name, group) -> worker(name, group));
    truth.awaitStatus(job(id, SILENT), "running");
    WORKERS.get(3).freeze();
    go("gate");
    go("batch");
    awaitLanded(id, 7);
    await().atMost(JavaProgram.LONG).until(() -> told().keySet().stream().filter(told -> told.contains(LANDED)).count() == 7);
    receiver.close();

    // The bus dies; the others work on and keep what they found.
    await().atMost(JavaProgram.LONG).until(() -> truth.count("SELECT count(*) FROM job_leases WHERE running_at IS NOT NULL") == 7);
    node.kill9();
    go("smoke");
    await().atMost(JavaProgram.LONG).until(() -> artefacts("smoke") == 6);
    assertThat(landed(id)).isEqualTo(7);
    node.up(FLAGS);
    awaitLanded(id, 13);

    // Silence is seen and named, and nothing is taken for granted.
    await().atMost(JavaProgram.LONG).until(() -> truth.holds("SELECT count(*) = 1 FROM campaign_runs WHERE campaign_id = ?::uuid AND stuck_at IS NOT NULL", id));
    var waiting = node.operator().call("get_campaign", "{\"campaign_id\": \"" + id + "\"}");
    assertThat(waiting.get("status").asText()).isEqualTo("open");
    assertThat(statuses(waiting)).containsEntry(SILENT, "stuck").containsEntry(FAILING, "failed").hasSize(14);
    assertThat(page(id, "md", "").body()).contains("13 of 14 phases have landed, 1 of them failed; stuck: phase4-chaos.");

    // The webhook is back where it was, and stumbles once.
    var stumbles = new AtomicBoolean(true);
    RECEIVERS.add(Receiver.start(receiver.port(), (got, out) -> Receiver.status(stumbles.getAndSet(false) ? 500 : 200).write(got, out)));

    // That one alone runs again, by a worker started anew.
    node.operator().call("rerun_phase", "{\"campaign_id\": \"" + id + "\", \"phase\": \"" + SILENT + "\", \"reason\": \"its host froze\"}");
    var rerun = node.operator().call("get_campaign", "{\"campaign_id\": \"" + id + "\"}");
    for (var i = 0; i < 14; i++) {
      if (i != 3) {
        assertThat(rerun.at("/phases/" + i)).isEqualTo(waiting.at("/phases/" + i));
      }
    }
    worker(SILENT, "gate");
    await().atMost(JavaProgram.LONG).until(() -> truth.holds("SELECT status = 'failed' FROM campaigns WHERE id = ?::uuid", id));

    // Who wakes then hears that nobody waits for it any more.
    WORKERS.get(3).thaw();
    WORKERS.forEach(JavaProgram::awaitExit);
    assertThat(Files.readAllLines(folder.resolve("answers"))).hasSize(15).containsOnlyOnce(SILENT + " lease_lost", SILENT + " taken", FAILING + " taken")
        .filteredOn(line -> line.endsWith(" taken")).hasSize(14);

    var done = node.operator().call("get_campaign", "{\"campaign_id\": \"" + id + "\"}");
    assertThat(done.get("verdicts")).hasSize(1);
    assertThat(done.at("/verdicts/0/failed").toString()).isEqualTo("[\"smoke-apt\"]");
    assertThat(done.at("/phases/3/runs")).hasSize(2);
    assertThat(done.at("/phases/3/runs/0/verdict").isNull()).isTrue();
    assertThat(done.at("/phases/3/runs/1/reported_by").asText()).isEqualTo(SILENT);
    assertThat(truth.count("SELECT count(*) FROM campaign_scenarios WHERE verdict = 'passed'")).isEqualTo(48);
    assertThat(truth.count("SELECT count(*) FROM campaign_runs WHERE verdict IS NOT NULL")).isEqualTo(14);
    assertWebhookWasToldAll();
    assertPageIsTheDatabase(id);
    assertInboxTellsAll(orchestrator);
    Invariants.checkWhileRunning(DATABASE);
  }

  /** What befell the phases has come to the webhook: all of it, nothing else, and each under one id however often it came. */
  private static void assertWebhookWasToldAll() {
    var happened = truth.all("SELECT id || ' ' || topic || ' ' || (payload->>'phase') FROM events WHERE topic LIKE 'campaign.%' AND namespace LIKE '" + HOME
        + "/%'");
    assertThat(happened).filteredOn(one -> one.contains(LANDED)).hasSize(14);
    await("the webhook was told all").atMost(JavaProgram.LONG).until(() -> told().keySet().containsAll(happened));
    await("what was not taken comes again").atMost(JavaProgram.LONG).until(() -> told().values().stream().anyMatch(ids -> ids.size() > 1));
    assertThat(told().keySet()).containsExactlyInAnyOrderElementsOf(happened);
    assertThat(told().values()).allSatisfy(ids -> assertThat(Set.copyOf(ids)).hasSize(1));
  }

  /** The requests that the webhook got, by the id, topic and phase of their event the ids that they bore. */
  private static Map<String, List<String>> told() {
    return RECEIVERS.stream().flatMap(receiver -> receiver.got().stream())
        .collect(Collectors.groupingBy(CampaignStoryTest::event, Collectors.mapping(got -> got.header("webhook-id"), Collectors.toList())));
  }

  private static String event(Receiver.Got got) {
    try {
      var said = Json.MAPPER.readTree(got.text());
      return said.at("/data/id").asText() + " " + said.at("/data/topic").asText() + " " + said.at("/data/payload/phase").asText();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The page says of each phase what the tables say, and is the same page until they change. */
  private static void assertPageIsTheDatabase(String id) throws Exception {
    await().atMost(JavaProgram.LONG).until(() -> truth.count("SELECT count(*) FROM journal_pending") == 0);
    var page = page(id, "html", "");
    assertThat(page.headers().firstValue("content-security-policy").orElseThrow()).startsWith("default-src 'none'");
    assertThat(ROW.matcher(page.body()).results().map(row -> row.group(1) + " " + row.group(2)).toList()).isEqualTo(truth.all(
        "SELECT p.name || ' ' || r.verdict FROM campaign_phases p JOIN campaign_runs r USING (campaign_id, phase_no) WHERE r.replaced_at IS NULL ORDER BY phase_no"));
    assertThat(page.body()).contains("Failed: smoke-apt.", "the daemon does not start", "its host froze");
    var tag = page.headers().firstValue("etag").orElseThrow();
    assertThat(page(id, "html", tag).statusCode()).isEqualTo(304);
    node.operator().call("decide_campaign", "{\"campaign_id\": \"" + id + "\", \"decision\": \"fix_forward\", \"reason\": \"one line in the unit file\"}");
    var decided = page(id, "html", tag);
    assertThat(decided.statusCode()).isEqualTo(200);
    assertThat(node.cli("get-campaign", id, "--format", "markdown").said()).isEqualTo(page(id, "md", "").body()).startsWith("# Campaign v0.6.3");
    assertThat(decided.body()).contains("decided: fix forward, because one line in the unit file");
  }

  /** Looking into the inbox alone is enough: each word of each worker is there once, with its true sender, until it is acknowledged. */
  private static void assertInboxTellsAll(HttpCaller orchestrator) {
    var heard = new ArrayList<String>();
    for (var page = unread(orchestrator); !page.isEmpty(); page = unread(orchestrator)) {
      for (var message : page) {
        heard.add(message.get("from").asText() + ": " + message.get("title").asText());
        orchestrator.call("ack_message", "{\"message_id\": " + message.get("id") + "}");
      }
    }
    // On a slow machine it may have been silent, too, before its worker had begun at all.
    var silences = Collections.frequency(heard, "bus: Phase " + SILENT + " is stuck");
    assertThat(silences).isEqualTo(1 + Collections.frequency(heard, "bus: Phase " + SILENT + " is heard of again"));
    heard.removeIf(title -> title.equals("bus: Phase " + SILENT + " is heard of again"));
    var expected = new ArrayList<>(Collections.nCopies(silences, "bus: Phase " + SILENT + " is stuck"));
    GROUPS.keySet().forEach(name -> expected.add(name + ": Phase " + name + (name.equals(FAILING) ? " failed" : " passed")));
    expected.addAll(List.of("operator: Phase " + SILENT + " runs again", "bus: Campaign v0.6.3 failed",
        "operator: Campaign v0.6.3: fix_forward"));
    assertThat(heard).containsExactlyInAnyOrderElementsOf(expected);
  }

  private static JsonNode unread(HttpCaller orchestrator) {
    return orchestrator.call("inbox", "{\"unread_only\": true, \"limit\": 5}").get("items");
  }

  private static String campaign() {
    var phases = new ArrayList<String>();
    GROUPS.forEach((name, group) -> phases.add("""
        {"name": "%s", "worker": "%s", "group": "%s", "namespace": "%s/%s", "expected_seconds": %d, "payload": {"group": "%s", "channel": "%s"}}"""
        .formatted(name, name, group, HOME, name, name.equals(SILENT) ? 2 : 3_600, group, name.substring(name.indexOf('-') + 1))));
    return "{\"name\": \"v0.6.3\", \"namespace\": \"" + HOME + "\", \"orchestrator\": \"orchestrator\", \"phases\": [" + String.join(",\n", phases) + "]}";
  }

  private static void worker(String name, String group) {
    var manner = name.equals(FAILING) ? "fails" : group.equals("batch") ? "scenarios" : "passes";
    WORKERS.add(JavaProgram.start(folder, "worker-" + name + "-" + WORKERS.size(), Map.of(), CampaignWorker.class,
        List.of(node.url().toString(), TOKENS.get(name), folder.toString(), manner)));
  }

  private static void go(String group) throws IOException {
    Files.createFile(folder.resolve("go-" + group));
  }

  private static long artefacts(String prefix) throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).filter(name -> name.startsWith(prefix) && name.endsWith(".json")).count();
    }
  }

  private static String job(String id, String phase) {
    return truth.one("SELECT job_id FROM campaign_runs r JOIN campaign_phases p USING (campaign_id, phase_no) WHERE campaign_id = ?::uuid AND p.name = ?"
        + " ORDER BY run DESC", id, phase);
  }

  private static int landed(String id) {
    return truth.count("SELECT count(*) FROM campaign_runs WHERE campaign_id = ?::uuid AND verdict IS NOT NULL", id);
  }

  private static void awaitLanded(String id, int phases) {
    await(phases + " phases have landed").atMost(JavaProgram.LONG).until(() -> landed(id) == phases);
  }

  private static Map<String, String> statuses(JsonNode campaign) {
    var statuses = new LinkedHashMap<String, String>();
    StreamSupport.stream(campaign.get("phases").spliterator(), false).forEach(phase -> statuses.put(phase.get("name").asText(), phase.get("status").asText()));
    return statuses;
  }

  private static HttpResponse<String> page(String id, String form, String held) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(node.url() + "/api/v1/campaigns/" + id + "/evidence." + form))
        .header("Authorization", "Bearer " + node.operatorToken());
    if (!held.isEmpty()) {
      request.header("If-None-Match", held);
    }
    try (var client = HttpClient.newHttpClient()) {
      return client.send(request.build(), BodyHandlers.ofString());
    }
  }
}
