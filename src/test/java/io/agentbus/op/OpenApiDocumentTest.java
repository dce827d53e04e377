package io.agentbus.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenApiDocumentTest {
  private final JsonNode document = OpenApiDocument.of(SampleOperations.ALL, "1.2.3");

  @Test
  void every_operation_stands_there_under_its_route_and_by_its_name() {
    assertThat(document.at("/paths/~1api~1v1~1notes/post/operationId").asText()).isEqualTo("write_note");
    assertThat(document.at("/paths/~1api~1v1~1notes/get/operationId").asText()).isEqualTo("list_notes");
    assertThat(document.at("/paths/~1api~1v1~1notes~1{name}/delete/operationId").asText()).isEqualTo("burn_note");
    assertThat(document.at("/paths/~1api~1v1~1op~1write_note/post/operationId").asText()).isEqualTo("call_write_note");
    assertThat(operations()).hasSize(2 * SampleOperations.ALL.size());
    assertThat(operations().stream().map(operation -> operation.get("operationId").asText())).doesNotHaveDuplicates();
  }

  @Test
  void path_and_query_are_described_by_the_fields_of_the_input() throws Exception {
    assertThat(document.at("/paths/~1api~1v1~1notes~1{name}/get/parameters/0"))
        .isEqualTo(json("{'name': 'name', 'in': 'path', 'required': true, 'description': 'Name of the note.',"
        + "'schema': {'type': 'string', 'minLength': 1, 'maxLength': 40}}"));
    assertThat(Json.MAPPER.readTree(document.at("/paths/~1api~1v1~1notes/get/parameters/0").toString())).isEqualTo(json(
        "{'name': 'limit', 'in': 'query', 'required': false, 'description': 'Most notes on the page.',"
        + "'schema': {'type': 'integer', 'default': 100, 'minimum': 1, 'maximum': 500}}"));
  }

  @Test
  void what_the_path_says_is_not_asked_for_in_the_body() {
    var body = document.at("/paths/~1api~1v1~1notes~1{name}~1colour/put/requestBody/content/application~1json/schema");
    assertThat(body.get("$ref").asText()).isEqualTo("#/components/schemas/PaintNoteBody");
    assertThat(document.at("/components/schemas/PaintNoteBody/properties").has("name")).isFalse();
    assertThat(document.at("/components/schemas/PaintNoteInput/properties").has("name")).isTrue();
  }

  @Test
  void writes_take_an_idempotency_key_and_reads_do_not() {
    assertThat(document.at("/paths/~1api~1v1~1notes/post/parameters").toString()).contains("IdempotencyKey");
    assertThat(document.at("/paths/~1api~1v1~1op~1write_note/post/parameters").toString()).contains("IdempotencyKey");
    assertThat(document.at("/paths/~1api~1v1~1notes/get/parameters").toString()).doesNotContain("IdempotencyKey");
  }

  @Test
  void pages_tell_of_the_link_header() {
    assertThat(document.at("/paths/~1api~1v1~1notes/get/responses/200/headers").has("Link")).isTrue();
    assertThat(document.at("/paths/~1api~1v1~1notes~1{name}/get/responses/200/headers").has("Link")).isFalse();
  }

  @Test
  void refusals_are_problems_by_status() {
    var responses = document.at("/paths/~1api~1v1~1notes/post/responses");
    assertThat(responses.properties()).extracting(entry -> (Object) entry.getKey())
        .contains("201", "400", "401", "403", "404", "409", "413", "422", "429", "500", "503");
    assertThat(document.at("/components/responses/Problem409/description").asText())
        .contains("`lease_lost`", "`paused`");
  }

  @Test
  void every_reference_leads_somewhere() {
    var references = document.findValuesAsText("$ref");
    assertThat(references).isNotEmpty().allSatisfy(reference -> {
      assertThat(reference).startsWith("#/");
      assertThat(document.at(reference.substring(1)).isMissingNode()).as(reference).isFalse();
    });
  }

  @Test
  void examples_of_bodies_are_inputs_that_the_operation_takes() {
    var example = document.at("/paths/~1api~1v1~1op~1write_note/post/requestBody/content/application~1json/example");
    assertThat(example.isObject()).isTrue();
    assertThat(InputReader.read(SampleOperations.WRITE_NOTE, (ObjectNode) example).name()).isEqualTo("shopping");
  }

  @Test
  void the_same_operations_give_the_same_document() {
    assertThat(OpenApiDocument.of(SampleOperations.ALL, "1.2.3").toString()).isEqualTo(document.toString());
  }

  @Test
  void two_operations_at_one_route_are_a_defect() {
    var twice = new Operation<>("got_note", "Answers one note.", Right.READ, Effect.READ, Route.get("/notes/{name}"),
        SampleOperations.class, SampleOperations.NoteName.class, SampleOperations.Note.class,
        (service, call, input) -> null);
    assertThatThrownBy(() -> OpenApiDocument.of(List.of(SampleOperations.GET_NOTE, twice), "1"))
        .hasMessage("GET /api/v1/notes/{name} belongs to two operations");
  }

  private List<JsonNode> operations() {
    List<JsonNode> found = new ArrayList<>();
    document.get("paths").forEach(path -> path.forEach(found::add));
    return found;
  }

  private static JsonNode json(String text) throws Exception {
    return Json.MAPPER.readTree(text.replace('\'', '"'));
  }
}
