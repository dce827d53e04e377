package io.agentbus.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.db.Database;
import io.agentbus.db.NamedQueries;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.agentbus.testkit.PgDatabase;
import io.vertx.core.Vertx;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One commit holds key, effect and answer: repeated, concurrent, refused, broken and expired calls. */
class IdempotencyTest {
  @RegisterExtension
  static final PgDatabase POSTGRES = new PgDatabase();
  private static final String MILK = "{'name': 'shopping', 'text': 'milk'}";

  private static Vertx vertx;
  private static Database database;

  private final SampleOperations notes = new SampleOperations();
  private final Catalogue catalogue = new Catalogue(database)
      .bind(SampleOperations.WRITE_NOTE, notes).bind(SampleOperations.GET_NOTE, notes);
  private final Caller asker = asker("asker");

  @BeforeAll
  static void open() throws SQLException {
    vertx = Vertx.vertx();
    database = Database.open(vertx, POSTGRES.url(), 4, NamedQueries.load(List.of("idempotency", "sample")));
    sql("CREATE TABLE agentbus.sample_notes (name text NOT NULL)");
  }

  @AfterAll
  static void close() {
    database.close();
    vertx.close().await();
  }

  @BeforeEach
  void empty() throws SQLException {
    sql("TRUNCATE agentbus.sample_notes, agentbus.idempotency_keys");
  }

  @Test
  void the_same_key_and_input_get_the_first_answer_again() throws SQLException {
    var first = write(asker, "key-1", MILK);
    var again = write(asker, "key-1", MILK);
    assertThat(first.replayed()).isFalse();
    assertThat(again.replayed()).isTrue();
    assertThat(again.json()).isEqualTo(first.json());
    assertThat(notes.calls).hasValue(1);
    assertThat(count("sample_notes")).isEqualTo(1);
  }

  @Test
  void the_order_of_the_fields_makes_no_other_input() {
    write(asker, "key-1", "{'name': 'shopping', 'text': 'milk', 'extra': {'a': 1, 'b': 2}}");
    assertThat(write(asker, "key-1", "{'extra': {'b': 2, 'a': 1}, 'text': 'milk', 'name': 'shopping'}").replayed())
        .isTrue();
  }

  @Test
  void the_same_key_with_another_input_is_a_mismatch() throws SQLException {
    write(asker, "key-1", MILK);
    assertThat(refusal(() -> write(asker, "key-1", "{'name': 'shopping', 'text': 'bread'}")).code())
        .isEqualTo(ProblemCode.IDEMPOTENCY_MISMATCH);
    assertThat(count("sample_notes")).isEqualTo(1);
  }

  @Test
  void another_caller_may_use_the_same_key() throws SQLException {
    write(asker, "key-1", MILK);
    assertThat(write(asker("other"), "key-1", MILK).replayed()).isFalse();
    assertThat(count("sample_notes")).isEqualTo(2);
  }

  @Test
  void a_call_that_only_reads_keeps_nothing() throws SQLException {
    catalogue.invoke(new Invocation("get_note", asker, json("{'name': 'shopping'}"), "key-1", "r-1"));
    assertThat(count("idempotency_keys")).isZero();
  }

  @Test
  void a_refused_call_leaves_nothing_and_its_key_is_free() throws SQLException {
    assertThat(refusal(() -> write(asker, "key-1", "{'name': 'shopping', 'text': 'refuse'}")).code())
        .isEqualTo(ProblemCode.INVALID_INPUT);
    assertThat(count("sample_notes") + count("idempotency_keys")).isZero();
    assertThat(write(asker, "key-1", MILK).replayed()).isFalse();
  }

  @Test
  void two_calls_at_the_same_time_have_one_effect_and_one_answer() throws Exception {
    var inside = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    notes.beforeAnswer = () -> {
      inside.countDown();
      join(goOn);
    };
    var first = onVirtualThread(() -> write(asker, "key-1", MILK));
    join(inside);
    var second = onVirtualThread(() -> write(asker, "key-1", MILK));
    awaitOneWaiting();
    goOn.countDown();
    assertThat(first.get().replayed()).isFalse();
    assertThat(second.get().replayed()).isTrue();
    assertThat(second.get().json()).isEqualTo(first.get().json());
    assertThat(notes.calls).hasValue(1);
    assertThat(count("sample_notes")).isEqualTo(1);
  }

