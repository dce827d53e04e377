package io.agentbus.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.client.CallFailed;
import io.agentbus.testkit.NodeProcess;
import io.agentbus.testkit.PgDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Two agents of a real node write to each other, and the node is killed in the middle of it. */
@Timeout(120)
class MailStoryTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  @TempDir
  static Path folder;
  private static final int MESSAGES = 300;
  private static NodeProcess node;
  private static String worker;
  private static String boss;

  @BeforeAll
  static void start() {
    node = NodeProcess.over(DATABASE, folder, "node");
    worker = node.registerAgent("default", "worker", 0);
    boss = node.registerAgent("default", "boss", 0);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void a_sender_that_never_heard_the_answer_sends_again_and_there_is_one_message() {
    var input = "{\"target_agent\": \"boss\", \"title\": \"once\", \"dedupe_key\": \"once\"}";
    assertThat(node.callAndHangUp(worker, "notify", input)).contains(" 200");
    node.kill9();
    node.up();
    var again = node.caller(worker).call("notify", input);
    assertThat(again.get("duplicate").asBoolean()).isTrue();
    assertThat(node.truth().one("SELECT count(*) FROM message_facts WHERE title = 'once'")).isEqualTo("1");
  }

  @Test
  void what_was_on_its_way_when_the_node_was_killed_is_sent_again_and_is_there_once() throws Exception {
    var senders = new ArrayList<Thread>();
    for (var i = 0; i < MESSAGES; i++) {
      var number = i;
      senders.add(Thread.ofVirtual().start(() -> tell(number)));
    }
    Awaitility.await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(5))
        .until(() -> node.truth().count("SELECT count(*) FROM message_facts WHERE title LIKE 'm%'") > MESSAGES / 10);
    node.kill9();
    for (var sender : senders) {
      sender.join();
    }
    node.up();
    for (var i = 0; i < MESSAGES; i++) {
      assertThat(tell(i)).as("message " + i).isTrue();
    }
    var titles = titles();
    assertThat(titles).hasSize(MESSAGES).doesNotHaveDuplicates();
    assertThat(node.truth().one("SELECT b.unacked = (SELECT count(*) FROM message_unread u WHERE u.agent_no = b.agent_no) FROM message_boxes b"
        + " JOIN agents a USING (agent_no) WHERE a.name = 'boss'")).isEqualTo("t");
  }

  /** Whether an answer came. */
  private static boolean tell(int number) {
    try {
      node.caller(worker).tryCall("notify", "{\"target_agent\": \"boss\", \"title\": \"m" + number + "\"}", "key-" + number);
      return true;
    } catch (CallFailed gone) {
      return false;
    }
  }

  private static List<String> titles() {
    var titles = new ArrayList<String>();
    JsonNode page = null;
    do {
      page = node.caller(boss).call("inbox", "{\"order\": \"arrival\"" + (page == null ? "" : ", \"cursor\": " + page.get("next")) + "}");
      titles.addAll(page.get("items").findValuesAsText("title"));
    } while (!page.get("next").isNull());
    titles.removeIf(title -> !title.startsWith("m"));
    assertThat(new HashSet<>(titles)).hasSameSizeAs(titles);
    return titles;
  }
}
