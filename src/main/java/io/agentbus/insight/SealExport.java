package io.agentbus.insight;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.agentbus.config.Home;
import io.agentbus.config.SecretFile;
import io.agentbus.journal.Seal;
import io.agentbus.op.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The newest seal that this node saw, kept in {@code <home>/journal.seal}: whoever cuts off or rewrites the end of the journal in the
 * database cannot cut it off here. Thread-safe.
 */
public final class SealExport {
  private final Path file;

  public SealExport(Home home) {
    this.file = home.folder().resolve("journal.seal");
  }

  /**
   * What is kept of a seal; all bytes in hexadecimal.
   *
   * @param sealNo its number
   * @param fromPosition first position it covers
   * @param toPosition last position it covers
   */
  public record Pinned(long sealNo, long fromPosition, long toPosition, String sealHash, String signature, String keyId, Instant sealedAt) {
    static Pinned of(Seal seal) {
      return new Pinned(seal.no(), seal.from(), seal.to(), HexFormat.of().formatHex(seal.hash()), HexFormat.of().formatHex(seal.signature()),
          seal.keyId(), seal.sealedAt());
    }

    /** Whether {@code seal} is the one that was kept. */
    boolean is(Seal seal) {
      return seal.no() == sealNo && seal.from() == fromPosition && seal.to() == toPosition
          && Arrays.equals(seal.hash(), HexFormat.of().parseHex(sealHash));
    }
  }

  /** Where it is kept. */
  Path file() {
    return file;
  }

  /**
   * What was kept, or null when nothing was yet, or an operator moved the file away.
   *
   * @throws IllegalStateException when the file holds something else
   */
  synchronized @Nullable Pinned pinned() {
    try {
      return Files.exists(file) ? Json.MAPPER.readValue(Files.readString(file), Pinned.class) : null;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(file + " holds no exported seal. Look why before you move it away: it proves the end of the journal.", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Keeps this seal in place of the one before. */
  synchronized void pin(Seal seal) {
    var next = Pinned.of(seal);
    if (next.equals(pinned())) {
      return;
    }
    try {
      SecretFile.write(file, Json.MAPPER.writeValueAsString(next) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException("the newest seal was not exported to " + file, e);
    }
  }
}
