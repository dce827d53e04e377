package io.agentbus.db;

import org.flywaydb.core.api.logging.Log;
import org.flywaydb.core.api.logging.LogCreator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Flyway's log, one level lower: {@link Migrator} says in one line what ran. Flyway finds this class by its name, which
 * is why it is public.
 */
public final class QuietFlywayLog implements LogCreator {

  @Override
  public Log createLogger(Class<?> owner) {
    return new Quiet(LoggerFactory.getLogger(owner));
  }

  private record Quiet(Logger log) implements Log {
    @Override
    public boolean isDebugEnabled() {
      return log.isTraceEnabled();
    }

    @Override
    public void debug(String message) {
      log.trace(message);
    }

    @Override
    public void info(String message) {
      log.debug(message);
    }

    @Override
    public void notice(String message) {
      log.debug(message);
    }

    @Override
    public void warn(String message) {
      // Our tests run on the newest Postgres; Flyway's list of what it knows lags behind.
      if (message.contains("newer than this version of Flyway")) {
        log.debug(message);
      } else {
        log.warn(message);
      }
    }

    @Override
    public void error(String message) {
      // It comes back as an exception, which is logged once, where it is handled.
      log.debug(message);
    }

    @Override
    public void error(String message, Exception failure) {
      log.debug(message, failure);
    }
  }
}
