package io.agentbus.door.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.op.Call;
import io.agentbus.op.CallScope;
import io.agentbus.op.Catalogue;
import io.agentbus.op.Effect;
import io.agentbus.op.Field;
import io.agentbus.op.Operation;
import io.agentbus.op.Right;
import io.agentbus.op.Route;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A small feature that uses every way in which an operation can be offered. */
final class ThingOperations {
  record MakeThing(@Field(value = "Its name.", required = true) String name,
      @Field("Its words.") @Nullable List<String> tags,
      @Field("Its size.") @Nullable Integer size) {}

  record Thing(@Field("Its id.") UUID id, @Field("Its name.") String name,
      @Field("Whether it was there.") boolean duplicate,
      @Field("Its words.") List<String> tags) {}

  record ThingRef(@Field(value = "Its name.", required = true) String name, @Field("Why.") @Nullable String reason) {}

  record FindThings(@Field("At most.") @Nullable Integer limit, @Field("Where to go on.") @Nullable String cursor,
      @Field("With these words.") @Nullable List<String> tags,
      @Field("With these sizes.") @Nullable List<Integer> sizes,
      @Field("Pinned ones.") @Nullable Boolean pinned, @Field("Least share.") @Nullable Double share,
      @Field("With this inside.") @Nullable ObjectNode where, @Field("Made by this one.") @Nullable UUID maker) {}

  record Things(@Field("What was found.") List<FindThings> items, @Field("Where to go on.") @Nullable String next) {}

  record Waiting(@Field("Longest wait.") int seconds) {}

  record Waited(@Field("Whether nobody waits any more.") boolean over) {}

  record Refusal(@Field(value = "Which.", required = true) String code) {}

  record Nothing() {}

  record Who(@Field("Who calls.") String name) {}

  static final Operation<ThingOperations, MakeThing,
      Thing> MAKE = new Operation<>("make_thing", "Makes a thing.", Right.ASK,
      Effect.WRITE, Route.post("/things"), ThingOperations.class, MakeThing.class, Thing.class, ThingOperations::make);
  static final Operation<ThingOperations, ThingRef,
      Thing> GET = new Operation<>("get_thing", "Answers a thing.", Right.READ,
      Effect.READ, Route.get("/things/{name}"), ThingOperations.class, ThingRef.class, Thing.class,
      ThingOperations::get);
  static final Operation<ThingOperations, FindThings,
      Things> FIND = new Operation<>("find_things", "Finds things.", Right.READ,
      Effect.READ, Route.get("/things"), ThingOperations.class, FindThings.class, Things.class, ThingOperations::find);
  static final Operation<ThingOperations, ThingRef,
      Thing> TOUCH = new Operation<>("touch_thing", "Touches a thing.", Right.ASK,
      Effect.WRITE, Route.post("/things/{name}/touch"), ThingOperations.class, ThingRef.class, Thing.class,
      ThingOperations::get);
  static final Operation<ThingOperations, ThingRef,
      Thing> DROP = new Operation<>("drop_thing", "Drops a thing.", Right.OPERATE,
      Effect.DESTROY, Route.delete("/things/{name}"), ThingOperations.class, ThingRef.class, Thing.class,
      ThingOperations::get);
  static final Operation<ThingOperations, Waiting, Waited> WAIT = new Operation<>("wait_thing", "Waits.", Right.WORK,
      Effect.WRITE, Route.post("/waits"), ThingOperations.class, Waiting.class, Waited.class, ThingOperations::await);
  static final Operation<ThingOperations, Refusal, Who> REFUSE = new Operation<>("refuse_thing", "Refuses.", Right.READ,
      Effect.READ, Route.get("/refusals/{code}"), ThingOperations.class, Refusal.class, Who.class,
      ThingOperations::refuse);
  static final Operation<ThingOperations, Nothing, Who> JOIN = new Operation<>("join_thing", "Joins.", Right.NONE,
      Effect.WRITE, Route.post("/joins"), ThingOperations.class, Nothing.class, Who.class, ThingOperations::join);

  final Map<String, Thing> things = new ConcurrentHashMap<>();
  final AtomicInteger made = new AtomicInteger();
  final AtomicInteger waiting = new AtomicInteger();
  final AtomicInteger leftAlone = new AtomicInteger();

  Catalogue bind(Catalogue catalogue) {
    return catalogue.bind(MAKE, this).bind(GET, this).bind(FIND, this).bind(TOUCH, this).bind(DROP, this)
        .bind(WAIT, this)
        .bind(REFUSE, this).bind(JOIN, this);
  }

  private Thing make(Call call, MakeThing input) {
    made.incrementAndGet();
    var fresh = new Thing(UUID.randomUUID(), input.name(), false, input.tags() == null ? List.of() : input.tags());
    var known = things.putIfAbsent(input.name(), fresh);
    return known == null ? fresh : new Thing(known.id(), known.name(), true, known.tags());
  }

  private Thing get(Call call, ThingRef input) {
    var thing = things.get(input.name());
    if (thing == null) {
      throw ProblemException.notFound("thing", input.name());
    }
    return thing;
  }

  /** Answers what was asked for, so that a test sees how a query was read. */
  private Things find(Call call, FindThings input) {
    return new Things(List.of(input), input.limit() == null ? null : "after " + input.limit() + "&more");
  }

  private Waited await(Call call, Waiting input) {
    var scope = CallScope.current();
    var done = new CountDownLatch(1);
    waiting.incrementAndGet();
    try (var waking = scope.onOver(done::countDown)) {
      done.await(input.seconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    waiting.decrementAndGet();
    if (scope.over()) {
      leftAlone.incrementAndGet();
    }
    return new Waited(scope.over());
  }

  private Who refuse(Call call, Refusal input) {
    throw ProblemException.of(ProblemCode.ofWire(input.code()), "As asked.").with("retry_after_seconds", 7);
  }

  private Who join(Call call, Nothing input) {
    return new Who(call.caller().name());
  }
}
