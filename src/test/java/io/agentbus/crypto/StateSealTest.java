package io.agentbus.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentbus.config.Home;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateSealTest {
  private static final byte[] STATE = "who: alice".getBytes(StandardCharsets.UTF_8);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

  @Test
  void a_state_opens_in_its_own_context_only() {
    var seal = StateSeal.ofProcess(Clock.systemUTC());
    var closed = seal.close(STATE, "alice tools/call", MINUTE);
    assertThat(seal.open(closed, "alice tools/call")).hasValue(STATE);
    assertThat(seal.open(closed, "bob tools/call")).isEmpty();
    assertThat(StateSeal.ofProcess(Clock.systemUTC()).open(closed, "alice tools/call")).isEmpty();
  }

  @Test
  void no_character_of_a_sealed_state_can_be_changed() {
    var seal = StateSeal.ofProcess(Clock.systemUTC());
    var closed = seal.close(STATE, "c", MINUTE);
    for (var at = 0; at < closed.length(); at++) {
      var other = closed.charAt(at) == 'A' ? 'Q' : 'A';
      var changed = closed.substring(0, at) + other + closed.substring(at + 1);
      assertThat(seal.open(changed, "c")).as("changed at %d", at).isEmpty();
    }
    assertThat(seal.open(closed + "-TAMPERED", "c")).isEmpty();
    assertThat(seal.open("", "c")).isEmpty();
    assertThat(seal.open("not base64!", "c")).isEmpty();
  }

  @Test
  void a_sealed_state_hides_what_it_says_and_is_never_the_same_twice() {
    var seal = StateSeal.ofProcess(Clock.systemUTC());
    var closed = seal.close(STATE, "c", MINUTE);
    assertThat(closed).doesNotContain("alice").isNotEqualTo(seal.close(STATE, "c", MINUTE));
  }

  @Test
  void a_state_ends() {
    var clock = new Clock[] {Clock.fixed(NOW, ZoneOffset.UTC)};
    var seal = StateSeal.ofProcess(new Clock() {
      @Override
      public ZoneOffset getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }

      @Override
      public Instant instant() {
        return clock[0].instant();
      }
    });
    var closed = seal.close(STATE, "c", MINUTE);
    clock[0] = Clock.fixed(NOW.plusSeconds(60), ZoneOffset.UTC);
    assertThat(seal.open(closed, "c")).isPresent();
    clock[0] = Clock.fixed(NOW.plusSeconds(61), ZoneOffset.UTC);
    assertThat(seal.open(closed, "c")).isEmpty();
  }

  @Test
  void the_key_of_a_home_outlives_the_process_and_is_its_owners_alone(@TempDir Path folder) throws Exception {
    var home = Home.open(folder);
    var closed = StateSeal.open(home).close(STATE, "c", MINUTE);
    assertThat(StateSeal.open(home).open(closed, "c")).hasValue(STATE);
    var file = home.folder().resolve("state.key");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
    Files.writeString(file, "nonsense");
    assertThatThrownBy(() -> StateSeal.open(home)).hasMessageContaining("state.key");
  }
}
