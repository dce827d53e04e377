package io.agentbus.door.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameParserTest {
  private static final int MOST = 1_000;

  private final List<String> frames = new ArrayList<>();
  private final List<Denial> broken = new ArrayList<>();
  private final FrameParser parser = new FrameParser(() -> MOST, frame -> frames.add(new String(frame, StandardCharsets.UTF_8)), broken::add);

  private static Buffer frame(String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    return Buffer.buffer().appendInt(bytes.length).appendBytes(bytes);
  }

  @Test
  void frames_come_out_whole_however_the_stream_is_cut() {
    var seed = System.nanoTime();
    var random = new Random(seed);
    var sent = new ArrayList<String>();
    var stream = Buffer.buffer();
    for (var i = 0; i < 500; i++) {
      sent.add("\u00e9".repeat(1 + random.nextInt(MOST / 2)));
      stream.appendBuffer(frame(sent.getLast()));
    }
    for (var at = 0; at < stream.length(); ) {
      var end = Math.min(stream.length(), at + 1 + random.nextInt(random.nextBoolean() ? 5 : 5_000));
      parser.take(stream.getBuffer(at, end));
      at = end;
    }
    assertThat(frames).as("seed " + seed).isEqualTo(sent);
    assertThat(parser.isWithinFrame()).isFalse();
    assertThat(broken).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE, MOST + 1, Integer.MAX_VALUE})
  void after_a_length_that_cannot_be_nothing_is_read(int length) {
    parser.take(frame("one").appendInt(length).appendBuffer(frame("two")));
    parser.take(frame("three"));
    assertThat(frames).containsExactly("one");
    assertThat(broken).hasSize(1);
    assertThat(parser.isWithinFrame()).isFalse();
  }

  @Test
  void a_frame_is_within_from_its_first_byte_to_its_last() {
    var whole = frame("abc");
    for (var i = 0; i < whole.length(); i++) {
      assertThat(parser.isWithinFrame()).isEqualTo(i > 0);
      parser.take(whole.getBuffer(i, i + 1));
    }
    assertThat(parser.isWithinFrame()).isFalse();
    assertThat(parser.frames()).isEqualTo(1);
  }
}
