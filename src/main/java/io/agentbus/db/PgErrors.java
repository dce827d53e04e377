package io.agentbus.db;

import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.core.Future;
import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What SQLSTATEs and broken connections mean: read here and nowhere else. */
public final class PgErrors {
  /** No connection left, no such database, idle in a transaction for too long. */
  private static final Set<String> OUTAGES = Set.of("53300", "3D000", "25P03");

  private PgErrors() {}

  /** Waits for a database answer; an outage or a lost race becomes the problem {@code unavailable}, other failures pass through. */
  public static <T> T await(Future<T> future) {
    try {
      return future.await();
    } catch (Throwable failure) {
      throw translate(failure);
    }
  }

  /** The failure as an unchecked exception; an outage or a lost race as the problem {@code unavailable}. */
  public static RuntimeException translate(Throwable failure) {
    if (failure instanceof ProblemException problem) {
      return problem;
    }
    if (failure instanceof InterruptedException) {
      Thread.currentThread().interrupt();
      return ProblemException.of(ProblemCode.UNAVAILABLE, "The node is stopping; nothing is known to have changed. Try again.").causedBy(failure);
    }
    if (isOutage(failure)) {
      return ProblemException.of(ProblemCode.UNAVAILABLE, "The database does not answer; nothing is known to have changed. Try again.")
          .causedBy(failure);
    }
    if (isStopped(failure)) {
      return ProblemException.of(ProblemCode.UNAVAILABLE, "The database ended the statement before it was done, because it took too long"
          + " or somebody cancelled it; nothing was changed. Try again.").causedBy(failure);
    }
    if (isRetryable(failure)) {
      return ProblemException.of(ProblemCode.UNAVAILABLE, "Another change of the same things came first; nothing was changed. Try again.")
          .causedBy(failure);
    }
    return failure instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(failure);
  }

  /**
   * Whether the server is away, starting, stopping or out of connections, is another one that does not know us (28, 3D000), or has
   * cut this one because the node was too slow with its next statement (25P03 in a transaction, 57P05 outside), so that trying
   * again later makes sense.
   */
  public static boolean isOutage(Throwable failure) {
    if (failure instanceof PgException pg) {
      var state = sqlState(pg);
      return state != null && (state.startsWith("08") || state.startsWith("28") || state.startsWith("57P") || OUTAGES.contains(state));
    }
    if (failure instanceof IOException || failure instanceof VertxException || failure instanceof TimeoutException) {
      return true;
    }
    var message = failure.getMessage();
    return message != null && (message.contains("Connection is not active") || message.contains("Timeout")
        || message.contains("connection was closed") || message.contains("Connection closed"));
  }

  /** Whether one of the values in the statement was at fault (classes 22 and 23), rather than the server or the statement. */
  public static boolean isDataFault(Throwable failure) {
    var state = sqlState(failure);
    return state != null && (state.startsWith("22") || state.startsWith("23"));
  }

  /** Whether a serialization failure or a deadlock ended the statement: running it again is right. */
  public static boolean isRetryable(Throwable failure) {
    var state = sqlState(failure);
    return "40001".equals(state) || "40P01".equals(state);
  }

  /** Whether the server ended a statement at {@code statement_timeout}, or because somebody cancelled it. */
  public static boolean isStopped(Throwable failure) {
    return "57014".equals(sqlState(failure));
  }

  /** Whether a statement gave up waiting for a lock, as {@code lock_timeout} told it to. */
  public static boolean isLockTimeout(Throwable failure) {
    return "55P03".equals(sqlState(failure));
  }

  /** Why a connection was lost or a statement failed, on one line for the log. */
  public static String words(@Nullable Throwable failure) {
    return switch (failure) {
      case null -> "the other side closed it";
      case PgException pg -> pg.getErrorMessage() + " (" + pg.getSqlState() + ")";
      case TimeoutException _ -> "no answer in time";
      default -> failure.getMessage() == null ? failure.toString() : failure.getMessage().lines().findFirst().orElse(failure.toString());
    };
  }

  private static @Nullable String sqlState(Throwable failure) {
    return failure instanceof PgException pg ? pg.getSqlState() : null;
  }
}
