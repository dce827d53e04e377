package io.agentbus.config;

import java.time.Duration;

/**
 * The MCP door. Only clients of revisions before 2026-07-28 have sessions.
 *
 * @param sessionIdle a session in which nothing happened for so long is over
 * @param maxSessions sessions that the node keeps
 * @param maxSessionsPerCaller sessions of one agent or token; one more ends the one that was idle for longest
 */
public record McpConfig(Duration sessionIdle, int maxSessions, int maxSessionsPerCaller) {
  public McpConfig {
    Check.within("mcp.session-idle", sessionIdle, Duration.ofSeconds(10), Duration.ofDays(1));
    Check.within("mcp.max-sessions", maxSessions, 1, 100_000);
    Check.within("mcp.max-sessions-per-caller", maxSessionsPerCaller, 1, 10_000);
  }

  public static McpConfig defaults() {
    return new McpConfig(Duration.ofMinutes(30), 5_000, 100);
  }
}
