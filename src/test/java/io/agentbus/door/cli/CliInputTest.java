package io.agentbus.door.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.testkit.ScriptedNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is typed becomes the input record, for every type of field. */
class CliInputTest {
  private final ScriptedNode node = new ScriptedNode().on("ask_everything", "{}").on("finish_job", "{}")
      .on("list_things", "{}");
  private final CliRun cli = new CliRun(node);

  @AfterEach
  void stop() {
    node.close();
  }

  private ObjectNode sent(String... argv) {
    cli.run(argv);
    assertThat(cli.err).isEmpty();
    assertThat(cli.exitCode).isZero();
    return node.calls().getLast().input();
  }

  private String refused(String... argv) {
    cli.run(argv);
    assertThat(cli.exitCode).isEqualTo(2);
    assertThat(node.calls()).isEmpty();
    return cli.err;
  }

  @Test
  void every_type_of_field_is_sent_as_its_own_kind_of_json() {
    assertThat(sent("ask-everything", "--target-agent", "devops", "--priority", "-7", "--share=0.10", "--size",
        "9007199254740993",
        "--wait", "false", "--run-after", "2026-08-01T12:30:00+02:00", "--payload", "{\"a\":[1,2.50]}", "--tags", "x,y",
        "--tags", "z",
        "--depends-on", "0198f3c2-0000-7000-8000-000000000001", "--counts", "1,2", "--follow-ups",
        "[{\"subject\":\"s\"}]",
        "--follow-ups", "{\"subject\":\"t\"}", "--nested", "{\"subject\":\"n\"}", "--mood", "in_a_hurry",
        "--confidence", "low"))
        .hasToString("{\"target_agent\":\"devops\",\"priority\":-7,\"share\":0.10,\"size\":9007199254740993,"
            + "\"wait\":false,"
            + "\"run_after\":\"2026-08-01T10:30:00Z\",\"payload\":{\"a\":[1,2.50]},\"tags\":[\"x\",\"y\",\"z\"],"
            + "\"depends_on\":[\"0198f3c2-0000-7000-8000-000000000001\"],\"counts\":[1,2],"
            + "\"follow_ups\":[{\"subject\":\"s\"},{\"subject\":\"t\"}],\"nested\":{\"subject\":\"n\"},"
            + "\"mood\":\"in_a_hurry\","
            + "\"confidence\":\"low\"}");
  }

  @Test
  void a_file_may_be_as_large_as_the_node_takes(@TempDir Path folder) throws IOException {
    node.on("whoami", "{\"limits\": {\"body_bytes\": " + (6 << 20) + "}}");
    var file = Files.writeString(folder.resolve("a.json"), "{\"a\": \"" + "x".repeat(5 << 20) + "\"}");
    assertThat(sent("ask-everything", "--target-agent", "a", "--payload", "@" + file).at("/payload/a").asText()).hasSize(5 << 20);
    Files.writeString(file, "{\"a\": \"" + "x".repeat(7 << 20) + "\"}");
    cli.run("ask-everything", "--target-agent", "a", "--payload", "@" + file);
    assertThat(cli.exitCode).isEqualTo(2);
    assertThat(cli.err).contains("--payload: " + file + " is larger than 6291456 bytes, the most that the node takes.");
    assertThat(node.calls("ask_everything")).hasSize(1);
    cli.stdin = Files.readString(file);
    assertThat(cli.run("ask-everything", "--target-agent", "a", "--payload", "-").err).contains("--payload: standard input is larger than 6291456 bytes");
  }

  @Test
  void a_node_that_takes_less_is_asked_about_a_large_file_and_not_about_a_small_one(@TempDir Path folder) throws IOException {
    node.on("whoami", "{\"limits\": {\"body_bytes\": 100000}}");
    var file = Files.writeString(folder.resolve("a.json"), "{\"a\": \"" + "x".repeat(1_000) + "\"}");
    sent("ask-everything", "--target-agent", "a", "--payload", "@" + file);
    assertThat(node.calls("whoami")).isEmpty();
    Files.writeString(file, "{\"a\": \"" + "x".repeat(200_000) + "\"}");
    assertThat(cli.run("ask-everything", "--target-agent", "a", "--payload", "@" + file).err).contains("is larger than 100000 bytes");
  }

