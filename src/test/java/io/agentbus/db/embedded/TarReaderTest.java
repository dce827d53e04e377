package io.agentbus.db.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TarReaderTest {

  @TempDir
  private Path folder;
  private Path root;
  private final ByteArrayOutputStream tar = new ByteArrayOutputStream();

  @BeforeEach
  void an_empty_root() throws IOException {
    root = Files.createDirectory(folder.resolve("root"));
  }

  @Test
  void files_folders_links_and_modes_come_out_as_they_went_in() throws IOException {
    entry("bin/", '5', "", 0755, "");
    entry("bin/tool", '0', "", 06777, "run me");
    entry("lib/deep/data", '0', "", 0640, "x".repeat(1000));
    entry("lib/link", '2', "deep/data", 0777, "");
    entry("lib/hard", '1', "bin/tool", 0755, "");
    unpack();
    assertThat(root.resolve("bin/tool")).hasContent("run me");
    assertThat(mode("bin/tool")).as("no setuid, nothing others may write").isEqualTo("rwxr-xr-x");
    assertThat(mode("lib/deep/data")).isEqualTo("rw-r-----");
    assertThat(Files.readSymbolicLink(root.resolve("lib/link"))).isEqualTo(Path.of("deep/data"));
    assertThat(root.resolve("lib/link")).hasContent("x".repeat(1000));
    assertThat(root.resolve("lib/hard")).hasContent("run me");
  }

  @Test
  void long_names_of_gnu_and_of_pax_are_understood() throws IOException {
    var gnu = "g".repeat(90) + "/" + "h".repeat(90);
    var pax = "p".repeat(90) + "/" + "q".repeat(90);
    entry("././@LongLink", 'L', "", 0, gnu + "\0");
    entry("cut", '0', "", 0644, "1");
    entry("PaxHeaders/x", 'x', "", 0, "195 path=" + pax + "\n");
    entry("cut", '0', "", 0644, "2");
    entry("after", '0', "", 0644, "3");
    unpack();
    assertThat(root.resolve(gnu)).hasContent("1");
    assertThat(root.resolve(pax)).hasContent("2");
    assertThat(root.resolve("after")).hasContent("3");
  }

  @Test
  void names_that_lead_out_are_refused() throws IOException {
    for (var name : new String[] {"../evil", "a/../../evil", "/evil", "a/b/../../../evil"}) {
      tar.reset();
      entry(name, '0', "", 0644, "evil");
      assertThatThrownBy(this::unpack).as(name).isInstanceOf(IOException.class).hasMessageContaining("leads out");
    }
    assertThat(folder.resolve("evil")).doesNotExist();
  }

  @Test
  void links_that_lead_out_are_refused() throws IOException {
    for (var target : new String[] {"../..", "/etc", "x/../../../etc"}) {
      tar.reset();
      entry("d/link", '2', target, 0777, "");
      assertThatThrownBy(this::unpack).as(target).isInstanceOf(IOException.class).hasMessageContaining("leads out");
    }
    tar.reset();
    entry("hard", '1', "../outside", 0644, "");
    assertThatThrownBy(this::unpack).isInstanceOf(IOException.class).hasMessageContaining("leads out");
  }

  @Test
  void nothing_is_written_through_a_link() throws IOException {
    entry("real/", '5', "", 0755, "");
    entry("link", '2', "real", 0777, "");
    entry("link/file", '0', "", 0644, "x");
    assertThatThrownBy(this::unpack).isInstanceOf(IOException.class).hasMessageContaining("no folder");
    tar.reset();
    entry("file", '2', "real", 0777, "");
    entry("file", '0', "", 0644, "x");
    assertThatThrownBy(this::unpack).isInstanceOf(IOException.class).hasMessageContaining("through a link");
  }

  @Test
  void damage_is_noticed() throws IOException {
    entry("file", '0', "", 0644, "x".repeat(600));
    var whole = tar.toByteArray();
    assertThatThrownBy(() -> TarReader.unpack(new ByteArrayInputStream(whole, 0, 700), root))
        .hasMessageContaining("ends within");
    assertThatThrownBy(() -> TarReader.unpack(new ByteArrayInputStream(whole, 0, 100), root))
        .hasMessageContaining("ends within");
    whole[3] ^= 1;
    assertThatThrownBy(() -> TarReader.unpack(new ByteArrayInputStream(whole), root)).hasMessageContaining("checksum");
    entryOfUnknownType();
    assertThatThrownBy(this::unpack).hasMessageContaining("unknown type");
  }

  private void entryOfUnknownType() throws IOException {
    tar.reset();
    entry("device", '3', "", 0644, "");
  }

  private void unpack() throws IOException {
    TarReader.unpack(new ByteArrayInputStream(tar.toByteArray()), root);
  }

  private String mode(String name) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve(name)));
  }

  private void entry(String name, char type, String link, int mode, String content) throws IOException {
    var bytes = content.getBytes(StandardCharsets.UTF_8);
    var header = new byte[512];
    put(header, 0, name);
    put(header, 100, "%07o".formatted(mode));
    put(header, 124, "%011o".formatted(bytes.length));
    header[156] = (byte) type;
    put(header, 157, link);
    put(header, 257, "ustar  ");
    put(header, 148, "        ");
    var sum = 0;
    for (var b : header) {
      sum += b & 0xff;
    }
    put(header, 148, "%06o\0 ".formatted(sum));
    tar.write(header);
    tar.write(bytes);
    tar.write(new byte[(512 - bytes.length % 512) % 512]);
  }

  private static void put(byte[] header, int offset, String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, header, offset, bytes.length);
  }
}
