package io.agentbus.journal;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where each committed change of state is told, once, on the node that made it: as one structured line of the logger {@value #LOGGER} at
 * INFO, and to those that {@link #hear}. Nothing here waits: the logger's appender is an asynchronous one, and its level turns the lines off.
 */
public final class StateChanges {
  /** Name of the logger; its level is the switch for the lines. */
  public static final String LOGGER = "journal";
  private static final Logger LINES = LoggerFactory.getLogger(LOGGER);
  private static final Logger LOG = LoggerFactory.getLogger(StateChanges.class);

  private final List<Consumer<StateChange>> hearers = new CopyOnWriteArrayList<>();

  /** Adds one who is told of every change, on the thread that tells it, so it must be quick. */
  public void hear(Consumer<StateChange> hearer) {
    hearers.add(hearer);
  }

  /** Tells a change; call after its commit. Any thread, event loops included. Never throws: the change has happened. */
  public void said(StateChange change) {
    for (var hearer : hearers) {
      try {
        hearer.accept(change);
      } catch (RuntimeException failure) {
        LOG.error("a hearer of state changes failed", failure);
      }
    }
    if (LINES.isInfoEnabled()) {
      line(change);
    }
  }

  /** The same for a batch. */
  public void said(Collection<StateChange> changes) {
    changes.forEach(this::said);
  }

  private static void line(StateChange change) {
    var line = LINES.atInfo().addKeyValue("event", "job." + change.to()).addKeyValue("action", change.action())
        .addKeyValue("actor", change.actor()).addKeyValue("namespace", change.namespace()).addKeyValue("job", change.job());
    if (change.from() != null) {
      line = line.addKeyValue("from", change.from());
    }
    line = line.addKeyValue("to", change.to());
    if (change.fence() != null) {
      line = line.addKeyValue("fence", change.fence());
    }
    if (change.attempt() != null) {
      line = line.addKeyValue("attempt", change.attempt());
    }
    if (change.agent() != null) {
      line = line.addKeyValue("agent", change.agent());
    }
    if (change.waited() != null) {
      line = line.addKeyValue("waitedMs", change.waited().toMillis());
    }
    if (change.ran() != null) {
      line = line.addKeyValue("durationMs", change.ran().toMillis());
    }
    line.log("job changed");
  }
}
