package io.agentbus.db.embedded;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks a tar stream (ustar, with the GNU and pax long names) into one folder and writes nowhere else: a name or a
 * link that leads out of the folder is refused.
 */
final class TarReader {

  private static final int BLOCK = 512;
  private static final int NAME_LIMIT = 8 * 1024;
  private static final int ENTRY_LIMIT = 100_000;
  private static final long SIZE_LIMIT = 2L << 30;

  private final InputStream in;
  private final Path root;
  private final byte[] header = new byte[BLOCK];
  private int entries;
  private long bytes;

  private TarReader(InputStream in, Path root) {
    this.in = in;
    this.root = root;
  }

  /**
   * Unpacks everything in {@code in} below {@code root}, which must be a folder.
   *
   * @throws IOException when the stream is damaged or cut, or when an entry would leave {@code root}; what was unpacked
   *     so far stays and is the caller's to remove
   */
  static void unpack(InputStream in, Path root) throws IOException {
    new TarReader(in, root.toRealPath()).unpack();
  }

  private void unpack() throws IOException {
    @Nullable String longName = null;
    @Nullable String longLink = null;
    while (nextHeader()) {
      var size = number(124, 12);
      var type = (char) header[156];
      switch (type) {
        case 'L' -> longName = text(size);
        case 'K' -> longLink = text(size);
        case 'x' -> {
          var pax = text(size);
          longName = paxValue(pax, "path", longName);
          longLink = paxValue(pax, "linkpath", longLink);
        }
        case 'g' -> text(size);
        default -> {
          var name = longName == null ? headerName() : longName;
          var link = longLink == null ? string(157, 100) : longLink;
          longName = null;
          longLink = null;
          entry(type, name, link, size);
        }
      }
    }
  }

  private void entry(char type, String name, String link, long size) throws IOException {
    if (++entries > ENTRY_LIMIT) {
      throw new IOException("the archive holds more than " + ENTRY_LIMIT + " entries");
    }
    var path = inside(root, name, name);
    if (path.equals(root)) {
      skip(size);
      return;
    }
    makeFolder(path.getParent(), name);
    switch (type) {
      case '0', '\0' -> {
        refuseLink(path, name);
        writeFile(path, size);
        Files.setPosixFilePermissions(path, permissions((int) number(100, 8)));
      }
      case '5' -> {
        makeFolder(path, name);
        Files.setPosixFilePermissions(path, permissions((int) number(100, 8) | 0700));
      }
      case '2' -> {
        inside(path.getParent(), link, name);
        Files.createSymbolicLink(path, Path.of(link));
      }
      case '1' -> {
        var target = inside(root, link, name);
        refuseLink(target, name);
        Files.createLink(path, target);
      }
      default -> throw new IOException("the archive entry " + name + " has the unknown type " + type);
    }
  }

  /** Where {@code name} leads from {@code from}; refused when that is outside the root. */
  private Path inside(Path from, String name, String entry) throws IOException {
    var path = name.isEmpty() || name.startsWith("/") || name.indexOf('\0') >= 0
        ? null : from.resolve(name).normalize();
    if (path == null || !path.startsWith(root)) {
      throw new IOException("the archive entry " + entry + " leads out of its folder");
    }
    return path;
  }

  /** Makes a folder and its parents, refusing to walk through a link that an earlier entry made. */
  private void makeFolder(Path folder, String entry) throws IOException {
    if (folder.equals(root) || Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS) && noLinkAbove(folder)) {
      return;
    }
    makeFolder(folder.getParent(), entry);
    if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException("the archive entry " + entry + " goes through " + folder.getFileName()
          + ", which is no folder");
    }
    Files.createDirectory(folder);
  }

  private boolean noLinkAbove(Path folder) throws IOException {
    return folder.toRealPath().equals(folder);
  }

  private void refuseLink(Path path, String entry) throws IOException {
    if (Files.isSymbolicLink(path)) {
      throw new IOException("the archive entry " + entry + " writes through a link");
    }
  }

  private void writeFile(Path path, long size) throws IOException {
    bytes += size;
    if (size < 0 || bytes > SIZE_LIMIT) {
      throw new IOException("the archive holds more than " + SIZE_LIMIT + " bytes");
    }
    try (var out = Files.newOutputStream(path)) {
      var buffer = new byte[64 * 1024];
      for (var left = size; left > 0; ) {
        var read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
        if (read < 0) {
          throw new EOFException("the archive ends within " + path.getFileName());
        }
        out.write(buffer, 0, read);
        left -= read;
      }
    }
    in.skipNBytes(padding(size));
  }

  private boolean nextHeader() throws IOException {
    var read = in.readNBytes(header, 0, BLOCK);
    if (read == 0) {
      return false;
    }
    if (read < BLOCK) {
      throw new EOFException("the archive ends within a header");
    }
    var sum = 0;
    var empty = true;
    for (var i = 0; i < BLOCK; i++) {
      // The sum is taken as if its own eight bytes were blanks.
      sum += i >= 148 && i < 156 ? ' ' : header[i] & 0xff;
      empty &= header[i] == 0;
    }
    if (empty) {
      return false;
    }
    if (sum != number(148, 8)) {
      throw new IOException("the archive is damaged: a header's checksum is wrong");
    }
    return true;
  }

  private String headerName() {
    var name = string(0, 100);
    // Only POSIX ustar ("ustar\0") has the prefix field; GNU tar keeps other things there.
    var prefix = header[262] == 0 ? string(345, 155) : "";
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  private String string(int offset, int length) {
    var end = offset;
    while (end < offset + length && header[end] != 0) {
      end++;
    }
    return new String(header, offset, end - offset, StandardCharsets.UTF_8);
  }

  private long number(int offset, int length) throws IOException {
    var text = string(offset, length).strip();
    if (!text.matches("[0-7]{1,20}")) {
      throw new IOException("the archive is damaged: " + text + " is no octal number");
    }
    return Long.parseLong(text, 8);
  }

  private String text(long size) throws IOException {
    if (size > NAME_LIMIT) {
      throw new IOException("the archive holds a name of " + size + " bytes");
    }
    var content = in.readNBytes((int) size);
    if (content.length < size) {
      throw new EOFException("the archive ends within a name");
    }
    in.skipNBytes(padding(size));
    var text = new String(content, StandardCharsets.UTF_8);
    return text.endsWith("\0") ? text.substring(0, text.length() - 1) : text;
  }

  /** One value of pax records, each {@code <length> <key>=<value>\n}; {@code otherwise} when it is not there. */
  private static @Nullable String paxValue(String records, String key, @Nullable String otherwise) {
    for (var line : records.split("\n")) {
      var start = line.indexOf(' ') + 1;
      if (line.startsWith(key + "=", start)) {
        return line.substring(start + key.length() + 1);
      }
    }
    return otherwise;
  }

  private void skip(long size) throws IOException {
    in.skipNBytes(size + padding(size));
  }

  private static long padding(long size) {
    return (BLOCK - size % BLOCK) % BLOCK;
  }

  /** The nine permission bits, without the right of others to write. */
  private static Set<PosixFilePermission> permissions(int mode) {
    var permissions = EnumSet.noneOf(PosixFilePermission.class);
    var names = PosixFilePermission.values();
    for (var i = 0; i < names.length; i++) {
      if ((mode & 0400 >> i) != 0) {
        permissions.add(names[i]);
      }
    }
    permissions.remove(PosixFilePermission.GROUP_WRITE);
    permissions.remove(PosixFilePermission.OTHERS_WRITE);
    return permissions;
  }
}
