package io.agentbus.op;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Runs the rules over the operations there are, and shows that each rule can be broken. */
class CatalogueRulesTest {
  record Careless(@Field("no sentence") @Nullable String a,
      @Field(value = "Has a default.", min = 1, def = "0") @Nullable Integer b,
      @Field(value = "A text.", pattern = "^a$") @Nullable String c, @Field("A number.") int d, String e,
      @Field(value = "A text.", required = true, pattern = "^f$", shape = "an f") String f) {}

  @Test
  void the_sample_operations_keep_to_the_rules() {
    assertThat(CatalogueRules.brokenBy(SampleOperations.ALL)).isEmpty();
  }

  @Test
  void careless_fields_are_found() {
    assertThat(CatalogueRules.brokenBy(List.of(operation("careless", "Does something.", Route.post("/careless")))))
        .containsExactly(
        "careless: input field 'a' of Careless is not described by a sentence: 'no sentence'",
        "careless: input field 'b' of Careless does not take its own default or example 0",
        "careless: input field 'c' of Careless has a pattern and no words for it (shape)",
        "careless: input field 'd' of Careless may be absent, which a primitive number cannot tell from 0",
        "careless: input field 'e' of Careless is not described by a sentence: ''",
        "careless: a required field needs an example, because one cannot be made up");
  }

  @Test
  void careless_routes_and_names_are_found() {
    var fine = operation("one", "Does something.", Route.post("/things/{f}"));
    assertThat(CatalogueRules.brokenBy(List.of(fine, operation("one", "does something", Route.get("/Things/{a}")))))
        .contains(
        "one: the name is taken",
        "one: the summary is not one sentence: 'does something'",
        "one: the path /Things/{a} is not words in lower case and fields in braces",
        "one: it changes something and its route is a GET",
        "one: the path field 'a' is neither required nor says what its absence means");
    assertThat(CatalogueRules.brokenBy(List.of(fine, operation("two", "Does something.", Route.post("/things/{g}")))))
        .contains(
        "two: its route POST /things/{g} belongs to one",
        "two: its path /things/{g} is elsewhere written /things/{f}",
        "two: the path field 'g' is no field of its input");
  }

  private static Operation<?, ?, ?> operation(String name, String summary, Route route) {
    return new Operation<>(name, summary, Right.ASK, Effect.WRITE, route, Object.class, Careless.class,
        SampleOperations.NoteCount.class, (service, call, input) -> new SampleOperations.NoteCount(0));
  }
}
