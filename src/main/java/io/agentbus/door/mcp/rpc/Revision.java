package io.agentbus.door.mcp.rpc;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A dated revision of the protocol, oldest first. */
public enum Revision {
  /** Spoken over Streamable HTTP only, for old clients; not told among the supported ones. */
  V2024_11_05,
  V2025_03_26,
  V2025_06_18,
  V2025_11_25,
  /** The first without sessions: every request says everything. */
  V2026_07_28;

  /** The header that names the revision of a request. */
  public static final String HEADER = "MCP-Protocol-Version";
  private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");

  /** The newest that has sessions: what is answered to a client that asks for one we do not know. */
  public static final Revision NEWEST_WITH_SESSIONS = V2025_11_25;

  /** As it is written in messages and headers: {@code 2026-07-28}. */
  public String wire() {
    return name().substring(1).replace('_', '-');
  }

  /** The revision of this name, or null. */
  public static @Nullable Revision ofWire(String wire) {
    return Arrays.stream(values()).filter(revision -> revision.wire().equals(wire)).findFirst().orElse(null);
  }

  /** The names that we tell clients, newest first. */
  public static List<String> supported() {
    return Arrays.stream(values()).filter(revision -> revision != V2024_11_05).map(Revision::wire).toList().reversed();
  }

  /** Whether it has sessions, which begin with {@code initialize}. */
  public boolean hasSessions() {
    return compareTo(V2026_07_28) < 0;
  }

  /** Whether a name is that of a revision without sessions, known to us or not. */
  public static boolean isModern(@Nullable String wire) {
    return wire != null && DATE.matcher(wire).matches() && wire.compareTo(V2026_07_28.wire()) >= 0;
  }
}
