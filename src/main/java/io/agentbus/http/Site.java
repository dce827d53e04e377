package io.agentbus.http;

import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Picks the surface of a request by the longest prefix of its path that is mounted. Mount everything before it serves.
 */
public final class Site implements Surface {
  private record Mount(String path, Surface surface) {
    /** {@code /mcp} serves {@code /mcp} and what lies below {@code /mcp/}, not {@code /mcpx}; {@code /} serves all. */
    boolean serves(String requested) {
      return requested.startsWith(path)
          && (requested.length() == path.length() || path.endsWith("/") || requested.charAt(path.length()) == '/');
    }
  }

  private final List<Mount> mounts = new ArrayList<>();

  /** Serves the path and everything below it. */
  public Site mount(String path, Surface surface) {
    if (!path.startsWith("/") || mounts.stream().anyMatch(mount -> mount.path.equals(path))) {
      throw new IllegalArgumentException("cannot mount '" + path + "': not absolute, or mounted already");
    }
    mounts.add(new Mount(path, surface));
    mounts.sort(Comparator.comparingInt((Mount mount) -> mount.path.length()).reversed());
    return this;
  }

  @Override
  public void handle(Exchange exchange) {
    var path = exchange.path();
    for (var mount : mounts) {
      if (mount.serves(path)) {
        mount.surface.handle(exchange);
        return;
      }
    }
    throw noSuchPath();
  }

  /** The refusal of a path that nothing serves. */
  public static ProblemException noSuchPath() {
    return ProblemException.of(ProblemCode.NOT_FOUND, "Nothing is served at this path; /openapi.json lists what is.");
  }
}
