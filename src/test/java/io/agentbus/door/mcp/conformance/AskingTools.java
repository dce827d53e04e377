package io.agentbus.door.mcp.conformance;

import static io.agentbus.door.mcp.conformance.FixtureTool.json;
import static io.agentbus.door.mcp.conformance.FixtureTool.of;
import static io.agentbus.door.mcp.conformance.FixtureTool.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.door.mcp.content.Outcome;
import io.agentbus.door.mcp.content.Work;
import io.agentbus.op.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Tools that ask the client first. */
final class AskingTools {
  private static final String ELICITED = "Elicitation completed: action=";

  static final List<FixtureTool> ALL = List.of(
      of("test_sampling", "Has the client's model answer.", "{'prompt': {'type': 'string'}}",
          (work, arguments) -> asking(work, null, Map.of("sample", sampling(arguments.path("prompt").asText("Hello"), 100)),
              answers -> "LLM response: " + answers.at("/sample/content/text").asText())),
      of("test_elicitation", "Asks the user.", "{'message': {'type': 'string'}}",
          (work, arguments) -> asking(work, null, Map.of("user", form(arguments.path("message").asText("Who are you?"), """
              {'username': {'type': 'string', 'description': 'Name'}, 'email': {'type': 'string', 'description': 'Address'}}""",
              "username", "email")),
              answers -> "User response: " + said("action=", answers.path("user")))),
      of("test_elicitation_sep1034_defaults", "Asks with answers filled in.",
          (work, arguments) -> asking(work, null, Map.of("user", form("Look at these.", """
              {'name': {'type': 'string', 'default': 'John Doe'}, 'age': {'type': 'integer', 'default': 30},
               'score': {'type': 'number', 'default': 95.5}, 'verified': {'type': 'boolean', 'default': true},
               'status': {'type': 'string', 'enum': ['active', 'inactive', 'pending'], 'default': 'active'}}""")),
              answers -> said(ELICITED, answers.path("user")))),
      of("test_elicitation_sep1330_enums", "Asks for choices.",
          (work, arguments) -> asking(work, null, Map.of("user", form("Choose.", """
              {'untitledSingle': {'type': 'string', 'enum': ['option1', 'option2', 'option3']},
               'titledSingle': {'type': 'string', 'oneOf': [{'const': 'value1', 'title': 'First Option'},
                 {'const': 'value2', 'title': 'Second Option'}, {'const': 'value3', 'title': 'Third Option'}]},
               'legacyEnum': {'type': 'string', 'enum': ['opt1', 'opt2', 'opt3'],
                 'enumNames': ['Option One', 'Option Two', 'Option Three']},
               'untitledMulti': {'type': 'array', 'items': {'type': 'string', 'enum': ['option1', 'option2', 'option3']}},
               'titledMulti': {'type': 'array', 'items': {'anyOf': [{'const': 'value1', 'title': 'First Choice'},
                 {'const': 'value2', 'title': 'Second Choice'}, {'const': 'value3', 'title': 'Third Choice'}]}}}""")),
              answers -> said(ELICITED, answers.path("user")))),
      of("test_missing_capability", "Needs a client with a model.",
          (work, arguments) -> asking(work, null, Map.of("sample", sampling("Hello", 10)), answers -> "sampled")),
      of("test_streaming_elicitation", "Asks the user.",
          (work, arguments) -> asking(work, null, Map.of("user_name", name()), answers -> "asked")),
      of("test_input_required_result_elicitation", "Asks for a name.",
          (work, arguments) -> asking(work, null, Map.of("user_name", name()), AskingTools::hello)),
      of("test_input_required_result_sampling", "Has the client's model answer.",
          (work, arguments) -> asking(work, null,
              Map.of("capital_question", sampling("What is the capital of France?", 100)),
              answers -> answers.at("/capital_question/content/text").asText())),
      of("test_input_required_result_list_roots", "Asks for the roots.",
          (work, arguments) -> asking(work, null, Map.of("client_roots", roots()),
              answers -> "Roots: " + answers.at("/client_roots/roots"))),
      of("test_input_required_result_request_state", "Has the client carry a state.",
          (work, arguments) -> asking(work, "confirmed", Map.of("confirm", confirm()), answers -> "state-ok")),
      of("test_input_required_result_tampered_state", "Has the client carry a state.",
          (work, arguments) -> asking(work, "sealed", Map.of("confirm", confirm()), answers -> "state-ok")),
      of("test_input_required_result_multiple_inputs", "Asks three things at once.", (work, arguments) -> {
        var questions = new LinkedHashMap<String, ObjectNode>();
        questions.put("user_name", name());
        questions.put("greeting", sampling("Generate a greeting", 50));
        questions.put("client_roots", roots());
        return asking(work, "three", questions, AskingTools::hello);
      }),
      of("test_input_required_result_multi_round", "Asks twice.", AskingTools::rounds),
      of("test_input_required_result_capabilities", "Asks what the client can answer.", (work, arguments) -> {
        var questions = new LinkedHashMap<String, ObjectNode>();
        if (work.asker().answers("elicitation/create")) {
          questions.put("user_name", name());
        }
        if (work.asker().answers("sampling/createMessage")) {
          questions.put("greeting", sampling("Generate a greeting", 50));
        }
        return questions.isEmpty() ? text("Nothing can be asked.") : asking(work, null, questions, answers -> "answered");
      }));

