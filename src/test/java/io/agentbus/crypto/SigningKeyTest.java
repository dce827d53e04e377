package io.agentbus.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentbus.config.Home;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SigningKeyTest {
  private static final byte[] MESSAGE = "a seal".getBytes(StandardCharsets.US_ASCII);

  @TempDir
  Path folder;

  @Test
  void the_key_of_a_home_is_made_once_and_only_its_owner_may_read_it() throws IOException {
    var home = Home.open(folder);

    var first = SigningKey.open(home);
    var second = SigningKey.open(home);

    assertThat(second.keyId()).isEqualTo(first.keyId()).matches("[0-9a-f]{16}");
    assertThat(second.verify(MESSAGE, first.sign(MESSAGE))).isTrue();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.folder().resolve("journal.key"))))
        .isEqualTo("rw-------");
  }

  @Test
  void the_exported_half_verifies_and_names_the_same_key() throws IOException {
    var key = SigningKey.open(Home.open(folder));
    var exported = SigningKey.readPublic(folder.resolve("journal.pub"));

    assertThat(SigningKey.keyId(exported)).isEqualTo(key.keyId());
    assertThat(SigningKey.verify(exported, MESSAGE, key.sign(MESSAGE))).isTrue();
    assertThat(Files.readString(folder.resolve("journal.pub"))).doesNotContain("PRIVATE");
  }

  @Test
  void a_changed_message_a_changed_signature_and_another_key_are_told() {
    var key = SigningKey.open(Home.open(folder.resolve("one")));
    var other = SigningKey.open(Home.open(folder.resolve("two")));
    var signature = key.sign(MESSAGE);

    assertThat(key.verify("b seal".getBytes(StandardCharsets.US_ASCII), signature)).isFalse();
    assertThat(other.verify(MESSAGE, signature)).isFalse();
    signature[3] ^= 1;
    assertThat(key.verify(MESSAGE, signature)).isFalse();
    assertThat(key.verify(MESSAGE, new byte[] {1})).isFalse();
  }

  @Test
  void a_broken_key_is_refused_and_not_replaced() throws IOException {
    var home = Home.open(folder);
    var file = folder.resolve("journal.key");
    SigningKey.open(home);
    var text = Files.readString(file);
    var other = Home.open(folder.resolve("other"));
    SigningKey.open(other);
    var stranger = Files.readString(other.folder().resolve("journal.key"));

    for (var broken : new String[] {"", "hello", text.substring(0, 60), text.substring(0,
        text.indexOf("-----BEGIN PUBLIC")) + stranger.substring(stranger.indexOf("-----BEGIN PUBLIC"))}) {
      Files.writeString(file, broken);
      assertThatThrownBy(() -> SigningKey.open(home)).as(broken).isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("journal.key");
      assertThat(Files.readString(file)).isEqualTo(broken);
    }
  }
}