  @Test
  void a_node_that_does_not_say_what_it_takes_is_left_to_judge(@TempDir Path folder) throws IOException {
    var file = Files.writeString(folder.resolve("a.json"), "{\"a\": \"" + "x".repeat(5 << 20) + "\"}");
    sent("ask-everything", "--target-agent", "a", "--payload", "@" + file);
  }

  @Test
  void only_what_was_given_is_sent() {
    assertThat(sent("ask-everything", "--target-agent", "devops")).hasToString("{\"target_agent\":\"devops\"}");
    assertThat(sent("list-things")).hasToString("{}");
  }

  @Test
  void the_token_and_the_idempotency_key_travel_in_headers() {
    sent("ask-everything", "--target-agent", "a", "--idempotency-key", "k1", "--token", "other");
    assertThat(node.calls().getLast().token()).isEqualTo("other");
    assertThat(node.calls().getLast().key()).isEqualTo("k1");
  }

  @Test
  void a_flag_without_a_value_means_true() {
    assertThat(sent("ask-everything", "--target-agent", "a", "--wait").get("wait").booleanValue()).isTrue();
    assertThat(sent("ask-everything", "--wait", "--target-agent", "a").get("wait").booleanValue()).isTrue();
    assertThat(sent("ask-everything", "--wait=false", "--target-agent", "a").get("wait").booleanValue()).isFalse();
  }

  @Test
  void json_comes_from_a_file_or_from_standard_input(@TempDir Path folder) throws IOException {
    var file = Files.writeString(folder.resolve("payload.json"), "{\"from\":\"file\"}");
    assertThat(sent("ask-everything", "--target-agent", "a", "--payload", "@" + file).at("/payload/from").asText())
        .isEqualTo("file");
    cli.stdin = "{\"from\":\"stdin\"}";
    assertThat(sent("ask-everything", "--target-agent", "a", "--payload", "-").at("/payload/from").asText())
        .isEqualTo("stdin");
    cli.stdin = "[]";
    assertThat(refusedAfter("ask-everything", "--target-agent", "a", "--payload", "-", "--nested", "-"))
        .contains("--nested").contains("already taken by --payload");
    assertThat(refusedAfter("ask-everything", "--target-agent", "a", "--payload", "@" + folder.resolve("absent")))
        .contains("--payload").contains("absent");
  }

  private String refusedAfter(String... argv) {
    var before = node.calls().size();
    cli.run(argv);
    assertThat(cli.exitCode).isEqualTo(2);
    assertThat(node.calls()).hasSize(before);
    return cli.err;
  }

  @Test
  void a_secret_need_not_stand_among_the_arguments(@TempDir Path folder) throws IOException {
    var file = Files.writeString(folder.resolve("secret"), "s3cret\n");
    assertThat(sent("ask-everything", "--target-agent", "a", "--join-token", "@" + file).get("join_token").asText())
        .isEqualTo("s3cret");
    cli.stdin = "s3cret\n";
    assertThat(sent("ask-everything", "--target-agent", "a", "--join-token", "-").get("join_token").asText())
        .isEqualTo("s3cret");
    assertThat(sent("ask-everything", "--target-agent", "@a", "--join-token", "x").get("target_agent").asText())
        .isEqualTo("@a");
  }

  @Test
  void times_are_iso_8601_and_utc_without_an_offset() {
    assertThat(sent("ask-everything", "--target-agent", "a", "--run-after", "2026-08-01").get("run_after").asText())
        .isEqualTo("2026-08-01T00:00:00Z");
    assertThat(sent("ask-everything", "--target-agent", "a", "--run-after", "2026-08-01T07:05:00").get("run_after")
        .asText())
        .isEqualTo("2026-08-01T07:05:00Z");
    assertThat(sent("ask-everything", "--target-agent", "a", "--run-after", "now").get("run_after").asText())
        .isEqualTo(CliRun.NOW.toString());
  }

