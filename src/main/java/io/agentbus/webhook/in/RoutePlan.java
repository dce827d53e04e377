package io.agentbus.webhook.in;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.cel.EventFacts;
import io.agentbus.event.EmitEvent;
import io.agentbus.event.EventOperations;
import io.agentbus.inbox.InboxOperations;
import io.agentbus.inbox.Notify;
import io.agentbus.job.EnqueueJob;
import io.agentbus.job.JobOperations;
import io.agentbus.op.InputReader;
import io.agentbus.op.Json;
import io.agentbus.op.Operation;
import io.agentbus.op.RecordShape;
import io.agentbus.problem.FieldError;
import io.agentbus.problem.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the routes of a source make of one webhook. Writes nothing. */
final class RoutePlan {
  static final String IGNORE = "ignore";
  /** What a route may make, by the operation whose input it fills. */
  static final Map<String, Operation<?, ?, ?>> ACTIONS = Map.of("job", JobOperations.ENQUEUE_JOB, "message", InboxOperations.NOTIFY,
      "event", EventOperations.EMIT_EVENT);
  /** Fields that only make sense beside other things of the same call, or say who calls. */
  private static final Set<String> NOT_FOR_ROUTES = Set.of("source_agent", "source_job_id", "parent_job_id", "depends_on", "ref", "reply_to");
  private static final List<String> TARGETS = List.of("target_agent", "target_capability", "target_tag");
  private static final int LONGEST_LINE = 200;

  private RoutePlan() {}

  /**
   * What one route makes of a webhook.
   *
   * @param whyNot why it does not match; null when it does
   * @param makes inputs by the names of {@link #ACTIONS}; null when it does not match or there is a fault
   * @param fault why what it should make cannot be made
   */
  record Outcome(SourceRoute route, @Nullable String whyNot, @Nullable ObjectNode makes, @Nullable String fault) {
    boolean matches() {
      return whyNot == null;
    }

    <I extends Record> @Nullable I input(String action, Operation<?, I, ?> operation) {
      return makes != null && makes.get(action) instanceof ObjectNode input ? InputReader.read(operation, input) : null;
    }

    @Nullable EnqueueJob job() {
      return input("job", JobOperations.ENQUEUE_JOB);
    }

    @Nullable Notify message() {
      return input("message", InboxOperations.NOTIFY);
    }

    @Nullable EmitEvent event() {
      return input("event", EventOperations.EMIT_EVENT);
    }
  }

  /** @param routes in the order in which they are looked at */
  static List<Outcome> of(List<SourceRoute> routes, Arrival arrival, CompiledRoutes compiled) {
    var facts = arrival.facts();
    var outcomes = new ArrayList<Outcome>(routes.size());
    String stopper = null;
    for (var route : routes) {
      if (stopper != null) {
        outcomes.add(new Outcome(route, "the route '" + stopper + "' before it matches and is the last", null, null));
        continue;
      }
      var whyNot = whyNot(route, facts, compiled);
      if (whyNot != null) {
        outcomes.add(new Outcome(route, whyNot, null, null));
        continue;
      }
      outcomes.add(made(route, facts, arrival, compiled));
      if (route.last()) {
        stopper = route.name();
      }
    }
    return outcomes;
  }

  private static @Nullable String whyNot(SourceRoute route, EventFacts facts, CompiledRoutes compiled) {
    if (route.when() == null) {
      return null;
    }
    var match = compiled.filter("/when", route.when()).match(facts);
    if (match.failure() != null) {
      return "when cannot be evaluated over it: " + match.failure();
    }
    return match.matches() ? null : "when answers false";
  }

  private static Outcome made(SourceRoute route, EventFacts facts, Arrival arrival, CompiledRoutes compiled) {
    try {
      var filled = (ObjectNode) Template.fill(compiled, route.then(), facts, "/then");
      ACTIONS.forEach((action, operation) -> {
        if (filled.get(action) instanceof ObjectNode input) {
          addUsual(action, input, arrival);
          refuse(action, () -> InputReader.read(operation, input));
        } else if (filled.has(action)) {
          throw ProblemException.invalid("/then/" + action, "must be an object");
        }
      });
      return new Outcome(route, null, filled, null);
    } catch (ProblemException unfit) {
      return new Outcome(route, null, null, words(unfit));
    }
  }

