package io.agentbus.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.agentbus.testkit.Browser;
import io.agentbus.testkit.JavaProgram;
import io.agentbus.testkit.NodeProcess;
import io.agentbus.testkit.PgDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A person watches a campaign in a real browser. Not run on a machine without Chromium. */
@Timeout(120)
class EvidencePageStoryTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  @TempDir
  static Path folder;
  /** A clock that the test turns, a stream of events that it writes, and a count of the looks. */
  private static final String TURNED = """
      (() => {
        const later = window.setTimeout, call = window.fetch, timers = new Map(), answers = new Set();
        let now = 0, last = 0;
        window.setTimeout = (run, ms) => { timers.set(++last, { run, at: now + ms }); return last; };
        window.clearTimeout = (timer) => timers.delete(timer);
        performance.now = () => now;
        window.turn = (ms) => {
          now += ms;
          for (const [timer, one] of [...timers]) if (one.at <= now && timers.delete(timer)) one.run();
          return Promise.allSettled(answers).then(() => new Promise((done) => later(done, 5)));
        };
        window.looks = 0;
        window.fetch = (path, how) => {
          if (path.includes('/events/stream')) return Promise.resolve(new Response(new ReadableStream({
            start(stream) { window.say = () => stream.enqueue(new TextEncoder().encode('data: {}\\n\\n')); } })));
          looks++;
          const answer = call(path, how).then(async (got) => new Response(got.status === 200 ? await got.text() : null, got));
          answers.add(answer);
          return answer.finally(() => answers.delete(answer));
        };
      })()""";
  private static NodeProcess node;
  private static Browser browser;

  @BeforeAll
  static void open() {
    assumeTrue(Browser.program().isPresent(), "there is no Chromium on this machine");
    node = NodeProcess.over(DATABASE, folder, "one");
    browser = new Browser(folder);
  }

  @AfterAll
  static void close() {
    if (browser != null) {
      browser.close();
    }
    if (node != null) {
      node.close();
    }
  }

  /** Promise: the page follows the campaign, however much else goes on in its namespace. */
  @Test
  void the_page_follows_the_campaign_while_events_come_without_a_pause() throws Exception {
    var operator = node.operator();
    var id = operator.call("create_campaign", """
        {"name": "watched", "namespace": "busy", "phases": [
          {"name": "one", "worker": "w", "expected_seconds": 600}, {"name": "two", "worker": "w", "expected_seconds": 600}]}""").get("id").asText();
    browser.go(node.url() + "/evidence#campaign=" + id + "&token=" + node.operatorToken());
    awaitShown("one", "queued");
    assertThat(browser.eval("location.hash")).isEqualTo("#campaign=" + id);

    var emitted = new AtomicInteger();
    var noise = Thread.ofVirtual().start(() -> {
      while (!Thread.currentThread().isInterrupted()) {
        operator.call("emit_event", "{\"namespace\": \"busy\", \"topic\": \"host.busy\"}");
        emitted.incrementAndGet();
        LockSupport.parkNanos(Duration.ofMillis(40).toNanos());
      }
    });
    await().atMost(JavaProgram.LONG).until(() -> emitted.get() > 20);
    browser.eval("document.querySelector('#phase-one').open = true");
    operator.call("report_phase", "{\"campaign_id\": \"" + id + "\", \"phase\": \"one\", \"verdict\": \"failed\", \"summary\": \"the <b>disk</b> is full\"}");
    awaitShown("one", "failed");
    assertThat(noise.isAlive()).isTrue();
    assertThat(browser.eval("document.querySelector('#phase-one').open")).as("what was unfolded stays so").isEqualTo("true");
    assertThat(browser.eval("document.querySelector('main').innerText")).contains("one failed: the <b>disk</b> is full");
    // So does the look every few seconds: what is changed without an event is seen.
    var seen = emitted.get();
    node.truth().update("UPDATE campaign_runs SET summary = 'seen by looking' WHERE verdict = 'failed'");
    await().atMost(JavaProgram.LONG).until(() -> browser.eval("document.querySelector('main').innerText").contains("seen by looking"));
    assertThat(emitted.get()).as("events came all the time").isGreaterThan(seen);
    noise.interrupt();
    noise.join(JavaProgram.LONG);

    operator.call("report_phase", "{\"campaign_id\": \"" + id + "\", \"phase\": \"two\", \"verdict\": \"passed\"}");
    awaitShown("two", "passed");
    assertThat(browser.eval("document.title")).isEqualTo("watched: failed");
  }

  /** Promise: neither do events, however close they come, put off a look, nor are there more looks than one a second. */
  @Test
  void the_page_looks_once_a_second_while_events_come_and_every_5_s_when_none_does() throws Exception {
    var id = node.operator().call("create_campaign", """
        {"name": "looked at", "namespace": "clock", "phases": [{"name": "one", "worker": "w", "expected_seconds": 600}]}""").get("id").asText();
    try (var turned = new Browser(Files.createDirectory(folder.resolve("turned")))) {
      turned.prepare(TURNED);
      turned.go(node.url() + "/evidence#campaign=" + id + "&token=" + node.operatorToken());
      await().atMost(JavaProgram.LONG).until(() -> turned.eval("typeof window.say").equals("function"));
      var events = "(async () => { const before = looks; for (let i = 0; i < 200; i++) { say(); await turn(50); } return looks - before; })()";
      assertThat(Integer.parseInt(turned.eval(events))).as("looks in 10 s of events").isBetween(9, 11);
      // The last event has asked for one more.
      turned.eval("turn(1000)");
      var quiet = "(async () => { const before = looks; for (let i = 0; i < 30; i++) await turn(1000); return looks - before; })()";
      assertThat(Integer.parseInt(turned.eval(quiet))).as("looks in 30 s without").isBetween(5, 6);
    }
  }

  /** Promise: whoever has no right to look is told so, and may try another token. */
  @Test
  void a_token_that_may_not_read_is_answered_with_the_reason_and_a_form() {
    var id = node.operator().call("create_campaign", """
        {"name": "hidden", "namespace": "walled", "phases": [{"name": "one", "worker": "w", "expected_seconds": 600}]}""").get("id").asText();
    browser.go(node.url() + "/evidence#campaign=" + id + "&token=aba_wrong");
    await().atMost(JavaProgram.LONG).until(() -> browser.eval("document.getElementById('ask')?.hidden").equals("false"));
    assertThat(browser.eval("document.getElementById('note').textContent")).isNotBlank();
    browser.eval("(document.getElementById('token').value = '" + node.operatorToken() + "', document.getElementById('ask').requestSubmit())");
    awaitShown("one", "queued");
  }

  private static void awaitShown(String phase, String status) {
    await(phase + " is shown as " + status).atMost(JavaProgram.LONG).until(() -> browser.eval("[...document.querySelectorAll('tbody tr')]"
        + ".find((row) => row.cells[0].textContent === '" + phase + "')?.querySelector('.status')?.textContent").equals(status));
  }
}
