package io.agentbus.op;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SchemasTest {
  private final JsonNode input = Schemas.input(SampleOperations.WRITE_NOTE);
  private final JsonNode output = Schemas.output(SampleOperations.WRITE_NOTE);

  @Test
  void properties_stand_in_the_order_of_the_components() {
    List<String> names = new ArrayList<>();
    input.get("properties").fieldNames().forEachRemaining(names::add);
    assertThat(names).containsExactly("name", "text", "namespace", "priority", "page_size", "share", "pinned",
        "answers", "show_after", "said_at", "colour", "manner", "tags", "links", "main_link", "counts", "extra",
        "settings", "key");
  }

  @Test
  void an_input_is_closed_and_names_what_is_required() throws Exception {
    assertThat(input.get("type").asText()).isEqualTo("object");
    assertThat(input.get("additionalProperties").booleanValue()).isFalse();
    assertThat(input.get("required")).isEqualTo(json("['name', 'text']"));
  }

  @Test
  void an_input_field_says_all_its_annotation_says() throws Exception {
    assertProperty("name",
        "{'type': 'string', 'description': 'Name of the note, in its namespace.', 'minLength': 1, 'maxLength': 40,"
        + "'pattern': '^[a-z][a-z0-9-]*$', 'examples': ['shopping']}");
    assertProperty("priority",
        "{'type': 'integer', 'description': 'Higher is read first.', 'default': 5, 'minimum': 0, 'maximum': 9}");
    assertProperty("page_size", "{'type': 'integer', 'description': 'Size of the page in bytes.', 'minimum': 1}");
    assertProperty("answers",
        "{'type': 'string', 'format': 'uuid', 'description': 'Id of the note that this one answers.'}");
    assertProperty("show_after",
        "{'type': 'string', 'format': 'date-time', 'description': 'Not shown before this time.',"
        + "'examples': ['2026-01-31T12:00:00Z']}");
    assertProperty("colour", "{'type': 'string', 'enum': ['red', 'dark_blue'], 'description': 'Colour of the paper.'}");
    assertProperty("manner",
        "{'type': 'string', 'description': 'How it is read.', 'default': 'silent', 'enum': ['aloud', 'silent']}");
    assertProperty("tags", "{'type': 'array', 'description': 'Words to find it by.', 'maxItems': 3,"
        + "'items': {'type': 'string', 'maxLength': 20, 'pattern': '^[a-z]+$'}}");
    assertProperty("extra", "{'description': 'Anything else.'}");
    assertProperty("settings", "{'type': 'object', 'description': 'Settings of its reader.'}");
    assertProperty("counts", "{'type': 'object', 'description': 'Counts by word.',"
        + "'additionalProperties': {'type': 'integer', 'minimum': 0, 'maximum': 2147483647}, 'maxProperties': 3}");
  }

  @Test
  void nested_records_are_written_out_and_closed_too() throws Exception {
    var link = input.get("properties").get("links").get("items");
    assertThat(link.get("additionalProperties").booleanValue()).isFalse();
    assertThat(link.get("required")).isEqualTo(json("['href']"));
    assertThat(input.toString()).doesNotContain("$ref").doesNotContain("$defs");
  }

  @Test
  void an_output_always_has_every_field_and_says_which_may_be_null() throws Exception {
    assertThat(output.get("required")).isEqualTo(
        json("['id', 'name', 'text', 'namespace', 'colour', 'written_at', 'links', 'extra', 'reads']"));
    assertThat(output.at("/properties/id/type")).isEqualTo(json("'string'"));
    assertThat(output.at("/properties/text/type")).isEqualTo(json("['string', 'null']"));
    assertThat(output.at("/properties/colour/anyOf")).isEqualTo(
        json("[{'type': 'null'}, {'type': 'string', 'enum': ['red', 'dark_blue']}]"));
    assertThat(output.at("/properties/links/type")).isEqualTo(json("['array', 'null']"));
    assertThat(output.at("/properties/reads/type")).isEqualTo(json("'integer'"));
    assertThat(output.at("/properties/warnings/type")).isEqualTo(json("'array'"));
    assertThat(output.has("additionalProperties")).isFalse();
  }

  @Test
  void an_input_without_fields_is_an_empty_object() throws Exception {
    assertThat(Schemas.input(SampleOperations.COUNT_NOTES)).isEqualTo(
        json("{'type': 'object', 'additionalProperties': false, 'properties': {}}"));
  }

  @Test
  void a_schema_handed_out_may_be_changed() {
    Schemas.input(SampleOperations.WRITE_NOTE).removeAll();
    assertThat(Schemas.input(SampleOperations.WRITE_NOTE)).isNotEmpty();
  }

  private void assertProperty(String name, String schema) throws Exception {
    // Reads the text anew: to JsonNode a 5 that is an int and one that is a long differ.
    assertThat(Json.MAPPER.readTree(input.get("properties").get(name).toString())).as(name).isEqualTo(json(schema));
  }

  private static JsonNode json(String text) throws Exception {
    return Json.MAPPER.readTree(text.replace('\'', '"'));
  }
}
