package io.agentbus.sim;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.problem.ProblemException;
import org.jspecify.annotations.Nullable;

/** A node that claimers work with, and that may be gone at any moment. */
interface SimNode extends AutoCloseable {
  /** The node gave no answer: what was asked may have been done or not. */
  final class Gone extends RuntimeException {
    private static final long serialVersionUID = 1;

    Gone(Throwable cause) {
      super(cause);
    }
  }

  /**
   * Calls an operation.
   *
   * @throws ProblemException a refusal
   * @throws Gone no answer
   */
  default JsonNode call(String token, String operation, String input) {
    return call(token, operation, input, null);
  }

  /** The same. @param key Idempotency-Key, or null */
  JsonNode call(String token, String operation, String input, @Nullable String key);

  /** Ends without letting anything finish. */
  void crash();

  /** Starts again after a crash; returns when it serves. */
  void restart();

  @Override
  void close();
}
