package io.agentbus.config;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.MDC;

class JsonLineEncoderTest {
  @Test
  void key_value_pairs_are_top_level_keys() throws Exception {
    var line = encode(log -> log.atInfo().addKeyValue("job", "0197").addKeyValue("attempt", 2).addKeyValue("late", true)
        .addKeyValue("waitedMs", 1.5).addKeyValue("none", (Object) null).log("job {} leased", "0197"));
    assertThat(line.get("level").asText()).isEqualTo("INFO");
    assertThat(line.get("logger").asText()).isEqualTo("JobStore");
    assertThat(line.get("message").asText()).isEqualTo("job 0197 leased");
    assertThat(line.get("job").asText()).isEqualTo("0197");
    assertThat(line.get("attempt").isInt()).isTrue();
    assertThat(line.get("late").isBoolean()).isTrue();
    assertThat(line.get("waitedMs").asDouble()).isEqualTo(1.5);
    assertThat(line.get("none").isNull()).isTrue();
    assertThat(Instant.parse(line.get("time").asText())).isBeforeOrEqualTo(Instant.now());
  }

  @Test
  void the_stack_of_an_exception_is_one_value() throws Exception {
    var line = encode(log -> log.error("failed", new IllegalStateException("no\nroom")));
    assertThat(line.get("exception").asText()).contains("IllegalStateException: no\nroom").contains("at io.agentbus");
  }

  @Test
  void hostile_text_stays_one_printable_line() throws Exception {
    var hostile = "a\"b\\c\r\n{\"level\":\"INFO\"}\u001b[2J\u0085\u2028\u202e\ud800x\ud83d\ude00\u0000";
    var text = text(log -> log.warn(hostile));
    assertThat(text).endsWith("}\n");
    assertThat(text.substring(0, text.length() - 1)).doesNotContainPattern("[\\p{Cc}\\u2028\\u202e]")
        .contains("\ud83d\ude00");
    assertThat(new ObjectMapper().readTree(text).get("message").asText()).isEqualTo(hostile);
  }

  @Test
  void long_values_are_cut_and_say_by_how_much() throws Exception {
    var line = encode(log -> log.atInfo().addKeyValue("x", "y".repeat(5_000)).log("z".repeat(20_000)));
    assertThat(line.get("message").asText()).endsWith("... (11808 more characters)").hasSizeLessThan(8_300);
    assertThat(line.get("x").asText()).endsWith("... (2952 more characters)");
  }

  @Test
  void a_key_that_is_taken_cannot_stand_twice() throws Exception {
    String text;
    try (var request = MDC.putCloseable("request", "r1")) {
      assertThat(request).isNotNull();
      text = text(log -> log.atInfo().addKeyValue("level", "FATAL").addKeyValue("job", 1).addKeyValue("job", 2)
          .log("m"));
    }
    assertThat(text.split("\"level\":")).hasSize(2);
    assertThat(text).contains("\"job\":1").doesNotContain("\"job\":2").contains("\"request\":\"r1\"");
  }

  private static JsonNode encode(Consumer<Logger> say) throws Exception {
    return new ObjectMapper().readTree(text(say));
  }

  private static String text(Consumer<Logger> say) {
    var context = new LoggerContext();
    context.setMDCAdapter(MDC.getMDCAdapter());
    var events = new ListAppender<ILoggingEvent>();
    events.setContext(context);
    events.start();
    var logger = context.getLogger("io.agentbus.job.JobStore");
    logger.setLevel(Level.TRACE);
    logger.addAppender(events);
    say.accept(logger);
    return new String(new JsonLineEncoder().encode(events.list.getFirst()), StandardCharsets.UTF_8);
  }
}
