package io.agentbus.door.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentbus.testkit.ScriptedNode;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a node says becomes an exit code and text for whoever reads it. */
class CliAnswerTest {
  private final ScriptedNode node = new ScriptedNode();
  private final CliRun cli = new CliRun(node);

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void a_program_gets_one_json_document_as_the_node_said_it() {
    node.on("list_things", "{\"items\":[{\"id\":\"a\",\"score\":0.10,\"n\":12345678901234567890}],\"next\":null}");
    assertThat(cli.run("list-things").json())
        .hasToString("{\"items\":[{\"id\":\"a\",\"score\":0.10,\"n\":12345678901234567890}],\"next\":null}");
    assertThat(cli.out).startsWith("{\n  \"items\" : [").endsWith("}\n");
    cli.interactive = true;
    assertThat(cli.run("list-things", "--json").json().has("items")).isTrue();
    assertThat(cli.run("--json", "list-things").json().has("items")).isTrue();
  }

  @Test
  void a_person_gets_a_table_that_fits_the_terminal() {
    cli.interactive = true;
    node.on("list_things", """
        {"items": [
          {"weight": 3, "id": "0198f3c2-0000-7000-8000-000000000001", "status": "queued", "payload": {"a": 1},
           "subject": "infra.check", "created_at": "2026-08-01T09:57:00Z",
           "note": "a note that is much too long to fit beside the rest of it"},
          {"weight": 14, "id": "0198f3c2-0000-7000-8000-000000000002", "status": "running", "subject": "b",
           "created_at": "2026-08-01T10:02:30Z", "note": null}],
         "next": "c2"}
        """);
    assertThat(cli.run("list-things").out).isEqualTo("""
        ID                                    STATUS   SUBJECT      CREATED AT  WEIGHT
        0198f3c2-0000-7000-8000-000000000001  queued   infra.check  3m ago      3
        0198f3c2-0000-7000-8000-000000000002  running  b            in 2m       14
        (1 more columns with --json)
        more: --cursor c2
        """);
  }

  @ParameterizedTest
  @ValueSource(ints = {60, 80, 100, 120, 200})
  void a_timeline_is_tables_as_wide_as_the_terminal_with_free_text_shortened_and_ids_whole(int columns) {
    cli.interactive = true;
    cli.columns = columns;
    var reason = "the lease ended and was not renewed, as the worker said nothing for far longer than it may";
    node.on("list_things", """
        {"job": {"id": "0198f3c2-0000-7000-8000-000000000001", "subject": "infra.check"},
         "attempts": [
           {"fence": 12, "attempt_no": 1, "status": "timed_out", "counted": true, "agent": "devops", "owner": "acme/team/devops",
            "started_at": "2026-08-01T09:57:00Z", "running_at": "2026-08-01T09:57:01Z", "finished_at": "2026-08-01T09:59:00Z",
            "summary": "looked at every one of the machines and wrote down what is wrong with them", "error": "%s"}],
         "changes": [
           {"position": 1, "at": "2026-08-01T09:57:00Z", "actor": "token:operator", "action": "enqueue_job", "from": null, "to": "queued"},
           {"position": 2, "at": "2026-08-01T09:57:30Z", "actor": "agent:acme/team/devops", "action": "claim_jobs", "from": "queued",
            "to": "leased", "fence": 12, "attempt": 1},
           {"position": 3, "at": "2026-08-01T09:59:00Z", "actor": "bus", "action": "sweep", "from": "leased", "to": "queued", "fence": 12,
            "attempt": 1, "detail": {"reason": "%s", "attempt_status": "timed_out"}}],
         "dependencies": [{"id": "0198f3c2-0000-7000-8000-000000000002", "subject": "%s", "status": "succeeded"}],
         "dependants": []}
        """.formatted(reason, reason, reason));
    cli.run("list-things");
    assertThat(cli.out.lines()).allSatisfy(line -> assertThat(line.codePointCount(0, line.length())).as(line).isLessThanOrEqualTo(columns));
    assertThat(cli.out).contains("ATTEMPTS\n", "CHANGES\n", "DEPENDENCIES\n").contains("0198f3c2-0000-7000-8000-000000000001")
        .contains("0198f3c2-0000-7000-8000-000000000002").contains("claim_jobs", "agent:acme/team/devops").doesNotContain("DEPENDANTS");
    assertThat(cli.out.contains(reason)).as("whole where there is room").isEqualTo(columns == 200);
    assertThat(cli.out).contains(columns == 200 ? reason : "…");
  }

