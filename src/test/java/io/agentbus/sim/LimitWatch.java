package io.agentbus.sim;

import io.agentbus.db.JdbcUrl;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Counts the live leases of limited agents again and again, as fast as the database answers. */
final class LimitWatch implements AutoCloseable {
  private static final String OVER_LIMIT = "SELECT a.name || ' holds ' || count(*) || ' of ' || a.concurrency FROM agentbus.job_leases l "
      + "JOIN agentbus.agents a ON a.agent_no = l.agent_no WHERE a.concurrency IS NOT NULL GROUP BY a.name, a.concurrency "
      + "HAVING count(*) > a.concurrency";

  private final String url;
  private final Thread thread;
  private final AtomicReference<@Nullable String> found = new AtomicReference<>();
  private volatile boolean stopped;
  private volatile long samples;

  LimitWatch(String url) {
    this.url = url;
    this.thread = Thread.ofPlatform().name("limit-watch").start(this::watch);
  }

  /** The first agent seen above its limit, or null. */
  @Nullable String found() {
    return found.get();
  }

  long samples() {
    return samples;
  }

  @Override
  public void close() {
    stopped = true;
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void watch() {
    try (var connection = JdbcUrl.of(url).connect(); var statement = connection.prepareStatement(OVER_LIMIT)) {
      while (!stopped && found.get() == null) {
        try (var rows = statement.executeQuery()) {
          if (rows.next()) {
            found.set(rows.getString(1));
          }
          samples++;
        }
      }
    } catch (SQLException e) {
      found.set("the watch failed: " + e);
    }
  }
}
