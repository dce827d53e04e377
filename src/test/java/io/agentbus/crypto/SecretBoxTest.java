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

class SecretBoxTest {
  private static final byte[] SECRET = "hunter2 hunter2 hunter2".getBytes(StandardCharsets.UTF_8);

  @TempDir
  Path folder;

  private SecretBox box(String home) {
    return SecretBox.open(Home.open(folder.resolve(home)), null);
  }

  @Test
  void a_secret_opens_again_after_a_restart() {
    var sealed = box("one").seal(SECRET, "subscription 1");

    assertThat(box("one").open(sealed, "subscription 1")).isEqualTo(SECRET);
  }

  @Test
  void the_key_file_is_its_owners_alone() throws IOException {
    var file = box("one").file();

    assertThat(file).hasFileName("secrets.key");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
  }

  @Test
  void what_is_sealed_shows_nothing_of_the_secret_and_is_never_the_same_twice() {
    var box = box("one");
    var sealed = box.seal(SECRET, "c");

    assertThat(new String(sealed, StandardCharsets.ISO_8859_1)).doesNotContain("hunter2");
    assertThat(sealed).isNotEqualTo(box.seal(SECRET, "c"));
    assertThat(SecretBox.keyId(sealed)).isEqualTo(box.keyId()).matches("[0-9a-f]{16}");
  }

  @Test
  void another_home_cannot_open_it_and_says_which_key_it_lacks_in_which_file() {
    var one = box("one");
    var sealed = one.seal(SECRET, "c");
    var two = box("two");

    assertThatThrownBy(() -> two.open(sealed, "c")).isInstanceOf(SecretClosed.class)
        .extracting(Throwable::getMessage).asString()
        .contains(one.keyId(), two.keyId(), folder.resolve("two").resolve("secrets.key").toString(), "Copy");
  }

  @Test
  void no_byte_of_it_can_be_changed() {
    var box = box("one");
    var sealed = box.seal(SECRET, "c");
    for (var at = 0; at < sealed.length; at++) {
      var changed = sealed.clone();
      changed[at] ^= 1;
      assertThatThrownBy(() -> box.open(changed, "c")).as("byte %d", at).isInstanceOf(RuntimeException.class);
    }
    for (var bytes : new byte[][] {{}, {1}, SECRET, new byte[37]}) {
      assertThatThrownBy(() -> box.open(bytes, "c")).isInstanceOf(SecretClosed.class).hasMessageContaining("no sealed secret");
    }
  }

  @Test
  void it_does_not_open_for_anything_else_than_it_was_sealed_for() {
    var box = box("one");
    var sealed = box.seal(SECRET, "subscription 1");

    assertThatThrownBy(() -> box.open(sealed, "subscription 2")).isInstanceOf(SecretClosed.class)
        .hasMessageContaining("subscription 2");
  }

  @Test
  void nodes_with_the_same_key_file_open_each_others_secrets() {
    var file = box("one").file();
    var shared = SecretBox.open(Home.open(folder.resolve("two")), file);

    assertThat(shared.open(box("one").seal(SECRET, "c"), "c")).isEqualTo(SECRET);
    assertThat(folder.resolve("two").resolve("secrets.key")).doesNotExist();
  }

  @Test
  void a_key_file_that_is_named_but_absent_is_refused_and_not_made() {
    var absent = folder.resolve("absent.key");

    assertThatThrownBy(() -> SecretBox.open(Home.open(folder), absent)).isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(absent.toString());
    assertThat(absent).doesNotExist();
  }

  @Test
  void a_new_first_line_closes_while_the_old_one_still_opens() throws IOException {
    var old = box("one");
    var sealed = old.seal(SECRET, "c");
    var other = box("two");

    Files.writeString(old.file(), Files.readString(other.file()) + Files.readString(old.file()));
    var both = box("one");

    assertThat(both.open(sealed, "c")).isEqualTo(SECRET);
    assertThat(both.keyId()).isEqualTo(other.keyId());
    assertThat(other.open(both.seal(SECRET, "c"), "c")).isEqualTo(SECRET);
  }

  @Test
  void a_broken_key_file_is_named_not_quoted_and_not_replaced() throws IOException {
    var file = box("one").file();
    var cut = Files.readString(file).substring(0, Files.readString(file).length() - 20);

    for (var broken : new String[] {"", "# nothing\n", "topsecret!", cut}) {
      Files.writeString(file, broken);
      assertThatThrownBy(() -> box("one")).as(broken).isInstanceOf(IllegalStateException.class)
          .hasMessageContaining(file.toString()).hasMessageNotContaining("topsecret");
      assertThat(Files.readString(file)).isEqualTo(broken);
    }
  }
}
