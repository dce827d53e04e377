package io.agentbus.db.embedded;

import io.agentbus.config.Folders;
import io.agentbus.config.LockFile;
import io.agentbus.config.SecretFile;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tukaani.xz.XZInputStream;

/**
 * The programs of Postgres, unpacked from the jar on the class path.
 *
 * @param folder holds {@code bin}, {@code lib} and {@code share}; never changed once it is there
 */
record PgBinaries(Path folder) {

  private static final Logger LOG = LoggerFactory.getLogger(PgBinaries.class);
  private static final Duration UNPACK_LIMIT = Duration.ofMinutes(2);

  /** The path of {@code initdb}, {@code pg_ctl} or {@code postgres}. */
  String program(String name) {
    return folder.resolve("bin").resolve(name).toString();
  }

  /**
   * Unpacks once below {@code shared} and afterwards only finds what is there. Safe against other processes that do the
   * same at the same time. The folder bears the archive's checksum, so two releases do not disturb each other.
   *
   * @param shared made when missing; must belong to this user, since what lies there is run
   * @throws IllegalStateException when there is no Postgres for this machine or it cannot be unpacked
   */
  static PgBinaries unpack(Path shared) {
    try {
      SecretFile.folder(shared);
      var real = shared.toRealPath();
      refuseForeign(real);
      var archive = archive();
      var folder = real.resolve("bin-" + checksum(archive));
      if (!Files.isDirectory(folder)) {
        try (var _ = LockFile.acquire(real.resolve("unpack.lock"), UNPACK_LIMIT)) {
          if (!Files.isDirectory(folder)) {
            unpack(archive, folder);
          }
        }
      }
      return new PgBinaries(folder);
    } catch (IOException e) {
      throw new IllegalStateException("Postgres cannot be unpacked below " + shared + ": " + e.getMessage(), e);
    }
  }

  /** Called under the lock. */
  private static void unpack(URL archive, Path folder) throws IOException {
    var started = System.nanoTime();
    var partial = folder.resolveSibling("unpacking");
    // Left by a process that was killed at it.
    Folders.delete(partial);
    Files.createDirectory(partial);
    try (var in = new XZInputStream(new BufferedInputStream(archive.openStream(), 1 << 16))) {
      TarReader.unpack(in, partial);
    }
    // The name appears only when all is there, also after a power cut: a half program would stay broken for good.
    for (var file : files(partial)) {
      try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
        channel.force(false);
      }
    }
    // Another user may have to run them, when root may not.
    Files.setPosixFilePermissions(partial, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.move(partial, folder, StandardCopyOption.ATOMIC_MOVE);
    LOG.info("unpacked Postgres to {} in {} ms", folder, (System.nanoTime() - started) / 1_000_000);
  }

  private static List<Path> files(Path folder) throws IOException {
    try (var walk = Files.walk(folder)) {
      return walk.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)).toList();
    }
  }

  private static void refuseForeign(Path shared) throws IOException {
    var probe = Files.createTempFile(shared, ".owner", "");
    try {
      var permissions = Files.getPosixFilePermissions(shared);
      if (!Files.getOwner(probe).equals(Files.getOwner(shared))
          || permissions.contains(PosixFilePermission.GROUP_WRITE)
          || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
        throw new IllegalStateException("the folder " + shared + " is not safe to keep programs in: it belongs to "
            + Files.getOwner(shared) + " or others may write to it");
      }
    } finally {
      Files.delete(probe);
    }
  }

  private static URL archive() {
    var system = switch (System.getProperty("os.name").toLowerCase(Locale.ROOT)) {
      case String name when name.startsWith("linux") -> "linux";
      case String name when name.startsWith("mac") -> "darwin";
      default -> "";
    };
    var machine = switch (System.getProperty("os.arch")) {
      case "amd64", "x86_64" -> "x86_64";
      case "aarch64", "arm64" -> "arm_64";
      default -> "";
    };
    for (var libc : List.of("", "-alpine_linux")) {
      var found = PgBinaries.class.getResource("/postgres-" + system + "-" + machine + libc + ".txz");
      if (found != null) {
        return found;
      }
    }
    throw new IllegalStateException("There is no embedded Postgres here for " + System.getProperty("os.name") + " on "
        + System.getProperty("os.arch") + ". " + EmbeddedPostgres.GIVE_A_URL);
  }

  private static String checksum(URL archive) throws IOException {
    if (archive.openConnection() instanceof JarURLConnection jar) {
      // Stored in the jar's directory: the 15 MB need not be read at each start.
      return HexFormat.of().toHexDigits((int) jar.getJarEntry().getCrc());
    }
    var crc = new CRC32();
    try (var in = archive.openStream()) {
      crc.update(in.readAllBytes());
    }
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }
}