  private AskingTools() {}

  /** Asks until every question is answered, then says something of the answers. @param state carried meanwhile */
  static Outcome asking(Work work, @Nullable String state, Map<String, ObjectNode> questions,
      Function<JsonNode, String> then) {
    var carried = state == null || work.state() != null && state.equals(work.state().path("step").asText());
    if (carried && questions.keySet().stream().allMatch(work.answers()::has)) {
      return text(then.apply(work.answers()));
    }
    return new Outcome.NeedsInput(questions, state == null ? null : Json.MAPPER.createObjectNode().put("step", state));
  }

  private static Outcome rounds(Work work, ObjectNode arguments) {
    var state = work.state();
    if (state == null || !work.answers().has("step1") && state.path("step").asText().equals("1")) {
      return new Outcome.NeedsInput(Map.of("step1",
          form("Step 1: What is your name?", "{'name': {'type': 'string'}}", "name")), json("{'step': '1'}"));
    }
    if (work.answers().has("step1")) {
      var name = work.answers().at("/step1/content/name").asText();
      return new Outcome.NeedsInput(Map.of("step2",
          form("Step 2: What is your favorite color?", "{'color': {'type': 'string'}}", "color")),
          json("{'step': '2'}").put("name", name));
    }
    return text(state.path("name").asText() + " likes " + work.answers().at("/step2/content/color").asText() + ".");
  }

  private static String hello(JsonNode answers) {
    return "Hello, " + answers.at("/user_name/content/name").asText() + "!";
  }

  private static String said(String before, JsonNode answer) {
    return before + answer.path("action").asText() + ", content=" + Json.text(answer.path("content"));
  }

  static ObjectNode name() {
    return form("What is your name?", "{'name': {'type': 'string'}}", "name");
  }

  static ObjectNode confirm() {
    return form("Please confirm", "{'ok': {'type': 'boolean'}}", "ok");
  }

  static ObjectNode form(String message, String properties, String... required) {
    var question = Json.MAPPER.createObjectNode().put("method", "elicitation/create");
    var schema = question.putObject("params").put("message", message).putObject("requestedSchema").put("type", "object");
    schema.set("properties", json(properties));
    List.of(required).forEach(schema.putArray("required")::add);
    return question;
  }

  private static ObjectNode sampling(String prompt, int tokens) {
    var question = Json.MAPPER.createObjectNode().put("method", "sampling/createMessage");
    var params = question.putObject("params").put("maxTokens", tokens);
    params.putArray("messages").addObject().put("role", "user").putObject("content").put("type", "text").put("text", prompt);
    return question;
  }

  private static ObjectNode roots() {
    return json("{'method': 'roots/list', 'params': {}}");
  }
}