  /** What a template leaves open and the webhook can say. */
  private static void addUsual(String action, ObjectNode input, Arrival arrival) {
    if (action.equals("event")) {
      return;
    }
    if (arrival.defaultAgent() != null && TARGETS.stream().noneMatch(input::has)) {
      input.put("target_agent", arrival.defaultAgent());
    }
    var line = arrival.source() + " " + arrival.type();
    var name = action.equals("job") ? "subject" : "title";
    if (!input.has(name)) {
      input.put(name, line.length() <= LONGEST_LINE ? line : line.substring(0, LONGEST_LINE));
    }
    if (!input.has("payload")) {
      input.set("payload", arrival.usualPayload());
    }
  }

  /**
   * Refuses a template that could never be made: unknown fields, values of the wrong form, expressions that do not compile.
   *
   * @throws ProblemException {@code invalid_input} below {@code /then}
   */
  static void check(ObjectNode then, CompiledRoutes compiled) {
    var words = ACTIONS.keySet().stream().sorted().collect(Collectors.joining(", "));
    if (then.isEmpty()) {
      throw ProblemException.invalid("/then", "must hold at least one of " + words + ", or " + IGNORE + ": true");
    }
    then.properties().forEach(entry -> {
      if (entry.getKey().equals(IGNORE)) {
        if (!entry.getValue().isBoolean() || !entry.getValue().booleanValue() || then.size() > 1) {
          throw ProblemException.invalid("/then/" + IGNORE, "must be true, and stand alone");
        }
        return;
      }
      var operation = ACTIONS.get(entry.getKey());
      if (operation == null) {
        throw ProblemException.invalid("/then/" + entry.getKey(), "is none of " + words + " or " + IGNORE);
      }
      if (!(entry.getValue() instanceof ObjectNode template)) {
        throw ProblemException.invalid("/then/" + entry.getKey(), "must be an object with the fields of " + operation.name());
      }
      Template.check(compiled, template, "/then/" + entry.getKey());
      checkFields(entry.getKey(), operation, template);
    });
  }

  private static void checkFields(String action, Operation<?, ?, ?> operation, ObjectNode template) {
    var shape = RecordShape.of(operation.input());
    var closed = Json.MAPPER.createObjectNode();
    template.properties().forEach(field -> {
      if (NOT_FOR_ROUTES.contains(field.getKey())) {
        throw ProblemException.invalid("/then/" + action + "/" + field.getKey(), "is not for routes: a webhook comes from its source");
      }
      if (!Template.isOpen(field.getValue()) || shape.field(field.getKey()) == null) {
        closed.set(field.getKey(), field.getValue());
      }
    });
    try {
      InputReader.read(operation, closed);
    } catch (ProblemException refused) {
      // What is missing may yet be said by an expression or by the webhook itself.
      var errors = refused.errors().stream().filter(error -> !error.detail().startsWith("is required"))
          .map(error -> new FieldError("/then/" + action + error.pointer(), error.detail())).toList();
      if (!errors.isEmpty()) {
        throw ProblemException.invalid(errors);
      }
    }
    if (action.equals("event") && !template.has("topic")) {
      throw ProblemException.invalid("/then/event/topic", "is required: every webhook is an event of its own topic already");
    }
  }

  private static void refuse(String action, Runnable read) {
    try {
      read.run();
    } catch (ProblemException refused) {
      throw ProblemException.invalid(refused.errors().isEmpty() ? List.of(new FieldError("/then/" + action, refused.getMessage()))
          : refused.errors().stream().map(error -> new FieldError("/then/" + action + error.pointer(), error.detail())).toList());
    }
  }

  /** A refusal on one line. */
  static String words(ProblemException problem) {
    return problem.errors().isEmpty() ? problem.getMessage()
        : problem.errors().stream().limit(3).map(error -> error.pointer() + " " + error.detail()).collect(Collectors.joining("; "));
  }
}
