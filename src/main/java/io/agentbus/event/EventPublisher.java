package io.agentbus.event;

import io.agentbus.bus.Addresses;
import io.agentbus.bus.Messages;
import io.vertx.core.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes the events on the event bus, each at the address of its topic, in the order of their positions.
 *
 * <p>Of a cluster one node does it for all, and another goes on from where that one last said it was: after a node's death events may
 * come twice, and none is left out. A node without a cluster publishes to those who listen within it, from the moment at which the first
 * of them begins to; while nobody does it reads nothing. One loop runs it.
 */
public final class EventPublisher {
  private static final Logger LOG = LoggerFactory.getLogger(EventPublisher.class);

  private final EventLog log;
  private final Messages messages;
  private final PublisherRight right;
  private final EventPublisherConfig config;
  private final boolean shared;
  /** Everything up to here was published, or was not to be. */
  private final AtomicLong position = new AtomicLong();
  private boolean begun;
  private volatile boolean holding;
  private volatile boolean stopping;
  private long holdDue = System.nanoTime();

  public EventPublisher(EventLog log, Messages messages, PublisherRight right, EventPublisherConfig config) {
    this(log, messages, right, config, messages.clustered());
  }

  /** @param shared whether other nodes are on the same bus */
  EventPublisher(EventLog log, Messages messages, PublisherRight right, EventPublisherConfig config, boolean shared) {
    this.log = log;
    this.messages = messages;
    this.right = right;
    this.config = config;
    this.shared = shared;
    if (!shared) {
      messages.beforeListening(this::skipUnheard);
    }
  }

  /** Whether news are to be read at once. Any thread. */
  boolean wantsNews() {
    return shared ? holding : messages.listensBelow(Addresses.EVENT);
  }

  /** Publishes what is new. Virtual threads only. */
  void run() {
    if (shared) {
      if (hold()) {
        publish();
      }
    } else {
      skipUnheard();
      if (!begun) {
        // Until the sequencer has run here once, nobody in this process knows which position is the newest.
        forwardTo(log.newest());
        begun = true;
      }
      publish();
    }
  }

  /** Publishes no more after the page under way. Any thread. */
  void stop() {
    stopping = true;
  }

  /** Lets another node go on at once. Call when the loop has ended. */
  Future<Void> leave() {
    if (!holding) {
      return Future.succeededFuture();
    }
    holding = false;
    return right.giveUp(position.get());
  }

  /** What nobody listens to is not published later either. */
  private void skipUnheard() {
    var newest = log.newestKnown();
    if (!messages.listensBelow(Addresses.EVENT)) {
      forwardTo(newest);
    }
  }

  private void forwardTo(long newest) {
    position.accumulateAndGet(newest, Math::max);
  }

  /** Whether this node is the one that publishes; asks the database when it is time to. */
  private boolean hold() {
    if (System.nanoTime() - holdDue < 0) {
      return holding;
    }
    holdDue = System.nanoTime() + config.renewEvery().toNanos();
    var from = right.hold(holding ? position.get() : null, config.takeOverAfter());
    if (from != null && !holding) {
      position.set(from);
      LOG.atInfo().addKeyValue("position", from).log("this node publishes the events on the event bus now");
    } else if (from == null && holding) {
      LOG.atWarn().log("another node publishes the events on the event bus: this one was silent for too long");
    }
    holding = from != null;
    return holding;
  }

  private void publish() {
    while (!stopping && position.get() < log.newestKnown()) {
      var from = position.get();
      var page = log.behind(from, config.pageSize());
      for (var item : page.items()) {
        var address = Addresses.event(item.topic());
        if (shared || messages.listensAt(address)) {
          messages.publish(address, item.json());
        }
      }
      forwardTo(page.position());
      if (page.position() <= from || (shared && !hold())) {
        return;
      }
    }
  }
}
