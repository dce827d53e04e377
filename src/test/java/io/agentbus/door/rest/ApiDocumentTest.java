package io.agentbus.door.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.http.HttpSettings;
import io.agentbus.op.Json;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The document at /openapi.json, against the door that it describes. No operation is called, so no database is needed. */
class ApiDocumentTest {
  private static RestNode node;

  @BeforeAll
  static void start() {
    node = new RestNode("postgresql://nobody@127.0.0.1:1/nothing", HttpSettings.onLoopback(0));
  }

  @AfterAll
  static void stop() throws Exception {
    node.close();
  }

  @Test
  void every_path_of_the_document_is_served_with_the_methods_it_names() throws Exception {
    var paths = document().get("paths").properties();
    assertThat(paths).hasSizeGreaterThan(10);
    for (var path : paths) {
      var answer = node.call("OPTIONS", path.getKey().replaceAll("[{}]", ""), "");
      assertThat(answer.statusCode()).as(path.getKey()).isEqualTo(204);
      var allowed = answer.headers().firstValue("allow").orElseThrow().split(", ");
      path.getValue().fieldNames().forEachRemaining(method ->
          assertThat(allowed).as(path.getKey()).contains(method.toUpperCase(Locale.ROOT)));
    }
  }

  @Test
  void it_names_the_event_stream() throws Exception {
    assertThat(document().at("/paths/~1api~1v1~1events~1stream/get/operationId").asText()).isEqualTo("stream_events");
  }

  @Test
  void it_needs_no_token_and_is_not_sent_again_to_those_who_have_it() throws Exception {
    var first = node.get("/openapi.json", "Authorization", "Bearer nobody");
    assertThat(first.statusCode()).isEqualTo(200);
    var tag = first.headers().firstValue("etag").orElseThrow();
    assertThat(node.get("/openapi.json", "If-None-Match", tag).statusCode()).isEqualTo(304);
    assertThat(node.post("/openapi.json", "{}").statusCode()).isEqualTo(405);
    assertThat(node.get("/openapi.json/more").statusCode()).isEqualTo(404);
  }

  private static JsonNode document() throws Exception {
    var answer = node.get("/openapi.json");
    assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
    return Json.MAPPER.readTree(answer.body());
  }
}
