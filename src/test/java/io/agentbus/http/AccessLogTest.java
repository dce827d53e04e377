package io.agentbus.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class AccessLogTest {
  private final Logger logger = (Logger) LoggerFactory.getLogger("access");
  private final Level usual = logger.getLevel();
  private final Lines lines = new Lines();
  private TestServer node;

  /** Keeps what is logged; event loops write to it. */
  private static final class Lines extends AppenderBase<ILoggingEvent> {
    private final List<ILoggingEvent> all = new CopyOnWriteArrayList<>();

    @Override
    protected void append(ILoggingEvent event) {
      all.add(event);
    }
  }

  @BeforeEach
  void start() {
    lines.start();
    logger.addAppender(lines);
    logger.setLevel(Level.DEBUG);
    node = new TestServer(exchange -> {
      exchange.actor("agent:acme/devops");
      exchange.workWithBody(10, body -> exchange.end(200, "text/plain", "ok".getBytes()));
    });
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
    logger.setLevel(usual);
    logger.detachAppender(lines);
  }

  /** The fields of the one line that the request leaves behind. */
  private Map<String, String> line(String request) throws Exception {
    lines.all.clear();
    try (var client = node.connect()) {
      client.send(request).read();
    }
    await().until(() -> lines.all.size() == 1);
    return lines.all.getFirst().getKeyValuePairs().stream()
        .collect(Collectors.toMap(pair -> pair.key, pair -> String.valueOf(pair.value)));
  }

  @Test
  void a_line_says_who_did_what_and_what_came_of_it() throws Exception {
    assertThat(line(node.head("POST /a/b", "Content-Length: 2", "X-Request-Id: mine",
        "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01") + "{}"))
        .containsEntry("method", "POST").containsEntry("path", "/a/b").containsEntry("status", "200")
        .containsEntry("bytes", "2").containsEntry("address", "127.0.0.1").containsEntry("actor", "agent:acme/devops")
        .containsEntry("request_id", "mine").containsKey("ms")
        .containsEntry("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    assertThat(lines.all.getFirst().getLevel()).isEqualTo(Level.DEBUG);
    assertThat(line(node.head("POST /a", "Content-Length: 11") + "a".repeat(11))).containsEntry("status", "413");
    assertThat(lines.all.getFirst().getLevel()).isEqualTo(Level.INFO);
  }

  @Test
  void no_line_has_a_token_a_query_a_body_or_a_header() throws Exception {
    var line = line(node.head("POST /a?token=SECRET", "Authorization: Bearer SECRET", "Cookie: SECRET",
        "traceparent: SECRET", "X-Request-Id: not SECRET", "Content-Length: 6") + "SECRET");
    assertThat(line.toString()).doesNotContain("SECRET");
    assertThat(lines.all.getFirst().getFormattedMessage()).isEqualTo("served");
    for (var refused : List.of(node.head("GET /a//b?SECRET"), node.head("GET /", "Origin: http://SECRET"),
        "GET / HTTP/1.1\r\nHost: SECRET\r\n\r\n", "SECRET\r\n\r\n", node.head("GET /", "SECRET"))) {
      assertThat(line(refused).toString()).doesNotContain("SECRET");
    }
  }

  @Test
  void what_a_client_chose_is_printable_and_short() throws Exception {
    assertThat(line(node.head("GET /a\u001b[2J")).get("path")).isEqualTo("/bad-request");
    assertThat(line(node.head("GET /a\u0085\u00ff")).get("path")).isEqualTo("/a??");
    assertThat(line(node.head("GET /" + "a".repeat(3000))).get("path")).hasSize(203).endsWith("...");
    assertThat(line(node.head("GET /%0a%1b")).get("path")).isEqualTo("/%0a%1b");
  }
}
