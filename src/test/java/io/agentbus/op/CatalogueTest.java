package io.agentbus.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.db.Database;
import io.agentbus.db.NamedQueries;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What the catalogue does around an operation that needs no database: its pool is never connected. */
class CatalogueTest {
  private static Vertx vertx;
  private static Database database;

  private final SampleOperations notes = new SampleOperations();
  private final Catalogue catalogue = new Catalogue(database)
      .bind(SampleOperations.WRITE_NOTE, notes).bind(SampleOperations.GET_NOTE, notes)
      .bind(SampleOperations.LIST_NOTES, notes).bind(SampleOperations.BURN_NOTE, notes);
  private final Caller asker = new Caller(UUID.randomUUID(), "asker", null, List.of(), Set.of(Right.READ, Right.ASK));

  @BeforeAll
  static void open() {
    vertx = Vertx.vertx();
    database = Database.open(vertx, "postgresql://nobody@127.0.0.1:1/nothing", 1, NamedQueries.load(List.of()));
  }

  @AfterAll
  static void close() {
    database.close();
    vertx.close().await();
  }

  @Test
  void a_call_is_answered_with_the_output_as_json_nulls_included() throws Exception {
    var reply = invoke("get_note", asker, "{'name': 'shopping'}");
    assertThat(reply.replayed()).isFalse();
    assertThat(Json.MAPPER.readTree(reply.json()))
        .isEqualTo(json("{'id': '00000000-0000-0000-0000-000000000001', 'name': 'shopping', 'text': null,"
        + "'namespace': null, 'colour': 'dark_blue', 'written_at': '1970-01-01T00:00:00Z', 'links': null,"
        + "'extra': null, 'reads': 7}"));
  }

  @Test
  void an_unknown_operation_is_not_found_and_the_nearest_is_named() {
    assertRefused("get_notes", asker, "{}", ProblemCode.NOT_FOUND,
        "There is no operation 'get_notes'; did you mean 'get_note'?");
    assertRefused("fly", asker, "{}", ProblemCode.NOT_FOUND, "There is no operation 'fly'.");
  }

  @Test
  void a_caller_without_the_right_is_forbidden_before_the_input_is_looked_at() {
    assertRefused("burn_note", asker, "{'nonsense': 1}", ProblemCode.FORBIDDEN,
        "This needs the right 'operate', which token:asker does not have.");
  }

  @Test
  void a_caller_without_a_token_is_unauthenticated() {
    assertRefused("get_note", Caller.anonymous(), "{'name': 'shopping'}", ProblemCode.UNAUTHENTICATED,
        "This needs a token with the right 'read'.");
  }

  @Test
  void wrong_input_is_refused_before_the_work_begins() {
    assertRefused("get_note", asker, "{}", ProblemCode.INVALID_INPUT, "/name: is required: Name of the note.");
    assertThat(notes.calls).hasValue(0);
  }

  @Test
  void a_refusal_of_the_operation_reaches_the_caller_as_it_is() {
    assertRefused("get_note", asker, "{'name': 'other'}", ProblemCode.NOT_FOUND, "There is no note other here.");
  }

  @Test
  void a_defect_is_logged_under_the_request_id_and_its_cause_kept_from_the_caller() {
    var log = (Logger) LoggerFactory.getLogger(Catalogue.class);
    var lines = new ListAppender<ILoggingEvent>();
    lines.start();
    log.addAppender(lines);
    log.setAdditive(false);
    try {
      assertRefused("write_note", asker, "{'name': 'a', 'text': 'break'}", ProblemCode.INTERNAL,
          "The operation failed; the log has the cause under request r-1.");
    } finally {
      log.detachAppender(lines);
      log.setAdditive(true);
    }
    assertThat(lines.list).singleElement().satisfies(line -> {
      assertThat(line.getKeyValuePairs()).extracting(pair -> pair.key + "=" + pair.value)
          .containsExactly("request=r-1", "operation=write_note", "caller=token:asker");
      assertThat(line.getThrowableProxy().getMessage()).contains("hunter2");
    });
  }

  @Test
  void a_caller_sees_the_operations_it_has_the_right_to_use() {
    assertThat(catalogue.visibleTo(asker)).extracting(operation -> (Object) operation.name())
        .containsExactly("write_note", "get_note", "list_notes");
    assertThat(catalogue.visibleTo(Caller.anonymous())).isEmpty();
  }

  @Test
  void an_operation_is_bound_once() {
    assertThatThrownBy(() -> catalogue.bind(SampleOperations.GET_NOTE, notes))
        .hasMessage("operation 'get_note' is bound twice");
  }

  @Test
  void a_key_with_other_characters_is_no_idempotency_key() {
    for (var key : List.of("", "a b", "\u00e9", "x".repeat(256))) {
      assertThat(catchThrowableOfType(ProblemException.class, () -> catalogue.invoke(
          new Invocation("write_note", asker, json("{'name': 'a', 'text': 'b'}"), key, "r-1"))).code())
          .isEqualTo(ProblemCode.INVALID_INPUT);
    }
    assertThat(notes.calls).hasValue(0);
  }

  private void assertRefused(String operation, Caller caller, String input, ProblemCode code, String detail) {
    var refusal = catchThrowableOfType(ProblemException.class, () -> invoke(operation, caller, input));
    assertThat(refusal).hasMessage(detail);
    assertThat(refusal.code()).isEqualTo(code);
  }

  private Reply invoke(String operation, Caller caller, String input) {
    return catalogue.invoke(new Invocation(operation, caller, json(input), null, "r-1"));
  }

  private static ObjectNode json(String text) {
    try {
      return (ObjectNode) Json.MAPPER.readTree(text.replace('\'', '"'));
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
