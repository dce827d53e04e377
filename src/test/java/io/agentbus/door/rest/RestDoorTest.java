package io.agentbus.door.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.http.HttpSettings;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.testkit.PgDatabase;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RestDoorTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static RestNode node;

  @BeforeAll
  static void start() {
    node = new RestNode(DATABASE.url(), HttpSettings.onLoopback(0));
  }

  @AfterAll
  static void stop() throws Exception {
    node.close();
  }

  private static JsonNode json(HttpResponse<String> answer) throws Exception {
    return Json.MAPPER.readTree(answer.body());
  }

  private static JsonNode refused(HttpResponse<String> answer, int status, String code) throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("content-type")).hasValue("application/problem+json");
    var problem = json(answer);
    assertThat(problem.get("code").textValue()).isEqualTo(code);
    assertThat(problem.get("status").intValue()).isEqualTo(status);
    assertThat(problem.get("request_id").textValue())
        .isEqualTo(answer.headers().firstValue("x-request-id").orElseThrow());
    return problem;
  }

  @Test
  void an_operation_is_called_by_its_route_and_by_its_name() throws Exception {
    var made = node.post("/api/v1/things", "{\"name\":\"by-route\",\"tags\":[\"a\"]}");
    assertThat(made.statusCode()).isEqualTo(201);
    assertThat(made.headers().firstValue("location")).hasValue("/api/v1/things/" + json(made).get("id").textValue());
    var named = node.post("/api/v1/op/get_thing", "{\"name\":\"by-route\"}");
    assertThat(named.statusCode()).isEqualTo(200);
    assertThat(json(named).get("id")).isEqualTo(json(made).get("id"));
    assertThat(node.post("/api/v1/op/make_thing", "{\"name\":\"by-name\"}").statusCode()).isEqualTo(200);
    assertThat(node.post("/api/v1/things/by-route/touch", "").statusCode()).isEqualTo(200);
    assertThat(node.call("DELETE", "/api/v1/things/by-route?reason=old", "").statusCode()).isEqualTo(200);
    assertThat(node.call("DELETE", "/api/v1/things/by-route", "{\"reason\":\"old\"}").statusCode()).isEqualTo(200);
  }

  @Test
  void a_thing_that_was_there_is_not_created_again() throws Exception {
    node.post("/api/v1/things", "{\"name\":\"twice\"}");
    var again = node.post("/api/v1/things", "{\"name\":\"twice\"}");
    assertThat(again.statusCode()).isEqualTo(200);
    assertThat(json(again).get("duplicate").booleanValue()).isTrue();
    assertThat(again.headers().firstValue("location")).isPresent();
  }

  @Test
  void no_body_and_null_are_an_empty_input() throws Exception {
    for (var body : new String[] {"", "null", "{}", " {} "}) {
      assertThat(node.post("/api/v1/op/find_things", body).statusCode()).as(body).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '^', value = {
      "limit=5 | limit | 5",
      "tags=a&tags=b | tags | [\"a\",\"b\"]", "tags=a,b | tags | [\"a\",\"b\"]",
      "tags=[\"a,b\"] | tags | [\"a,b\"]", "tags=12 | tags | [\"12\"]",
      "sizes=1,2&sizes=3 | sizes | [1,2,3]", "pinned=true | pinned | true",
      "pinned | pinned | true", "pinned=false | pinned | false",
      "share=0.5 | share | 0.5", "share=1 | share | 1.0",
      "cursor=12 | cursor | \"12\"", "cursor=a+b%26c | cursor | \"a b&c\"",
      "where={\"a\":1} | where | {\"a\":1}",
      "maker=00000000-0000-7000-8000-000000000001 | maker | \"00000000-0000-7000-8000-000000000001\""})
  void a_query_parameter_becomes_what_its_field_asks_for(String query, String field, String value) throws Exception {
    var sent = query.replace("{", "%7B").replace("}", "%7D").replace("\"", "%22").replace("[", "%5B")
        .replace("]", "%5D");
    var answer = node.get("/api/v1/things?" + sent);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(json(answer).at("/items/0/" + field)).isEqualTo(Json.MAPPER.readTree(value));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"limit=many | /limit", "limit=1.5 | /limit", "pinned=yes | /pinned",
      "sizes=1,x | /sizes/1",
      "where=5 | /where", "maker=me | /maker", "limit=1&limit=2 | /limit", "limt=1 | /limt", "limit= | /limit"})
  void a_query_parameter_that_does_not_fit_is_named(String query, String pointer) throws Exception {
    var problem = refused(node.get("/api/v1/things?" + query), 400, "invalid_input");
    assertThat(problem.at("/errors/0/pointer").textValue()).isEqualTo(pointer);
  }

  @Test
  void an_unknown_name_is_answered_with_the_one_that_was_meant() throws Exception {
    assertThat(refused(node.get("/api/v1/things?limt=1"), 400, "invalid_input").toString()).contains("limit");
    assertThat(refused(node.post("/api/v1/op/make_thin", "{}"), 404, "not_found").toString()).contains("make_thing");
  }

  @Test
  void the_path_decides_and_a_body_must_agree_with_it() throws Exception {
    node.post("/api/v1/things", "{\"name\":\"agreed\"}");
    assertThat(node.post("/api/v1/things/agreed/touch", "{\"name\":\"agreed\"}").statusCode()).isEqualTo(200);
    var problem = refused(node.post("/api/v1/things/agreed/touch", "{\"name\":\"other\"}"), 400, "invalid_input");
    assertThat(problem.at("/errors/0/pointer").textValue()).isEqualTo("/name");
    assertThat(refused(node.post("/api/v1/things?name=x", "{\"name\":\"y\"}"), 400, "invalid_input").get("detail")
        .textValue())
        .contains("'name'").contains("body");
  }

  @Test
  void a_path_field_may_hold_slashes_when_they_are_encoded() throws Exception {
    node.post("/api/v1/things", "{\"name\":\"acme/a+b c\"}");
    assertThat(json(node.get("/api/v1/things/acme%2Fa+b%20c")).get("name").textValue()).isEqualTo("acme/a+b c");
  }

  @ParameterizedTest
  @EnumSource(ProblemCode.class)
  void every_refusal_has_its_status_and_a_page_that_describes_it(ProblemCode code) throws Exception {
    var answer = node.get("/api/v1/refusals/" + code.wire());
    var problem = refused(answer, code.httpStatus(), code.wire());
    assertThat(problem.get("retryable").booleanValue()).isEqualTo(code.retryable());
    assertThat(problem.get("remedy").textValue()).isEqualTo(code.remedy());
    assertThat(problem.get("instance").textValue()).isEqualTo("/api/v1/refusals/" + code.wire());
    var page = node.get(problem.get("type").textValue());
    assertThat(json(page).get("status").intValue()).isEqualTo(code.httpStatus());
    assertThat(node.get(problem.get("type").textValue(), "Accept", "text/html").body()).contains(code.meaning());
    assertThat(code.meaning() + code.remedy()).doesNotContain("&").doesNotMatch(".*<[/a-z]*[ >].*[a-z]=.*");
    if (code.httpStatus() == 429 || code.httpStatus() == 503) {
      assertThat(answer.headers().firstValue("retry-after")).hasValue("7");
    }
  }

  @Test
  void a_call_without_a_good_token_is_refused() throws Exception {
    for (var header : new String[] {"Bearer nobody", "Basic YWxs", "Bearer", "all"}) {
      var answer = node.get("/api/v1/things", "Authorization", header);
      refused(answer, 401, "unauthenticated");
      assertThat(answer.headers().firstValue("www-authenticate")).hasValue("Bearer realm=\"agentbus\"");
    }
    try (var raw = node.web.connect()) {
      assertThat(raw.send(node.web.head("GET /api/v1/things")).read().status()).isEqualTo(401);
      assertThat(raw.send(node.web.head("POST /api/v1/things", "Content-Length: 0")).read().status()).isEqualTo(401);
      assertThat(raw.send(node.web.head("POST /api/v1/joins", "Content-Length: 0")).read().body())
          .contains("anonymous");
    }
    assertThat(node.post("/api/v1/joins", "", "Authorization", "Bearer stale").body()).contains("anonymous");
    assertThat(node.post("/api/v1/joins", "").body()).contains("all");
    refused(node.post("/api/v1/things", "{\"name\":\"x\"}", "Authorization", "Bearer reader"), 403, "forbidden");
  }

  @Test
  void an_unknown_path_is_not_found_and_an_unknown_method_not_allowed() throws Exception {
    for (var path : new String[] {"/api/v1/nothing", "/api/v1", "/api/v1/", "/api/v1/things/", "/api/v1/things/a/b",
        "/nothing", "/"}) {
      refused(node.get(path), 404, "not_found");
    }
    var answer = node.call("PATCH", "/api/v1/things/a", "{}");
    refused(answer, 405, "method_not_allowed");
    assertThat(answer.headers().firstValue("allow")).hasValue("DELETE, GET, HEAD, OPTIONS");
    assertThat(node.get("/api/v1/op/get_thing").headers().firstValue("allow")).hasValue("OPTIONS, POST");
    var options = node.call("OPTIONS", "/api/v1/things", "");
    assertThat(options.statusCode()).isEqualTo(204);
    assertThat(options.headers().firstValue("allow")).hasValue("GET, HEAD, OPTIONS, POST");
    assertThat(options.headers().map()).doesNotContainKey("access-control-allow-origin");
  }

  @Test
  void a_head_answers_what_a_get_does_without_its_body() throws Exception {
    node.post("/api/v1/things", "{\"name\":\"headed\"}");
    var get = node.get("/api/v1/things/headed");
    var head = node.call("HEAD", "/api/v1/things/headed", "");
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(head.headers().firstValue("content-length")).hasValue(Integer.toString(get.body().length()));
    assertThat(head.headers().firstValue("etag")).isEqualTo(get.headers().firstValue("etag"));
    assertThat(node.call("HEAD", "/api/v1/things/none", "").statusCode()).isEqualTo(404);
  }

  @Test
  void a_thing_that_a_client_holds_is_not_sent_again() throws Exception {
    node.post("/api/v1/things", "{\"name\":\"held\"}");
    var tag = node.get("/api/v1/things/held").headers().firstValue("etag").orElseThrow();
    assertThat(tag).matches("\"[0-9a-f]{32}\"");
    for (var held : new String[] {tag, "*", "W/" + tag, "\"x\", " + tag}) {
      var again = node.get("/api/v1/things/held", "If-None-Match", held);
      assertThat(again.statusCode()).as(held).isEqualTo(304);
      assertThat(again.body()).isEmpty();
      assertThat(again.headers().firstValue("etag")).hasValue(tag);
    }
    assertThat(node.get("/api/v1/things/held", "If-None-Match", "\"x\"").statusCode()).isEqualTo(200);
  }

  @Test
  void a_list_with_more_links_to_its_next_page() throws Exception {
    var link = node.get("/api/v1/things?tags=a,b&limit=2&cursor=old").headers().firstValue("link").orElseThrow();
    assertThat(link).isEqualTo("</api/v1/things?tags=a,b&limit=2&cursor=after%202%26more>; rel=\"next\"");
    var next = json(node.get(link.substring(1, link.indexOf('>'))));
    assertThat(next.at("/items/0/cursor").textValue()).isEqualTo("after 2&more");
    assertThat(node.get("/api/v1/things").headers().firstValue("link")).isEmpty();
  }

  @Test
  void the_same_idempotency_key_gets_the_first_answer_again() throws Exception {
    var before = node.things.made.get();
    var first = node.post("/api/v1/things", "{\"name\":\"keyed\"}", "Idempotency-Key", "\"k-1\"");
    var again = node.post("/api/v1/things", "{ \"name\" : \"keyed\" }", "Idempotency-Key", "k-1");
    assertThat(first.statusCode()).isEqualTo(201);
    assertThat(first.headers().firstValue("idempotency-replayed")).isEmpty();
    assertThat(again.statusCode()).isEqualTo(201);
    assertThat(again.headers().firstValue("idempotency-replayed")).hasValue("true");
    assertThat(json(again)).isEqualTo(json(first));
    assertThat(node.things.made).hasValue(before + 1);
    refused(node.post("/api/v1/things", "{\"name\":\"other\"}", "Idempotency-Key", "k-1"), 422, "idempotency_mismatch");
    refused(node.post("/api/v1/things", "{\"name\":\"other\"}", "Idempotency-Key", "\"open"), 400, "invalid_input");
    assertThat(node.get("/api/v1/things", "Idempotency-Key", "k-1").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"{\"name\": | line 1, column",
      "{\"name\":\"a\",\"name\":\"b\"} | the name \"name\" is given twice",
      "[1] | an array", "5 | a number", "{} {} | line 1", "{'name':1} | line 1", "{\"name\":\"\\ud8\"} | line 1"})
  void a_body_that_is_no_json_object_is_refused_in_words(String body, String words) throws Exception {
    var problem = refused(node.post("/api/v1/things", body), 400, "invalid_input");
    assertThat(problem.get("detail").textValue()).contains(words);
  }

  @Test
  void a_body_that_nests_too_deep_or_is_too_large_is_refused() throws Exception {
    var deep = "[".repeat(70) + "]".repeat(70);
    assertThat(refused(node.post("/api/v1/things", "{\"name\":" + deep + "}"), 400, "invalid_input").get("detail")
        .textValue())
        .contains("64");
    refused(node.post("/api/v1/things", "{\"name\":\"" + "a".repeat(5 << 20) + "\"}"), 413, "payload_too_large");
  }

  @Test
  void a_body_that_is_not_json_is_told_where_and_what_would_be_right() throws Exception {
    for (var body : new String[] {"{\"name\": \"a\"} {\"name\": \"b\"}", "{\"name\": \"a\",}", "{name: \"a\"}", "{\"name\": \"a\", \"name\": \"b\"}",
        "{\"name\": tru}", "{\"name\": \"a", "{\"name\"\n: +1}", "[1, 2", "\"\u0001\""}) {
      var problem = refused(node.post("/api/v1/op/make_thing", body), 400, "invalid_input");
      assertThat(problem.get("detail").textValue()).as(body).matches("The body is not JSON: line \\d+, column \\d+: .*\\.");
      assertThat(problem.toString()).as(body).doesNotContainIgnoringCase("jackson").doesNotContain("FAIL_ON").doesNotContain("JsonNode")
          .doesNotContain("(code ").doesNotContain("token");
    }
    assertThat(refused(node.post("/api/v1/op/make_thing", "{\"name\": \"a\",}"), 400, "invalid_input").get("detail").textValue()).isEqualTo(
        "The body is not JSON: line 1, column 14: '}' stands where another name in double quotes is expected: take the comma before it away.");
  }

  @Test
  void a_body_that_is_not_json_in_utf8_is_refused() throws Exception {
    for (var type : new String[] {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
        "application/json; charset=utf-16", "text/json"}) {
      refused(node.post("/api/v1/things", "{\"name\":\"x\"}", "Content-Type", type), 415, "unsupported_media_type");
    }
    for (var type : new String[] {"application/json;charset=UTF-8", "application/merge-patch+json"}) {
      assertThat(node.post("/api/v1/op/find_things", "{}", "Content-Type", type).statusCode()).isEqualTo(200);
    }
    var sent = node.web.head("POST /api/v1/things", "Authorization: Bearer all", "Content-Type: application/json",
        "Content-Length: 12");
    try (var raw = node.web.connect()) {
      raw.send(sent);
      var answer = raw.send(new byte[] {'{', '"', 'n', 'a', 'm', 'e', '"', ':', '"', (byte) 0xff, '"', '}'}).read();
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.body()).contains("UTF-8");
    }
  }

  @Test
  void an_answer_in_another_form_is_not_acceptable() throws Exception {
    refused(node.get("/api/v1/things", "Accept", "text/html"), 406, "not_acceptable");
    refused(node.get("/api/v1/things", "Accept", "application/json;q=0"), 406, "not_acceptable");
    for (var accept : new String[] {"*/*", "text/html, application/*;q=0.5", "application/json",
        "Application/JSON; q=1"}) {
      assertThat(node.get("/api/v1/things", "Accept", accept).statusCode()).as(accept).isEqualTo(200);
    }
  }

  @Test
  void a_get_with_a_body_is_refused() throws Exception {
    refused(node.call("GET", "/api/v1/things", "{}"), 400, "invalid_input");
  }

  @Test
  void a_wait_ends_when_its_client_has_gone() throws Exception {
    var before = node.things.leftAlone.get();
    try (var raw = node.web.connect()) {
      raw.send(node.web.head("POST /api/v1/waits", "Authorization: Bearer all", "Content-Type: application/json",
          "Content-Length: 14")
          + "{\"seconds\":60}");
      await().until(() -> node.things.waiting.get() == 1);
    }
    await().atMost(Duration.ofSeconds(5)).until(() -> node.things.waiting.get() == 0);
    assertThat(node.things.leftAlone).hasValue(before + 1);
  }
}