  @Test
  void a_table_never_shortens_an_id_and_leaves_columns_out_before_it_gets_too_wide() {
    cli.interactive = true;
    var long1 = "a-very-long-name-of-an-agent-that-nobody-should-have-to-guess-the-rest-of";
    node.on("list_things", "{\"items\": [{\"id\": \"0198f3c2-0000-7000-8000-000000000001\", \"agent\": \"" + long1 + "\", \"status\": \"queued\","
        + " \"summary\": \"some words that take more room than there is left in this line of the table\"}], \"next\": null}");
    assertThat(cli.run("list-things").out).isEqualTo("""
        ID                                    STATUS  SUMMARY
        0198f3c2-0000-7000-8000-000000000001  queued  some words that take more room th…
        (1 more columns with --json)
        """);
    cli.columns = 120;
    assertThat(cli.run("list-things").out).contains(long1);
    cli.columns = 20;
    assertThat(cli.run("list-things").out).startsWith("ID\n0198f3c2-0000-7000-8000-000000000001\n");
  }

  @Test
  void a_person_gets_one_record_as_lines() {
    cli.interactive = true;
    node.on("list_things",
        "{\"id\":\"x\",\"empty\":null,\"leased_until\":\"2026-08-01T10:10:00Z\",\"payload\":{\"a\":1}}");
    assertThat(cli.run("list-things").out).isEqualTo("""
                  id: x
        leased_until: 2026-08-01T10:10:00Z (in 10m)
             payload: {"a":1}
        """);
  }

  @Test
  void an_empty_list_says_so() {
    cli.interactive = true;
    node.on("list_things", "{\"items\":[],\"next\":null}");
    assertThat(cli.run("list-things").out).isEqualTo("none\n");
  }

  @Test
  void text_from_a_job_cannot_drive_the_terminal() {
    cli.interactive = true;
    node.on("list_things", "{\"items\":[{\"id\":\"a\\u001b[2J\\u202eb\\n\"}],\"next\":null}");
    assertThat(cli.run("list-things").out).isEqualTo("ID\na [2J\uFFFDb\n");
  }

  @ParameterizedTest
  @CsvSource({"400,invalid_input,2", "404,not_found,3", "409,lease_lost,4", "409,paused,4",
      "422,idempotency_mismatch,4", "429,limit_exceeded,4",
      "401,unauthenticated,5", "403,forbidden,5", "503,unavailable,6", "500,internal,1", "409,a_code_of_tomorrow,4",
      "400,another_one,2"})
  void each_problem_has_its_exit_code_and_one_clear_line(int status, String code, int exitCode) {
    node.on("list_things", _ -> ScriptedNode.problem(status, code, "This is\nwhy.", "{}"));
    cli.run("list-things");
    assertThat(cli.exitCode).isEqualTo(exitCode);
    assertThat(cli.err).isEqualTo("agentbus: This is why. [" + code + "]\n");
    assertThat(cli.out).isEmpty();
  }

  @Test
  void field_errors_name_flags_one_a_line() {
    node.on("list_things", _ -> ScriptedNode.problem(400, "invalid_input", "/target_agent: too long (and 1 more)",
        "{\"errors\":[{\"pointer\":\"/target_agent\",\"detail\":\"too long\"},"
            + "{\"pointer\":\"/jobs/3/priority\",\"detail\":\"too small\"}]}"));
    assertThat(cli.run("list-things").err).isEqualTo("""
        agentbus: --target-agent: too long (and 1 more) [invalid_input]
          --target-agent: too long
          --jobs /3/priority: too small
        """);
  }

  @Test
  void with_json_a_problem_is_the_document() {
    node.on("list_things", _ -> ScriptedNode.problem(409, "lease_lost", "No.", "{\"current\":\"cancelled\"}"));
    cli.run("list-things", "--json");
    assertThat(ScriptedNode.tree(cli.err).path("current").asText()).isEqualTo("cancelled");
    cli.run("ask-everything", "--json");
    assertThat(ScriptedNode.tree(cli.err).at("/errors/0/pointer").asText()).isEqualTo("/target_agent");
    assertThat(cli.exitCode).isEqualTo(2);
  }

  @Test
  void a_node_that_is_not_there_is_6_and_says_what_to_do(@TempDir Path home) throws IOException {
    try (var closed = new ServerSocket(0)) {
      cli.environment.put("AGENTBUS_URL", "http://127.0.0.1:" + closed.getLocalPort());
    }
    cli.run("list-things");
    assertThat(cli.exitCode).isEqualTo(6);
    assertThat(cli.err).contains("No node answers at").contains("./agentbus up").endsWith("[unreachable]\n")
        .hasLineCount(1);
    cli.environment.clear();
    cli.run("list-things", "--home", home.toString());
    assertThat(cli.exitCode).isEqualTo(6);
    assertThat(cli.err).contains("./agentbus up").contains("node.url");
  }

  @Test
  void a_connection_that_breaks_is_6_and_the_call_is_not_sent_again() {
    node.on("ask_everything", _ -> null);
    cli.run("ask-everything", "--target-agent", "a");
    assertThat(cli.exitCode).isEqualTo(6);
    assertThat(cli.err).contains("may still have been carried out");
    assertThat(node.calls("ask_everything")).hasSize(1);
  }

