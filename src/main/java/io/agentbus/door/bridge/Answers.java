package io.agentbus.door.bridge;

import io.agentbus.http.ProblemAnswer;
import io.agentbus.id.Ids;
import io.agentbus.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** What the client of one connection hears: answers to its frames, and what it is told. Nothing once the connection has ended. */
final class Answers {
  private final Wire wire;
  private final Outbox outbox;
  private final BooleanSupplier ended;

  Answers(Wire wire, Outbox outbox, BooleanSupplier ended) {
    this.wire = wire;
    this.outbox = outbox;
    this.ended = ended;
  }

  /** Something that is no answer. */
  void tell(byte[] frame) {
    if (!ended.getAsBoolean()) {
      outbox.send(frame);
    }
  }

  void reply(Frame to, Map<String, String> headers, byte[] json) {
    if (to.replyAddress() != null) {
      tell(wire.message(to.replyAddress(), null, headers, json, true));
    }
  }

  void refuse(Frame frame, ProblemException refusal) {
    refuse(frame, refusal, Ids.next().toString());
  }

  void refuse(Frame frame, ProblemException refusal, String requestId) {
    if (frame.replyAddress() != null) {
      var problem = new String(ProblemAnswer.body(refusal, requestId, null), StandardCharsets.UTF_8);
      tell(wire.failure(frame.replyAddress(), frame.address(), refusal.code().httpStatus(), Wire.RECIPIENT_FAILURE, problem));
    }
  }
}
