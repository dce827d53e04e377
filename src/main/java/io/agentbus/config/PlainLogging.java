package io.agentbus.config;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.slf4j.Logger;

/**
 * How a process logs that is not a node: warnings and errors as plain text on stderr. Logback finds this class by its
 * service file when something first logs, so that a command which says nothing pays nothing; {@code
 * -Dlogback.configurationFile} goes before it.
 */
@ConfiguratorRank(PlainLogging.AFTER_FILES)
public final class PlainLogging extends ContextAwareBase implements Configurator {
  /** Below the configurators that look for a file, above the last resort, which would print everything to stdout. */
  static final int AFTER_FILES = ConfiguratorRank.FALLBACK + 5;

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    var encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern("%level %logger{0}: %msg%n");
    encoder.start();
    var appender = new ConsoleAppender<ILoggingEvent>();
    appender.setContext(context);
    appender.setTarget("System.err");
    appender.setEncoder(encoder);
    appender.start();
    var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(appender);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }
}
