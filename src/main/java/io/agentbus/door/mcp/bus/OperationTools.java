package io.agentbus.door.mcp.bus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.door.mcp.content.Asker;
import io.agentbus.door.mcp.content.Outcome;
import io.agentbus.door.mcp.content.Work;
import io.agentbus.op.CallScope;
import io.agentbus.op.EventFeed;
import io.agentbus.op.Limit;
import io.agentbus.op.Operation;
import io.agentbus.op.RecordShape;
import io.agentbus.op.Reply;
import io.agentbus.op.Right;
import io.agentbus.problem.ProblemException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Operations as tools. A refusal is a result that a model can read, not an error of the protocol. */
final class OperationTools {
  private static final String KEY = "io.agentbus/idempotencyKey";
  private static final String WAIT_SECONDS = "wait_seconds";
  private static final String CLAIM = "claim_jobs";
  private static final String CLAIM_ID = "claim_id";
  /** Clients give up on a silent call after a minute; only progress keeps them waiting. */
  private static final int MOST_SILENT_SECONDS = 45;
  private static final long PROGRESS_SECONDS = 5;

  private final Operations operations;
  private final ToolDescriptions descriptions;
  private final EventFeed feed;
  private final JobWatch jobs;
  private final JobTasks tasks;

  OperationTools(Operations operations, EventFeed feed, JobWatch jobs, JobTasks tasks) {
    this.operations = operations;
    this.descriptions = new ToolDescriptions(operations.catalogue());
    this.feed = feed;
    this.jobs = jobs;
    this.tasks = tasks;
  }

  List<ObjectNode> visibleTo(Asker asker) {
    var toolset = Toolset.ofWire(asker.view());
    return operations.catalogue().visibleTo(asker.caller()).stream().filter(toolset::has).map(descriptions::of).toList();
  }

  /** The tool of that name within the asker's toolset, also when his token may not use it: the call says so. */
  @Nullable ObjectNode find(Asker asker, String name) {
    var operation = operations.catalogue().find(name);
    return operation != null && Toolset.ofWire(asker.view()).has(operation) ? descriptions.of(operation) : null;
  }

  Outcome call(Work work, String name, ObjectNode arguments) {
    try {
      return name.equals(ToolDescriptions.ENQUEUE) && arguments.has(ToolDescriptions.WAIT) ? enqueue(work, arguments)
          : invoke(work, name, arguments);
    } catch (ProblemException refusal) {
      return new Outcome.Done(ToolResults.refusal(work.asker(), refusal));
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopping);
    }
  }

  private Outcome invoke(Work work, String name, ObjectNode arguments) throws InterruptedException {
    var operation = operations.catalogue().find(name);
    var seconds = operation == null ? 0 : waitIn(operation, arguments);
    var key = key(work);
    // Who can ask again for the same answer must find in it what he was given; it may be what he works on already.
    var canAskAgain = key != null || arguments.hasNonNull(CLAIM_ID);
    var reply = seconds == 0 ? operations.invoke(work.asker(), name, arguments, key)
        : invokeWaiting(work, name, arguments, key, seconds);
    return new Outcome.Done(ToolResults.answer(reply.json()),
        name.equals(CLAIM) && !canAskAgain ? giveBack(work.asker(), reply) : null);
  }

  private Reply invokeWaiting(Work work, String name, ObjectNode arguments, @Nullable String key, int seconds)
      throws InterruptedException {
    var most = work.wantsProgress() ? seconds : Math.min(seconds, MOST_SILENT_SECONDS);
    var input = arguments.deepCopy().put(WAIT_SECONDS, most);
    return waiting(work, most, () -> operations.invoke(work.asker(), name, input, key));
  }

  /** Seconds for which the call may wait; 0 when it does not, and for a number that the catalogue will refuse. */
  private int waitIn(Operation<?, ?, ?> operation, ObjectNode arguments) {
    var field = RecordShape.of(operation.input()).field(WAIT_SECONDS);
    var waits = field != null && field.field() != null && field.field().limit() == Limit.WAIT;
    var value = arguments.path(WAIT_SECONDS);
    return waits && value.isInt() && value.intValue() > 0 && value.intValue() <= operations.catalogue().limits().waitMax()
        ? value.intValue() : 0;
  }

  /** Works beside this thread, which says meanwhile how long it has waited. */
  private static Reply waiting(Work work, int seconds, Supplier<Reply> call) throws InterruptedException {
    var scope = CallScope.current();
    var done = new CompletableFuture<Reply>();
    Thread.ofVirtual().name("mcp-wait").start(() -> scope.call(() -> {
      try {
        done.complete(call.get());
      } catch (Throwable failure) {
        done.completeExceptionally(failure);
      }
      return true;
    }));
    for (var waited = PROGRESS_SECONDS; ; waited += PROGRESS_SECONDS) {
      try {
        return done.get(PROGRESS_SECONDS, TimeUnit.SECONDS);
      } catch (TimeoutException notYet) {
        work.progress(waited, (double) seconds, "waiting");
      } catch (ExecutionException failure) {
        throw failure.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(failure.getCause());
      }
    }
  }

  /** Releases what was claimed for a client that did not wait for it. */
  private @Nullable Runnable giveBack(Asker asker, Reply claimed) {
    var taken = Operations.tree(claimed).path("jobs");
    return taken.isEmpty() ? null : () -> taken.forEach(job -> release(asker, job));
  }

  private void release(Asker asker, JsonNode job) {
    var input = Operations.job(job.path("id").asText());
    input.set("fence", job.path("fence"));
    try {
      operations.invoke(asker, "release_job",
          input.put("reason", "nobody waited for the answer of the claim any more"), null);
    } catch (ProblemException lost) {
      // Its lease has ended in another way.
    }
  }

  private static @Nullable String key(Work work) {
    var key = work.meta().get(KEY);
    if (key == null) {
      return null;
    }
    if (!key.isTextual()) {
      throw ProblemException.invalid("", "_meta[\"" + KEY + "\"] is text.");
    }
    return key.textValue();
  }

  private Outcome enqueue(Work work, ObjectNode arguments) throws InterruptedException {
    var input = arguments.deepCopy();
    var wait = input.remove(ToolDescriptions.WAIT);
    if (!wait.isBoolean()) {
      throw ProblemException.invalid("/" + ToolDescriptions.WAIT, "must be true or false");
    }
    if (!wait.booleanValue()) {
      return invoke(work, ToolDescriptions.ENQUEUE, input);
    }
    // Who may not see the job cannot be told its end, and should hear so before there is a job.
    work.asker().caller().require(Right.READ);
    var before = feed.newest();
    var job = Operations.tree(operations.invoke(work.asker(), ToolDescriptions.ENQUEUE, input, key(work)));
    if (work.asker().takesTasks()) {
      return new Outcome.Began(tasks.summary(job));
    }
    var most = operations.catalogue().limits().waitMax();
    return new Outcome.Done(ToolResults.endedJob(
        jobs.await(work, job, before, work.wantsProgress() ? most : Math.min(most, MOST_SILENT_SECONDS))));
  }
}
