package io.agentbus.testkit;

import io.agentbus.config.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Folders that are gone, with all they hold, when the process that made them ends. */
public final class TempFolders {
  private static final Queue<Path> MADE = new ConcurrentLinkedQueue<>();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(TempFolders::deleteAll, "temporary folders"));
  }

  private TempFolders() {}

  /** A new empty folder. @param prefix what its name begins with */
  public static Path create(String prefix) {
    try {
      var folder = Files.createTempDirectory(prefix);
      MADE.add(folder);
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void deleteAll() {
    for (var folder : MADE) {
      try {
        Folders.delete(folder);
      } catch (IOException e) {
        System.err.println(folder + " stays: " + e);
      }
    }
  }
}
