package io.agentbus.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordReaderTest {
  record Sweep(@Key("class") String type, Duration sweepEvery, @Nullable String note, List<ByteSize> sizes) {
    Sweep {
      if (sweepEvery.isZero()) {
        throw new IllegalArgumentException("sweep-every must not be zero");
      }
    }
  }

  record Nested(Sweep sweep, @Nullable Sweep second) {}

  @Test
  void without_defaults_every_key_must_be_there_save_nullable_ones() {
    assertThat(read("{class: A, sweep-every: 5s, sizes: []}"))
        .isEqualTo(new Sweep("A", Duration.ofSeconds(5), null, List.of()));
    assertThatThrownBy(() -> read("{class: A, sizes: []}")).hasMessage("a.yaml: sweep-every is missing.");
  }

  @Test
  void a_constructors_refusal_names_the_file() {
    assertThatThrownBy(() -> read("{class: A, sweep-every: 0s, sizes: []}")).isInstanceOf(ConfigException.class)
        .hasMessageContaining("a.yaml").hasMessageContaining("sweep-every must not be zero");
  }

  @Test
  void groups_are_read_with_their_path() {
    var tree = ConfigLoader.parseYaml("a.yaml", "sweep: {class: A, sweep-every: 5x, sizes: [1B]}");
    assertThatThrownBy(() -> RecordReader.of("a.yaml").read(Nested.class, null, "", tree))
        .hasMessage("a.yaml: sweep.sweep-every is \"5x\"; it " + Durations.FORM + ".");
    var good = ConfigLoader.parseYaml("a.yaml", "sweep: {class: A, sweep-every: 5s, sizes: [1B]}");
    assertThat(RecordReader.of("a.yaml").read(Nested.class, null, "", good).second()).isNull();
  }

  @Test
  void an_empty_value_is_refused_where_one_is_needed() {
    assertThatThrownBy(() -> read("{class: , sweep-every: 5s, sizes: []}"))
        .hasMessageContaining("class is empty; it must have a value");
    assertThatThrownBy(() -> read("{class: A, sweep-every: 5s, sizes: [1.5]}")).hasMessageContaining("sizes is [1.5]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0s", "250ms", "1500ms", "5s", "90s", "10m", "2h", "1d", "36h"})
  void a_length_is_written_as_it_was_read(String text) {
    assertThat(Durations.parse(Durations.format(Durations.parse(text)))).isEqualTo(Durations.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0B", "512B", "1KiB", "256KiB", "4MiB", "1GiB", "1536MiB", "1025B"})
  void a_size_is_written_as_it_was_read(String text) {
    assertThat(ByteSize.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "s", "-5s", "5 s", "5S", "1w", "99999999999999d"})
  void other_lengths_are_refused(String text) {
    assertThatThrownBy(() -> Durations.parse(text)).isInstanceOf(IllegalArgumentException.class)
        .hasMessage(Durations.FORM);
  }

  private static Sweep read(String yaml) {
    return RecordReader.of("a.yaml").read(Sweep.class, null, "", ConfigLoader.parseYaml("a.yaml", yaml));
  }
}