  @Test
  void a_call_that_waited_for_one_that_was_refused_does_the_work_itself() throws Exception {
    var inside = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    notes.beforeAnswer = () -> {
      inside.countDown();
      join(goOn);
    };
    var first = onVirtualThread(() -> write(asker, "key-1", "{'name': 'shopping', 'text': 'refuse'}"));
    join(inside);
    var second = onVirtualThread(() -> write(asker, "key-1", MILK));
    awaitOneWaiting();
    goOn.countDown();
    assertThat(second.get().replayed()).isFalse();
    assertThat(first).isCompletedExceptionally();
    assertThat(count("sample_notes")).isEqualTo(1);
  }

  @Test
  void a_call_cut_off_in_the_middle_leaves_nothing_and_its_key_is_free() throws Exception {
    notes.beforeAnswer = () -> {
      run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
          + " WHERE datname = current_database() AND state = 'idle in transaction' AND application_name = 'agentbus'");
      await().until(() ->
          count("pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'") == 0);
    };
    assertThat(refusal(() -> write(asker, "key-1", MILK)).code()).isEqualTo(ProblemCode.UNAVAILABLE);
    assertThat(count("sample_notes") + count("idempotency_keys")).isZero();
    notes.beforeAnswer = () -> {};
    assertThat(write(asker, "key-1", MILK).replayed()).isFalse();
  }

  @Test
  void a_key_older_than_a_day_is_free() throws SQLException {
    write(asker, "key-1", MILK);
    sql("UPDATE agentbus.idempotency_keys SET created_at = now() - interval '25 hours'");
    assertThat(write(asker, "key-1", "{'name': 'shopping', 'text': 'bread'}").replayed()).isFalse();
    assertThat(write(asker, "key-1", "{'name': 'shopping', 'text': 'bread'}").replayed()).isTrue();
  }

  @Test
  void old_keys_are_removed_in_bounded_batches() throws SQLException {
    for (var i = 0; i < 5; i++) {
      write(asker, "key-" + i, MILK);
    }
    sql("UPDATE agentbus.idempotency_keys SET created_at = now() - interval '25 hours'");
    write(asker, "young", MILK);
    var store = new IdempotencyStore(database);
    assertThat(store.expire(3)).isEqualTo(3);
    assertThat(store.expire(3)).isEqualTo(2);
    assertThat(store.expire(3)).isZero();
    assertThat(count("idempotency_keys")).isEqualTo(1);
  }

  @Test
  void neither_key_nor_answer_can_be_read_in_the_table() throws SQLException {
    write(asker, "4f6b-secret-key", "{'name': 'shopping', 'text': 'the-token-itself'}");
    try (var connection = POSTGRES.connect(); var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT k::text || encode(response, 'escape') FROM"
            + " agentbus.idempotency_keys k")) {
      rows.next();
      assertThat(rows.getString(1)).doesNotContain("secret-key").doesNotContain("the-token-itself");
    }
  }

  private Reply write(Caller caller, String key, String input) {
    return catalogue.invoke(new Invocation("write_note", caller, json(input), key, "r-1"));
  }

  private static ProblemException refusal(Supplier<Reply> call) {
    return catchThrowableOfType(ProblemException.class, call::get);
  }

  private static CompletableFuture<Reply> onVirtualThread(Supplier<Reply> call) {
    return CompletableFuture.supplyAsync(call, Executors.newVirtualThreadPerTaskExecutor());
  }

  private static void awaitOneWaiting() {
    await().until(() -> count("pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") == 1);
  }

  private static void join(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Caller asker(String name) {
    return new Caller(UUID.randomUUID(), name, null, List.of(), Set.of(Right.READ, Right.ASK));
  }

  private static void run(String text) {
    try {
      sql(text);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void sql(String text) throws SQLException {
    try (var connection = POSTGRES.connect(); var statement = connection.createStatement()) {
      statement.execute(text);
    }
  }

  private static long count(String from) throws SQLException {
    try (var connection = POSTGRES.connect(); var statement = connection.createStatement()) {
      statement.execute("SET search_path = agentbus, pg_catalog");
      try (var rows = statement.executeQuery("SELECT count(*) FROM " + from)) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  private static ObjectNode json(String text) {
    try {
      return (ObjectNode) Json.MAPPER.readTree(text.replace('\'', '"'));
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
