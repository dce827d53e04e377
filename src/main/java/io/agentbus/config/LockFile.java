package io.agentbus.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A lock on a file, held by one process of the machine at a time and by one holder within that process. The system lets
 * go of it when the process ends, however it ends. The file holds the process id of its holder.
 */
public final class LockFile implements AutoCloseable {

  /** How often a waiting {@link #acquire} looks again. */
  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

  /**
   * What this process holds. The system counts locks by process, so it would grant the same lock twice here; worse,
   * closing any other channel on the file would drop the lock. A file in this set is therefore never opened again.
   */
  private static final Set<Path> HELD = new HashSet<>();

  private final Path file;
  private final FileChannel channel;
  private boolean closed;

  private LockFile(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes the lock, making the file when it is missing.
   *
   * @return the lock, or empty when another holder has it
   * @throws UncheckedIOException when the file cannot be made or locked
   */
  public static Optional<LockFile> tryAcquire(Path path) {
    try {
      var file = path.toAbsolutePath().getParent().toRealPath().resolve(path.getFileName());
      synchronized (HELD) {
        if (HELD.contains(file)) {
          return Optional.empty();
        }
        var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
          if (channel.tryLock() == null) {
            channel.close();
            return Optional.empty();
          }
          channel.truncate(0);
          channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)), 0);
        } catch (IOException | RuntimeException e) {
          channel.close();
          throw e;
        }
        HELD.add(file);
        return Optional.of(new LockFile(file, channel));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the lock file " + path + " cannot be used: " + e, e);
    }
  }

  /**
   * Takes the lock, waiting up to {@code limit} for another holder to let go. Blocks the calling thread.
   *
   * @throws IllegalStateException when it is still held then; the message names the holder's process id
   * @throws UncheckedIOException when the file cannot be made or locked
   */
  public static LockFile acquire(Path path, Duration limit) {
    var end = System.nanoTime() + limit.toNanos();
    while (true) {
      var lock = tryAcquire(path);
      if (lock.isPresent()) {
        return lock.get();
      }
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException(
            "waited " + limit.toSeconds() + " s for " + path + ", which " + holderText(path) + " holds");
      }
      try {
        Thread.sleep(LOOK_AGAIN);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while waiting for " + path, e);
      }
    }
  }

  /** The process id written in the file by its last holder, or empty when nobody wrote one. */
  public static OptionalLong holder(Path path) {
    try {
      var file = path.toAbsolutePath().getParent().toRealPath().resolve(path.getFileName());
      synchronized (HELD) {
        if (HELD.contains(file)) {
          return OptionalLong.of(ProcessHandle.current().pid());
        }
        if (!Files.exists(file)) {
          return OptionalLong.empty();
        }
        var text = Files.readString(file).strip();
        return text.matches("\\d{1,18}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the lock file " + path + " cannot be read: " + e, e);
    }
  }

  static String holderText(Path path) {
    var holder = holder(path);
    return holder.isPresent() ? "process " + holder.getAsLong() : "another process";
  }

  /** Lets go. A second call does nothing. The file stays: removing it would race with the next holder. */
  @Override
  public void close() {
    synchronized (HELD) {
      if (closed) {
        return;
      }
      closed = true;
      HELD.remove(file);
      try (channel) {
        channel.truncate(0);
      } catch (IOException e) {
        throw new UncheckedIOException("the lock file " + file + " cannot be released: " + e, e);
      }
    }
  }
}
