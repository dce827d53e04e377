package io.agentbus.door.mcp.conformance;

import static io.agentbus.door.mcp.conformance.FixtureTool.of;
import static io.agentbus.door.mcp.conformance.FixtureTool.text;

import io.agentbus.door.mcp.content.Outcome;
import io.agentbus.door.mcp.content.Results;
import io.agentbus.op.CallScope;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Takes something in the very moment in which its client stops waiting. Of our own tests, not of the suite. */
final class FixtureTaking {
  private final AtomicInteger givenBack = new AtomicInteger();

  List<FixtureTool> tools() {
    return List.of(
        of("take_when_left", "Takes something when nobody waits for it any more.", (work, arguments) -> {
          var left = new CountDownLatch(1);
          try (var _ = CallScope.current().onOver(left::countDown)) {
            left.await(30, TimeUnit.SECONDS);
          }
          return new Outcome.Done(Results.text("Taken."), givenBack::incrementAndGet);
        }),
        of("given_back", "How often that was given back.", (work, arguments) -> text(givenBack.toString())));
  }
}