  @Test
  void something_that_is_no_node_is_told_apart() {
    node.on("list_things", _ -> new ScriptedNode.Said(502, ScriptedNode.tree("\"bad gateway\"")));
    assertThat(cli.run("list-things").exitCode).isEqualTo(6);
    assertThat(cli.run("list-things", "--url", "ftp://x").err)
        .contains("--url: 'ftp://x' is not the base URL of a node");
    assertThat(cli.exitCode).isEqualTo(2);
  }

  @Test
  void on_one_machine_nothing_needs_setting(@TempDir Path home) throws IOException {
    Files.writeString(home.resolve("node.url"), node.url() + "\n");
    Files.writeString(home.resolve("operator.token"), "from-the-home\n");
    cli.environment.clear();
    cli.environment.put("AGENTBUS_HOME", home.toString());
    node.on("list_things", "{}");
    assertThat(cli.run("list-things").exitCode).isZero();
    assertThat(node.calls().getLast().token()).isEqualTo("from-the-home");
  }

  @Test
  void the_operator_token_is_not_shown_to_strangers(@TempDir Path home) throws Exception {
    Files.writeString(home.resolve("operator.token"), "from-the-home\n");
    var environment = java.util.Map.of("AGENTBUS_HOME", home.toString());
    assertThat(io.agentbus.client.NodeAccess.find("https://bus.example.org", null, null, environment).token()).isNull();
    assertThat(io.agentbus.client.NodeAccess.find("http://127.0.0.1.example.org", null, null, environment).token())
        .isNull();
    assertThat(io.agentbus.client.NodeAccess.find("http://localhost:7070/", null, null, environment).token())
        .isEqualTo("from-the-home");
    Files.writeString(home.resolve("node.url"), "https://bus.example.org");
    assertThat(io.agentbus.client.NodeAccess.find("https://bus.example.org", null, null, environment).token())
        .isEqualTo("from-the-home");
  }

  @Test
  void help_shows_every_flag_with_its_meaning_and_default() {
    cli.run("ask-everything", "--help");
    assertThat(cli.exitCode).isZero();
    assertThat(cli.out).contains("Usage: agentbus ask-everything", "Asks for everything at once.",
        "--target-agent=TEXT", "Required.",
        "50% is a normal load", "Default: 100.", "One of low, high.", "calm, in_a_hurry", "--idempotency-key",
        "Global options",
        "Needs the right 'ask'", "POST /api/v1/op/ask_everything");
    var shown = cli.out;
    assertThat(cli.run("help", "ask-everything").out).isEqualTo(shown);
    assertThat(cli.run("finish-job", "-h").out)
        .contains("Usage: agentbus finish-job [OPTIONS] [JOB_ID]", "to 100%.", "The same as --job-id.");
    assertThat(cli.run("list-things", "-h").out).doesNotContain("--idempotency-key");
  }

  @Test
  void the_overview_lists_every_command_by_area() {
    assertThat(cli.run("help").out).contains("\nNode\n", "  health ", "\nCli\n",
        "  ask-everything   Asks for everything at once.", "  finish-job");
    assertThat(cli.run().out).isEqualTo(cli.run("--help").out).contains("finish-job");
    assertThat(cli.run("--version").out).isEqualTo("agentbus 1.2.3\n");
  }

  @Test
  void the_overview_can_be_cut_to_what_the_token_may_do() {
    node.on("whoami", "{\"name\":\"a\",\"rights\":[\"read\",\"ask\"]}");
    assertThat(cli.run("help", "--mine").out).contains("ask-everything").doesNotContain("list-things")
        .doesNotContain("finish-job");
  }

  @Test
  void health_exits_0_only_when_the_node_is_ready() {
    node.on("/health", "{\"status\":\"ok\"}").on("/ready", "{\"status\":\"ok\"}").on("health", "{\"queued\":3}");
    assertThat(cli.run("health").exitCode).isZero();
    assertThat(cli.json().at("/details/queued").asInt()).isEqualTo(3);
    node.on("/ready", _ -> new ScriptedNode.Said(503, ScriptedNode.tree("{\"status\":\"starting\"}")));
    assertThat(cli.run("health").exitCode).isEqualTo(6);
    assertThat(cli.json().path("ready").booleanValue()).isFalse();
    assertThat(cli.json().at("/readiness/answer/status").asText()).isEqualTo("starting");
  }

  @Test
  void bash_completion_is_a_script_that_bash_accepts() throws Exception {
    cli.run("completion", "bash");
    assertThat(cli.out).contains("ask-everything").contains("--target-agent").contains("calm in_a_hurry");
    var bash = new ProcessBuilder("bash", "-c", cli.out
        + "\nCOMP_WORDS=(agentbus ask-everything --ta) COMP_CWORD=2\n_agentbus\n"
        + "echo \"${COMPREPLY[@]}\"").redirectErrorStream(true).start();
    assertThat(new String(bash.getInputStream().readAllBytes()).strip()).isEqualTo("--target-agent --tags");
    assertThat(bash.waitFor()).isZero();
  }
}
