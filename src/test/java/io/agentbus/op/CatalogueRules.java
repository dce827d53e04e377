package io.agentbus.op;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.problem.ProblemException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** What every operation must keep to, whichever feature declares it. Says what is wrong in a line each. */
public final class CatalogueRules {
  private static final Pattern PATH = Pattern.compile("(/([a-z0-9-]+|\\{[a-z0-9_]+}))+");

  private final List<String> broken = new ArrayList<>();
  private final Map<String, String> routes = new HashMap<>();
  private final Map<String, String> templates = new HashMap<>();
  private final Set<String> names = new HashSet<>();

  private CatalogueRules() {}

  /** The rules broken by these operations, each as {@code enqueue_job: ...}; empty when all is well. */
  public static List<String> brokenBy(Collection<? extends Operation<?, ?, ?>> operations) {
    var rules = new CatalogueRules();
    operations.forEach(rules::check);
    return rules.broken;
  }

  private void check(Operation<?, ?, ?> operation) {
    rule(operation, names.add(operation.name()), "the name is taken");
    rule(operation, isSentence(operation.summary()), "the summary is not one sentence: '" + operation.summary() + "'");
    checkRoute(operation);
    rule(operation, operation.output().isRecord(), "the output " + operation.output().getName() + " is not a record");
    if (operation.output().isRecord()) {
      checkFields(operation, RecordShape.of(operation.output()), "output", new HashSet<>());
    }
    checkFields(operation, RecordShape.of(operation.input()), "input", new HashSet<>());
    checkPositions(operation);
    checkExample(operation);
    // What cannot be generated must fail here and not when a client asks.
    Schemas.input(operation);
    Schemas.output(operation);
  }

  private void checkRoute(Operation<?, ?, ?> operation) {
    var route = operation.route();
    rule(operation, PATH.matcher(route.path()).matches(), "the path " + route.path()
        + " is not words in lower case and fields in braces");
    var form = route.path().replaceAll("\\{[^}]*}", "{}");
    var other = routes.put(route.method() + " " + form, operation.name());
    rule(operation, other == null, "its route " + route.method() + " " + route.path() + " belongs to " + other);
    var template = templates.putIfAbsent(form, route.path());
    rule(operation, template == null || template.equals(route.path()), "its path " + route.path()
        + " is elsewhere written " + template);
    rule(operation, operation.effect() == Effect.READ || !route.method().equals("GET"),
        "it changes something and its route is a GET");
    for (var name : route.pathFields()) {
      var field = RecordShape.of(operation.input()).field(name);
      rule(operation, field != null, "the path field '" + name + "' is no field of its input");
      rule(operation, field == null || field.required() || field.description().contains("absent"),
          "the path field '" + name + "' is neither required nor says what its absence means");
    }
  }

  private void checkFields(Operation<?, ?, ?> operation, RecordShape shape, String role, Set<Class<?>> seen) {
    rule(operation, seen.add(shape.type()), "its " + role + " holds the record " + shape.type().getSimpleName()
        + " within itself");
    for (var field : shape.fields()) {
      var where = role + " field '" + field.name() + "' of " + shape.type().getSimpleName();
      rule(operation, isSentence(field.description()), where + " is not described by a sentence: '"
          + field.description() + "'");
      rule(operation, field.pattern().isEmpty() || compiles(field.pattern()), where + " has a pattern that is none: "
          + field.pattern());
      if (role.equals("input")) {
        rule(operation, field.pattern().isEmpty() || field.value().leaf().kind() == ValueShape.Kind.TEXT, where
            + " has a pattern and is not text");
        rule(operation, field.pattern().isEmpty() || field.field() == null || !field.field().shape().isEmpty(), where
            + " has a pattern and no words for it (shape)");
        rule(operation, field.required() || !isNumber(field.component().getType()), where
            + " may be absent, which a primitive number cannot tell from 0");
        checkSample(operation, field, where, field.field() == null ? "" : field.field().def());
        checkSample(operation, field, where, field.field() == null ? "" : field.field().example());
      }
      if (field.value().leaf().kind() == ValueShape.Kind.RECORD) {
        checkFields(operation, field.value().leaf().record(), role, new HashSet<>(seen));
      }
    }
  }

  /** A default or example must be a value that the field takes. */
  private void checkSample(Operation<?, ?, ?> operation, FieldShape field, String where, String json) {
    if (json.isEmpty()) {
      return;
    }
    try {
      var faults = new Faults();
      ValueReader.of(field).read(Json.MAPPER.readTree(json), faults);
      rule(operation, faults.none(), where + " does not take its own default or example " + json);
    } catch (JsonProcessingException e) {
      rule(operation, false, where + " has a default or example that is not JSON: " + json);
    }
  }

  private void checkPositions(Operation<?, ?, ?> operation) {
    var positions = RecordShape.of(operation.input()).fields().stream()
        .filter(field -> field.field() != null && field.field().positional() >= 0)
        .map(field -> field.field() == null ? -1 : field.field().positional()).sorted().toList();
    for (var i = 0; i < positions.size(); i++) {
      rule(operation, positions.get(i) == i, "its positional arguments are not numbered from 0: " + positions);
    }
  }

  private void checkExample(Operation<?, ?, ?> operation) {
    var example = InputExample.of(RecordShape.of(operation.input()).fields());
    rule(operation, example.isPresent(), "a required field needs an example, because one cannot be made up");
    example.map(input -> refusal(operation, input))
        .ifPresent(words -> rule(operation, false, "its own example is refused: " + words));
  }

  private static @Nullable String refusal(Operation<?, ?, ?> operation, ObjectNode input) {
    try {
      InputReader.read(operation, input);
      return null;
    } catch (ProblemException e) {
      return e.getMessage();
    }
  }

  private static boolean isSentence(String text) {
    return !text.isBlank() && text.endsWith(".") && !text.contains("\n") && text.equals(text.strip());
  }

  private static boolean isNumber(Class<?> type) {
    return type.isPrimitive() && type != boolean.class;
  }

  private static boolean compiles(String pattern) {
    try {
      Pattern.compile(pattern);
      return true;
    } catch (PatternSyntaxException e) {
      return false;
    }
  }

  private void rule(Operation<?, ?, ?> operation, boolean holds, String otherwise) {
    if (!holds) {
      broken.add(operation.name() + ": " + otherwise);
    }
  }
}
