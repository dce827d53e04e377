package io.agentbus.bus;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ExactJsonTest {
  @Test
  void what_goes_onto_the_bus_is_written_there_as_it_was_here() {
    var json = "{\"price\":1.10,\"tiny\":0.1000000000000000055511151231257827,\"long\":123456789012345678901234567890,\"none\":null,\"on\":true,"
        + "\"words\":[\"ä\",{\"in\":[1,-2.50]}],\"digits\":" + "7".repeat(5_000) + ",\"deep\":" + "[".repeat(100) + "]".repeat(100) + "}";
    assertThat(ExactJson.object(json.getBytes(StandardCharsets.UTF_8)).encode()).isEqualTo(json);
  }
}
