package io.agentbus.config;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.joran.spi.JoranException;
import java.util.Objects;
import org.slf4j.LoggerFactory;

/** Turns a process's log into a node's: {@code conf/logback.xml}, one JSON object a line on stderr. */
public final class NodeLogging {
  /** The packaged configuration, on the class path. */
  static final String RESOURCE = "conf/logback.xml";

  private NodeLogging() {}

  /**
   * Call once, before the first log line of the node. A file named by {@code -Dlogback.configurationFile} stays in
   * force instead.
   *
   * @param config its level goes to the root logger; libraries that {@value #RESOURCE} quietens stay quiet
   */
  public static void start(LoggingConfig config) {
    if (System.getProperty("logback.configurationFile") != null
        || !(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
      return;
    }
    var file = Objects.requireNonNull(NodeLogging.class.getClassLoader().getResource(RESOURCE), RESOURCE
        + " is not in the jar");
    context.reset();
    context.putProperty("agentbus.level", config.level().name());
    var joran = new JoranConfigurator();
    joran.setContext(context);
    try {
      joran.doConfigure(file);
    } catch (JoranException e) {
      throw new IllegalStateException(RESOURCE + " cannot be used", e);
    }
  }

  /** Writes out what appenders hold back. Call last; what is logged afterwards may be lost. */
  public static void stop() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.stop();
    }
  }
}
