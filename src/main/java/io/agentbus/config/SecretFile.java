package io.agentbus.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Files and folders that only their owner may read. */
public final class SecretFile {

  private static final FileAttribute<Set<PosixFilePermission>> OWNER_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private SecretFile() {}

  /**
   * Writes {@code text} to {@code file} with mode 0600. A reader sees the old content or the new, never a part: the
   * text goes to a neighbour that is then renamed.
   *
   * @throws IOException when the folder is missing or cannot be written
   */
  public static void write(Path file, String text) throws IOException {
    var neighbour = Files.createTempFile(file.toAbsolutePath().getParent(), "." + file.getFileName(), ".new",
        OWNER_FILE);
    try {
      try (var channel = FileChannel.open(neighbour, StandardOpenOption.WRITE)) {
        var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        // A password that a power cut loses would lock its owner out for good.
        channel.force(true);
      }
      Files.move(neighbour, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(neighbour);
    }
  }

  /**
   * Makes {@code folder} with mode 0700 when it is missing, with its parents. The mode of a folder that is there is
   * left alone: it is its owner's choice.
   *
   * @throws IOException when it cannot be made, or when something that is no folder has that name
   */
  public static void folder(Path folder) throws IOException {
    Files.createDirectories(folder, OWNER_FOLDER);
  }
}
