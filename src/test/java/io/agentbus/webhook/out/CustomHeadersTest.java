package io.agentbus.webhook.out;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentbus.problem.ProblemException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CustomHeadersTest {
  @Test
  void ordinary_headers_are_taken_as_they_are() {
    var headers = Map.of("Authorization", "Bearer abc.def", "X-Team", "a b", "x_y", "1");

    assertThat(CustomHeaders.checked(headers, "/h")).isEqualTo(headers);
    assertThat(CustomHeaders.checked(null, "/h")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"webhook-id", "Webhook-Signature", "webhook-anything", "svix-id", "x-ai-memory-signature", "Host", "Content-Length",
      "content-type", "Transfer-Encoding", "Connection", "Keep-Alive", "TE", "Trailer", "Upgrade", "Proxy-Authorization", "Expect", "Accept-Encoding",
      "Content-Encoding", "X-Forwarded-For", "User-Agent", "HTTP2-Settings", ":authority"})
  void what_the_sender_sets_and_what_frames_the_request_is_refused(String name) {
    assertThatThrownBy(() -> CustomHeaders.checked(Map.of(name, "v"), "/webhook/headers")).isInstanceOf(ProblemException.class)
        .hasMessageContaining("/webhook/headers/" + name).hasMessageContaining("sets itself");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a\r\nHost", "n\u00e4me", "a:b", "a\0"})
  void what_is_no_name_of_a_header_is_refused(String name) {
    assertThatThrownBy(() -> CustomHeaders.checked(Map.of(name, "v"), "/h")).isInstanceOf(ProblemException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " v", "v ", "topsecret\r\nHost: x", "topsecret\nx", "topsecret\0", "topsecret\u0080", "a\tb"})
  void a_value_that_could_end_its_line_is_refused_and_not_repeated(String value) {
    assertThatThrownBy(() -> CustomHeaders.checked(Map.of("X-Key", value), "/h")).isInstanceOf(ProblemException.class)
        .hasMessageContaining("/h/X-Key").hasMessageNotContaining("topsecret");
  }

  @Test
  void the_same_header_twice_and_too_much_in_all_are_refused() {
    var twice = new LinkedHashMap<>(Map.of("X-Key", "1"));
    twice.put("x-key", "2");
    assertThatThrownBy(() -> CustomHeaders.checked(twice, "/h")).hasMessageContaining("twice");

    var much = new LinkedHashMap<String, String>();
    for (var i = 0; i < 10; i++) {
      much.put("x-" + i, "v".repeat(1_000));
    }
    assertThatThrownBy(() -> CustomHeaders.checked(much, "/h")).hasMessageContaining("8192");
  }
}
