package io.agentbus.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.op.FieldShape;
import io.agentbus.op.Json;
import io.agentbus.op.Operation;
import io.agentbus.op.RecordShape;
import io.agentbus.op.ValueShape.Kind;
import io.agentbus.problem.ProblemCode;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whatever takes a namespace, or a pattern of namespaces, refuses one that cannot exist. */
@Timeout(60)
class NamespaceInputsTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  /** Neither a namespace nor a pattern of any. */
  private static final List<String> IMPOSSIBLE = List.of("../x", "x/..", "./x", ".", "..", "-x", "_x", "Acme", "acme team", "acme//team", "/acme", "acme/",
      "", "é", "acme\n", "a/b/c/d/e/f/g/h/i", "x".repeat(513), "../*", "../**", "*/..", "**/.x", "a*", "***", "a/***", "*/-x");
  private static TestBus bus;

  @BeforeAll
  static void open() {
    bus = TestBus.open(DATABASE);
  }

  @AfterAll
  static void close() {
    bus.close();
  }

  /** One place where a namespace may stand, with an input that holds a text there. */
  private record Place(String pointer, String shape, java.util.function.Function<String, ObjectNode> input) {}

  @TestFactory
  Stream<DynamicTest> an_impossible_namespace_is_refused_with_its_field_and_the_rule() {
    var tests = new ArrayList<DynamicTest>();
    for (var operation : bus.bus().catalogue().operations()) {
      places(operation).forEach(place -> tests.add(DynamicTest.dynamicTest(operation.name() + " " + place.pointer(), () -> check(operation, place))));
    }
    assertThat(tests).hasSizeGreaterThan(20);
    return tests.stream();
  }

  private static void check(Operation<?, ?, ?> operation, Place place) {
    for (var impossible : IMPOSSIBLE) {
      var refusal = bus.refused(TestBus.operator(), operation.name(), place.input().apply(impossible).toString());
      assertThat(refusal.code()).as(impossible).isEqualTo(ProblemCode.INVALID_INPUT);
      assertThat(refusal.errors()).as(impossible).anySatisfy(error -> {
        assertThat(error.pointer()).isEqualTo(place.pointer());
        assertThat(error.detail()).contains(impossible.length() > 512 ? "at most 512 characters" : "begin");
      });
    }
  }

  private static List<Place> places(Operation<?, ?, ?> operation) {
    var places = new ArrayList<Place>();
    for (var field : RecordShape.of(operation.input()).fields()) {
      if (isNamespace(field)) {
        var isList = field.value().kind() == Kind.LIST;
        places.add(new Place("/" + field.name() + (isList ? "/0" : ""), field.name(), text -> at(field, Json.MAPPER.getNodeFactory().textNode(text))));
      } else if (field.value().kind() == Kind.LIST && field.value().leaf().kind() == Kind.RECORD) {
        field.value().leaf().record().fields().stream().filter(NamespaceInputsTest::isNamespace).forEach(inner ->
            places.add(new Place("/" + field.name() + "/0/" + inner.name(), inner.name(),
                text -> at(field, Json.MAPPER.createObjectNode().put(inner.name(), text)))));
      }
    }
    return places;
  }

  private static boolean isNamespace(FieldShape field) {
    return field.name().equals("namespace") || field.name().equals("namespaces") || field.value().leaf().kind() == Kind.NAMESPACE;
  }

  private static ObjectNode at(FieldShape field, JsonNode value) {
    return Json.MAPPER.createObjectNode().set(field.name(), field.value().kind() == Kind.LIST ? Json.MAPPER.createArrayNode().add(value) : value);
  }
}
