package io.agentbus.op;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimeSerializerTest {
  @ParameterizedTest
  @ValueSource(strings = {"2026-11-21T00:00:00Z", "2026-11-21T16:05:09.1Z", "2026-02-03T04:05:06.000007Z", "0001-01-01T00:00:00.000000001Z",
      "9999-12-31T23:59:59.999999999Z", "2026-11-21T16:05:09.120+05:45", "-0044-03-15T12:00:00Z", "+12026-01-01T00:00:00Z"})
  void a_time_is_written_as_the_standard_formatter_writes_it(String text) throws JsonProcessingException {
    assertSame(OffsetDateTime.parse(text));
  }

  @Test
  void so_is_any_other() throws JsonProcessingException {
    var random = new Random(20_26);
    for (var i = 0; i < 10_000; i++) {
      var scale = (int) Math.pow(10, random.nextInt(10));
      var at = Instant.ofEpochSecond(random.nextLong(-62_135_596_800L, 253_402_300_799L), random.nextInt(1_000_000_000) / scale * scale);
      assertSame(at.atOffset(i % 3 == 0 ? ZoneOffset.ofTotalSeconds(random.nextInt(-64_800, 64_800)) : ZoneOffset.UTC));
    }
  }

  private static void assertSame(OffsetDateTime time) throws JsonProcessingException {
    assertThat(Json.MAPPER.writeValueAsString(time)).isEqualTo('"' + DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time) + '"');
  }
}
