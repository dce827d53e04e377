package io.agentbus.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.app.Bus;
import io.agentbus.app.BusSettings;
import io.agentbus.job.Outage;
import io.agentbus.job.RetryPolicy;
import io.agentbus.loop.Loop;
import io.agentbus.op.Caller;
import io.agentbus.op.Invocation;
import io.agentbus.op.Json;
import io.agentbus.op.Limits;
import io.agentbus.problem.ProblemException;
import io.agentbus.testkit.TestBus;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A node in the test's process: its own services and connections, and the loops that a node runs. */
final class BusNode implements SimNode {
  private static final RetryPolicy QUICK = new RetryPolicy(0.05, 0.5);
  /** Longer than any call of the test may take: then the node counts as gone. */
  private static final int ANSWER_SECONDS = 15;

  private record Running(Vertx vertx, Bus bus, List<Loop> loops, ExecutorService threads) {}

  private final String url;
  private final String name;
  private volatile @Nullable Running running;

  BusNode(String url, String name) {
    this.url = url;
    this.name = name;
    restart();
  }

  @Override
  public JsonNode call(String token, String operation, String input, @Nullable String key) {
    var now = running;
    if (now == null) {
      throw new Gone(new IllegalStateException(name + " does not run"));
    }
    try {
      return now.threads().submit(() -> read(now.bus().catalogue().invoke(new Invocation(operation,
          token.isEmpty() ? Caller.anonymous() : now.bus().authenticator().authenticate(token), (ObjectNode) read(input.getBytes()), key, name)).json()))
          .get(ANSWER_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException failure) {
      if (failure.getCause() instanceof ProblemException refusal) {
        throw refusal;
      }
      throw new Gone(failure.getCause());
    } catch (RejectedExecutionException | TimeoutException gone) {
      throw new Gone(gone);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new Gone(interrupted);
    }
  }

  @Override
  public void crash() {
    var was = running;
    running = null;
    if (was != null) {
      was.loops().forEach(Loop::stop);
      was.bus().stop();
      was.vertx().close();
      was.threads().shutdownNow();
    }
  }

  @Override
  public void restart() {
    var vertx = Vertx.vertx();
    var bus = Bus.open(vertx, url, new BusSettings(name, "test", List.of("api"), TestBus.home(), 16, QUICK, 1_000, Limits.DEFAULT,
        new Outage(5, 1), null));
    running = new Running(vertx, bus, List.of(
        Loop.every("sweep", Duration.ofMillis(50), () -> {
          bus.sweeps().serve();
          bus.sweeps().expire(1_000);
          bus.sweeps().review(1_000);
          bus.dependencies().sweep(1_000);
        }).start(),
        Loop.every("due", Duration.ofMillis(20), () -> bus.sweeps().moveDue(1_000)).start(),
        Loop.every("sequence", Duration.ofMillis(50), () -> bus.sequencer().run()).start()), Executors.newVirtualThreadPerTaskExecutor());
  }

  @Override
  public void close() {
    var was = running;
    running = null;
    if (was != null) {
      was.loops().stream().map(Loop::stop).forEach(BusNode::join);
      was.threads().close();
      join(was.bus().stop());
      join(was.vertx().close());
    }
  }

  private static void join(Future<?> future) {
    future.toCompletionStage().toCompletableFuture().join();
  }

  private static JsonNode read(byte[] json) {
    try {
      return Json.MAPPER.readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
