package io.agentbus.http;

import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Collects one request body and never keeps more of it than is allowed. The beginning of a body is read from anybody; for
 * the rest its sender is admitted first, and it has a place among the bytes that the node holds at once. On the event
 * loop.
 */
final class BodyReader {
  /** Bytes that are read from anybody. */
  static final int FROM_ANYBODY = 32 << 10;

  private final Exchange exchange;
  private final HttpServerRequest request;
  private final int most;
  private final Exchange.Work admission;
  private final Context loop;
  /** Bytes of the node's allowance that this body takes. */
  private final AtomicLong taken = new AtomicLong();
  private @Nullable Buffer kept;
  /** Whether {@link #kept} is ours to append to, not a chunk as it came. */
  private boolean gathered;
  private boolean admitted;
  /** In the allowance for those who are not known yet; null for others. */
  private StrangerBodies.@Nullable Place place;
  private boolean refused;

  /** Takes a body that is whole. */
  @FunctionalInterface
  interface Whole {
    /** @param done to be called when the body is not needed any more; any thread */
    void accept(byte[] body, Runnable done);
  }

  /** @param admission refuses whoever may not send a large body; may wait */
  BodyReader(Exchange exchange, int most, Exchange.Work admission) {
    this.exchange = exchange;
    this.request = exchange.request();
    this.most = most;
    this.admission = admission;
    this.loop = exchange.share().vertx().getOrCreateContext();
  }

  /** Reads a body whose sender was found welcome before. */
  static BodyReader of(Exchange exchange, Welcome welcome) {
    var reader = new BodyReader(exchange, welcome.most(), () -> { });
    reader.admitted = true;
    if (!welcome.known()) {
      reader.place = exchange.share().strangers().place(() -> reader.loop.runOnContext(now -> reader.refuseOutpaced()));
    }
    return reader;
  }

  void read(Whole whole) {
    var expect = request.getHeader(HttpHeaders.EXPECT);
    if (expect != null && !expect.equalsIgnoreCase("100-continue")) {
      exchange.fail(ProblemException.invalid("", "The expectation '" + AccessLog.clean(expect)
          + "' is not met here; send none."));
      return;
    }
    var length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    var announced = length == null ? 0 : length.length() > 18 ? Long.MAX_VALUE : Long.parseLong(length);
    if (announced > FROM_ANYBODY && !admitted) {
      admit(() -> begin(announced, expect != null, whole));
    } else {
      begin(announced, expect != null, whole);
    }
  }

  private void begin(long announced, boolean asksFirst, Whole whole) {
    if (announced > most) {
      exchange.fail(tooLarge());
      return;
    }
    if (asksFirst) {
      request.response().writeContinue();
    }
    var gone = exchange.scope().onOver(this::giveBack);
    request.handler(this::keep);
    request.endHandler(end -> {
      gone.close();
      if (place != null && !place.keep()) {
        refuseOutpaced();
      }
      if (!refused) {
        whole.accept(kept == null ? new byte[0] : kept.getBytes(), this::giveBack);
      }
    });
  }

  /** Goes on when the sender is welcome; nothing is read meanwhile. */
  private void admit(Runnable then) {
    request.pause();
    exchange.work(() -> {
      admission.run();
      loop.runOnContext(now -> {
        admitted = true;
        then.run();
      });
    }, () -> loop.runOnContext(now -> {
      if (!admitted) {
        drop();
      }
      request.resume();
    }));
  }

  private void keep(Buffer chunk) {
    if (refused) {
      return;
    }
    var size = (kept == null ? 0 : kept.length()) + chunk.length();
    if (size > most) {
      refuse(tooLarge());
    } else if (!hasPlace(size)) {
      refuse(ProblemException.of(ProblemCode.UNAVAILABLE, "This node already holds as many large bodies as it may."));
    } else {
      append(chunk);
      if (size > FROM_ANYBODY && !admitted) {
        admit(() -> { });
      }
    }
  }

  private void append(Buffer chunk) {
    if (kept == null) {
      kept = chunk;
      return;
    }
    if (!gathered) {
      kept = Buffer.buffer(Math.min(most, 4 * (kept.length() + chunk.length()))).appendBuffer(kept);
      gathered = true;
    }
    kept.appendBuffer(chunk);
  }

  private boolean hasPlace(int size) {
    var more = size - FROM_ANYBODY - taken.get();
    if (more <= 0) {
      return true;
    }
    var share = exchange.share();
    if (place == null ? !share.takeBody(more) : !place.take(more)) {
      return false;
    }
    taken.addAndGet(more);
    return true;
  }

  private void giveBack() {
    var held = taken.getAndSet(0);
    if (place != null) {
      place.giveBack();
    } else {
      exchange.share().giveBackBody(held);
    }
  }

  /** The place has gone to bodies that come in faster. */
  private void refuseOutpaced() {
    if (!refused) {
      refuse(ProblemException.of(ProblemCode.UNAVAILABLE, "This body has held much room for long, and others whose senders are not known yet need it."));
    }
  }

  private void refuse(ProblemException problem) {
    drop();
    exchange.fail(problem);
  }

  private void drop() {
    refused = true;
    kept = null;
    giveBack();
  }

  private ProblemException tooLarge() {
    return ProblemException.of(ProblemCode.PAYLOAD_TOO_LARGE, "The body is larger than " + most + " bytes.")
        .with("limit_bytes", most);
  }
}
