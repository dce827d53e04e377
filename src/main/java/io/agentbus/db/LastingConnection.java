package io.agentbus.db;

import io.agentbus.config.DatabaseUrl;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection outside the pool that is opened when it is needed, and again after it was cut. An outage is one line of
 * the log when it begins and one when it is over, however many callers meet it. Any thread.
 */
public final class LastingConnection {
  private static final Logger LOG = LoggerFactory.getLogger(LastingConnection.class);
  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 2_000;

  private final Vertx vertx;
  private final String name;
  private final Connector connector;
  private final @Nullable Duration answerLimit;
  private @Nullable Future<PgConnection> open;
  private @Nullable Function<PgConnection, Future<?>> greeting;
  private long downSince;
  private boolean down;
  private boolean closed;

  /**
   * Connects to nothing yet.
   *
   * @param name what it is for, in the log
   * @param url says where the database is now: {@code postgresql://user:password@host:port/database}
   * @param settings of the server, on top of those that every connection has
   */
  public LastingConnection(Vertx vertx, String name, Supplier<String> url, Map<String, String> settings) {
    this.vertx = vertx;
    this.name = name;
    this.connector = new Connector(vertx, url, settings);
    this.answerLimit = Connecting.answerLimit(Connecting.options(DatabaseUrl.of(url.get())));
  }

  /**
   * Sends statements and hands on their answer. When the database does not answer, the connection is given up, so that
   * the next caller gets a new one.
   */
  public <T> Future<T> use(Function<PgConnection, Future<T>> work) {
    return connection().compose(connection -> {
      var answer = work.apply(connection);
      var inTime = answerLimit == null ? answer : answer.timeout(answerLimit.toMillis(), TimeUnit.MILLISECONDS);
      return inTime.onFailure(failure -> {
        if (PgErrors.isOutage(failure)) {
          lost(connection, failure);
          Wire.cut(connection);
        }
      });
    });
  }

  /**
   * Opens it now, and by itself again as soon as that goes when it was cut.
   *
   * @param greeting what is said on each new connection first
   * @return fails when the first try fails; there is no second then
   */
  public Future<Void> keepOpen(Function<PgConnection, Future<?>> greeting) {
    synchronized (this) {
      this.greeting = greeting;
    }
    return connection().onFailure(failure -> {
      synchronized (this) {
        this.greeting = null;
      }
    }).mapEmpty();
  }

  /** Closes it for good; what is in flight is answered first. */
  public Future<Void> close() {
    Future<PgConnection> current;
    synchronized (this) {
      closed = true;
      current = open;
    }
    return current == null ? Future.succeededFuture() : current.compose(PgConnection::close).otherwiseEmpty();
  }

  private synchronized Future<PgConnection> connection() {
    if (closed) {
      return Future.failedFuture(ProblemException.of(ProblemCode.UNAVAILABLE, "The node is stopping; ask another or try again."));
    }
    if (open == null) {
      var opening = open();
      open = opening;
      opening.onFailure(failure -> failed(opening, failure));
    }
    return open;
  }

  private Future<PgConnection> open() {
    return connector.connect(vertx.getOrCreateContext()).map(PgConnection::cast).compose(connection -> {
      var said = new AtomicReference<@Nullable Throwable>();
      // Without it the driver prints a stack trace beside the log. The first one is what the server says before it closes.
      connection.exceptionHandler(failure -> said.compareAndSet(null, failure));
      connection.closeHandler(ignored -> lost(connection, said.get()));
      return greet(connection).map(connection).onFailure(failure -> connection.close());
    }).onSuccess(this::opened);
  }

  private Future<?> greet(PgConnection connection) {
    Function<PgConnection, Future<?>> said;
    synchronized (this) {
      said = greeting;
    }
    return said == null ? Future.succeededFuture() : said.apply(connection);
  }

  private void opened(PgConnection connection) {
    long millis;
    synchronized (this) {
      if (!down) {
        return;
      }
      down = false;
      millis = (System.nanoTime() - downSince) / 1_000_000;
    }
    LOG.atInfo().addKeyValue("connection", name).addKeyValue("durationMs", millis).log("a database connection is back");
  }

  /** Nobody gets this connection any more. Called for each caller that noticed; the first one counts. */
  private void lost(PgConnection connection, @Nullable Throwable why) {
    synchronized (this) {
      if (open == null || open.result() != connection) {
        return;
      }
      open = null;
    }
    outage("a database connection was cut", why);
    openAgain(0);
  }

  private void failed(Future<PgConnection> opening, Throwable why) {
    synchronized (this) {
      if (open != opening) {
        return;
      }
      open = null;
    }
    outage("a database connection cannot be opened", why);
  }

  private void outage(String what, @Nullable Throwable why) {
    synchronized (this) {
      if (closed || down) {
        LOG.atDebug().setCause(why).addKeyValue("connection", name).log(what);
        return;
      }
      down = true;
      downSince = System.nanoTime();
    }
    LOG.atWarn().addKeyValue("connection", name).addKeyValue("cause", PgErrors.words(why)).log(what + "; it is opened again");
    LOG.atDebug().setCause(why).addKeyValue("connection", name).log(what);
  }

  private void openAgain(int tries) {
    synchronized (this) {
      if (greeting == null || closed) {
        return;
      }
    }
    var pause = tries == 0 ? 1 : Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(tries, 5));
    vertx.setTimer(pause, ignored -> connection().onFailure(failure -> openAgain(tries + 1)));
  }
}