  @Test
  void a_positional_argument_may_also_be_given_as_a_flag() {
    var id = "0198f3c2-0000-7000-8000-000000000001";
    assertThat(sent("finish-job", id, "--fence", "3").get("job_id").asText()).isEqualTo(id);
    assertThat(sent("finish-job", "--fence", "3", "--job-id", id).get("job_id").asText()).isEqualTo(id);
    assertThat(refusedAfter("finish-job", id, "--fence", "3", "--job-id", id)).contains("--job-id is given twice");
  }

  @Test
  void inside_a_worker_a_finish_means_the_job_in_hand() {
    cli.environment.put("AGENTBUS_JOB_ID", "0198f3c2-0000-7000-8000-000000000001");
    cli.environment.put("AGENTBUS_FENCE", "9");
    assertThat(sent("finish-job", "--summary", "done"))
        .hasToString("{\"job_id\":\"0198f3c2-0000-7000-8000-000000000001\",\"fence\":9,\"summary\":\"done\"}");
    assertThat(sent("finish-job", "0198f3c2-0000-7000-8000-000000000001").get("fence").intValue()).isEqualTo(9);
    cli.run("finish-job", "0198f3c2-0000-7000-8000-000000000002");
    assertThat(node.calls().getLast().input().has("fence")).as("another job has another fence").isFalse();
  }

  @Test
  void every_value_of_a_wrong_type_is_named_at_once() {
    assertThat(refused("ask-everything", "--target-agent", "a", "--priority", "high", "--run-after", "noon",
        "--payload", "{a"))
        .contains("[invalid_input]").contains("--priority: 'high' is not a whole number")
        .contains("--run-after: 'noon' is not a time").contains("--payload: the value is not JSON");
  }

  @Test
  void missing_required_flags_are_named() {
    assertThat(refused("ask-everything")).startsWith("agentbus: --target-agent: is required: Whom it is for. ")
        .hasLineCount(1);
    assertThat(refused("finish-job")).contains("  --job-id: is required").contains("  --fence: is required");
  }

  @Test
  void mistyped_words_are_answered_with_a_guess() {
    assertThat(refused("ask-everythign")).isEqualTo(
        "agentbus: agentbus has no command ask-everythign; did you mean 'ask-everything'? [invalid_input]\n");
    assertThat(refused("ask-everything", "--target-agnt", "x"))
        .contains("has no flag --target-agnt; did you mean '--target-agent'?");
    assertThat(refused("ask-everything", "--target_agent=x"))
        .contains("has no flag --target_agent; did you mean '--target-agent'?");
    assertThat(refused("--ur", "x", "list-things")).contains("no global option --ur; did you mean '--url'?");
    assertThat(refused("zzz")).contains("'agentbus help' lists them");
    assertThat(refused("list-things", "extra")).contains("'extra' is one argument too many");
  }

  @Test
  void a_flag_given_twice_or_without_a_value_is_refused() {
    assertThat(refused("ask-everything", "--target-agent", "a", "--target-agent", "b"))
        .contains("--target-agent is given twice");
    assertThat(refused("ask-everything", "--target-agent")).contains("--target-agent needs a value");
    assertThat(refused("ask-everything", "--target-agent", "--json")).contains("--target-agent");
  }

  @Test
  void a_field_called_like_a_global_option_keeps_its_flag() {
    cli.environment.remove("AGENTBUS_URL");
    var input = sent("--url", node.url().toString(), "ask-everything", "--target-agent", "a", "--url",
        "https://example.org/hook");
    assertThat(input.get("url").asText()).isEqualTo("https://example.org/hook");
  }

  @Test
  void operation_names_with_underscores_are_understood() {
    assertThat(sent("list_things")).isEmpty();
  }
}
