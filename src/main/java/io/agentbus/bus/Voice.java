package io.agentbus.bus;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One way by which a node says hints to others: the first after a pause at once, and those that come while one is under way, and a gap
 * longer, as one. Thread-safe.
 */
final class Voice {
  private static final Logger LOG = LoggerFactory.getLogger(Voice.class);
  /** Most queues, and most boxes, said at once: a NOTIFY may have 8,000 bytes. */
  private static final int MOST_AT_ONCE = 200;

  private final Vertx vertx;
  private final Context loop;
  private final long gapMillis;
  private final Function<Hints, Future<?>> way;
  private final Set<Integer> queues = new LinkedHashSet<>();
  private final Set<Integer> boxes = new LinkedHashSet<>();
  private boolean room;
  private boolean news;
  private boolean changes;
  private long newest;
  private long said;
  private boolean saying;
  private boolean closed;

  /**
   * @param gapMillis least time between the end of one saying and the next
   * @param way sends; called on an event loop. A failure loses the hints, which costs the hearers a poll
   * @param newest number of the last hint before the first that this voice is to say
   */
  Voice(Vertx vertx, long gapMillis, Function<Hints, Future<?>> way, long newest) {
    this.vertx = vertx;
    this.loop = vertx.getOrCreateContext();
    this.gapMillis = gapMillis;
    this.way = way;
    this.newest = newest;
    this.said = newest;
  }

  synchronized void ready(int queueId, long number) {
    queues.add(queueId);
    newest = number;
    speakSoon();
  }

  synchronized void mail(int agentNo, long number) {
    boxes.add(agentNo);
    newest = number;
    speakSoon();
  }

  synchronized void room(long number) {
    room = true;
    newest = number;
    speakSoon();
  }

  synchronized void news(long number) {
    news = true;
    newest = number;
    speakSoon();
  }

  synchronized void changes(long number) {
    changes = true;
    newest = number;
    speakSoon();
  }

  /** Says nothing any more. */
  synchronized void close() {
    closed = true;
  }

  private void speakSoon() {
    if (!saying) {
      saying = true;
      loop.runOnContext(_ -> speak());
    }
  }

  private void speak() {
    var hints = take();
    if (hints != null) {
      way.apply(hints).onComplete(done -> {
        if (done.failed()) {
          LOG.debug("a wake-up was not sent", done.cause());
        }
        vertx.setTimer(gapMillis, _ -> speak());
      });
    }
  }

  private synchronized @Nullable Hints take() {
    if (closed || (queues.isEmpty() && boxes.isEmpty() && !room && !news && !changes)) {
      saying = false;
      return null;
    }
    var someQueues = some(queues);
    var someBoxes = some(boxes);
    var upTo = queues.isEmpty() && boxes.isEmpty() ? newest : said;
    var hints = new Hints(someQueues, someBoxes, room, news, changes, said, upTo);
    room = false;
    news = false;
    changes = false;
    said = upTo;
    return hints;
  }

  /** Takes out as many as are said at once. */
  private static List<Integer> some(Set<Integer> waiting) {
    var some = waiting.stream().limit(MOST_AT_ONCE).toList();
    some.forEach(waiting::remove);
    return some;
  }
}
