package io.agentbus.http;

import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Collects one request body and never keeps more of it than is allowed. On the event loop. */
final class BodyReader {
  private final Exchange exchange;
  private final int most;
  private @Nullable Buffer kept;
  /** Whether {@link #kept} is ours to append to, not a chunk as it came. */
  private boolean gathered;
  private boolean refused;

  BodyReader(Exchange exchange, int most) {
    this.exchange = exchange;
    this.most = most;
  }

  void read(Consumer<byte[]> whole) {
    var request = exchange.request();
    var length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    if (length != null && (length.length() > 18 || Long.parseLong(length) > most)) {
      exchange.fail(tooLarge());
      return;
    }
    var expect = request.getHeader(HttpHeaders.EXPECT);
    if (expect != null) {
      if (!expect.equalsIgnoreCase("100-continue")) {
        exchange.fail(ProblemException.invalid("", "The expectation '" + AccessLog.clean(expect)
            + "' is not met here; send none."));
        return;
      }
      request.response().writeContinue();
    }
    request.handler(this::keep);
    request.endHandler(done -> {
      if (!refused) {
        whole.accept(kept == null ? new byte[0] : kept.getBytes());
      }
    });
  }

  private void keep(Buffer chunk) {
    if (refused) {
      return;
    }
    if ((kept == null ? 0 : kept.length()) + chunk.length() > most) {
      refused = true;
      kept = null;
      exchange.fail(tooLarge());
    } else if (kept == null) {
      kept = chunk;
    } else {
      if (!gathered) {
        kept = Buffer.buffer(Math.min(most, 4 * (kept.length() + chunk.length()))).appendBuffer(kept);
        gathered = true;
      }
      kept.appendBuffer(chunk);
    }
  }

  private ProblemException tooLarge() {
    return ProblemException.of(ProblemCode.PAYLOAD_TOO_LARGE, "The body is larger than " + most + " bytes.")
        .with("limit_bytes", most);
  }
}
