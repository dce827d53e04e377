package io.agentbus.op;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Operations on notes: between them they use every type that inputs and outputs may be made of. */
final class SampleOperations {
  enum Colour { RED, DARK_BLUE }

  record Link(
      @Field(value = "Where the link leads.", required = true, maxLength = 200) String href,
      @Field("How much it counts, from 0 to 1.") @Nullable Double weight,
      @Field("What kind of link it is.") @Nullable Colour colour) {}

  record WriteNote(
      @Field(value = "Name of the note, in its namespace.", required = true, maxLength = 40,
          pattern = "^[a-z][a-z0-9-]*$", shape = "a name of lower-case letters, digits and '-'", example = "\"shopping\"", positional = 0) String name,
      @Field(value = "What it says.", required = true, maxLength = 300) String text,
      @Field("Namespace; the caller's own when absent.") @Nullable NamespacePath namespace,
      @Field(value = "Higher is read first.", min = 0, max = 9, def = "5") @Nullable Integer priority,
      @Field(value = "Size of the page in bytes.", min = 1) @Nullable Long pageSize,
      @Field("Share of the attention it deserves.") @Nullable Double share,
      @Field("Whether it is kept for ever.") boolean pinned,
      @Field("Id of the note that this one answers.") @Nullable UUID answers,
      @Field(value = "Not shown before this time.", example = "\"2026-01-31T12:00:00Z\"") @Nullable Instant showAfter,
      @Field("When it was first said.") @Nullable OffsetDateTime saidAt,
      @Field("Colour of the paper.") @Nullable Colour colour,
      @Field(value = "How it is read.", oneOf = {"aloud", "silent"}, def = "\"silent\"") @Nullable String manner,
      @Field(value = "Words to find it by.", maxItems = 3, maxLength = 20, pattern = "^[a-z]+$",
          shape = "a lower-case word") @Nullable List<String> tags,
      @Field(value = "What it points to.", maxItems = 4) @Nullable List<Link> links,
      @Field("The one link that matters most.") @Nullable Link mainLink,
      @Field(value = "Counts by word.", maxItems = 3, min = 0) @Nullable Map<String, Integer> counts,
      @Field(value = "Anything else.", maxBytes = 200) @Nullable JsonNode extra,
      @Field(value = "Settings of its reader.", maxBytes = 100) @Nullable ObjectNode settings,
      @Field(value = "Key that opens it.", maxLength = 20, pattern = "^k-", shape = "a key", secret = true)
          @Nullable String key) {}

  record Note(
      @Field(value = "Its id.", required = true) UUID id,
      @Field(value = "Its name.", required = true) String name,
      @Field("What it says.") @Nullable String text,
      @Field("Where it lies.") @Nullable NamespacePath namespace,
      @Field("Colour of the paper.") @Nullable Colour colour,
      @Field(value = "When it was written.", required = true) Instant writtenAt,
      @Field("What it points to.") @Nullable List<Link> links,
      @Field("Anything else.") @Nullable JsonNode extra,
      @Field("How often it was read.") int reads,
      @Field("What the caller should know; only when there is something.") @JsonInclude(JsonInclude.Include.NON_NULL)
          @Nullable List<String> warnings) {}

  record NoteName(@Field(value = "Name of the note.", required = true, maxLength = 40, positional = 0) String name) {}

  record ListNotes(
      @Field(value = "Most notes on the page.", min = 1, max = 500, def = "100") @Nullable Integer limit,
      @Field(value = "The next of the page before.", maxLength = 200) @Nullable String cursor) {}

  record Nothing() {}

  record NoteCount(@Field(value = "How many there are.", required = true) long notes) {}

  record PaintNote(
      @Field(value = "Name of the note.", required = true, maxLength = 40) String name,
      @Field(value = "Its new colour.", required = true) Colour colour) {}

  record NotePage(
      @Field(value = "The notes.", required = true) List<Note> items,
      @Field("Cursor of the next page; null on the last.") @Nullable String next) {}

  static final Operation<SampleOperations, WriteNote, Note> WRITE_NOTE = new Operation<>("write_note",
      "Writes a note.", Right.ASK, Effect.WRITE, Route.post("/notes"), SampleOperations.class, WriteNote.class,
      Note.class, SampleOperations::write);
  static final Operation<SampleOperations, NoteName, Note> GET_NOTE = new Operation<>("get_note",
      "Answers one note.", Right.READ, Effect.READ, Route.get("/notes/{name}"), SampleOperations.class,
      NoteName.class, Note.class, SampleOperations::get);
  static final Operation<SampleOperations, ListNotes, NotePage> LIST_NOTES = new Operation<>("list_notes",
      "Lists notes.", Right.READ, Effect.READ, Route.get("/notes"), SampleOperations.class, ListNotes.class,
      NotePage.class, SampleOperations::list);
  static final Operation<SampleOperations, NoteName, Note> BURN_NOTE = new Operation<>("burn_note",
      "Burns a note.", Right.OPERATE, Effect.DESTROY, Route.delete("/notes/{name}"), SampleOperations.class,
      NoteName.class, Note.class, SampleOperations::burn);
  static final Operation<SampleOperations, PaintNote, Note> PAINT_NOTE = new Operation<>("paint_note",
      "Gives a note a colour.", Right.ASK, Effect.WRITE, Route.put("/notes/{name}/colour"), SampleOperations.class,
      PaintNote.class, Note.class, SampleOperations::paint);
  static final Operation<SampleOperations, Nothing, NoteCount> COUNT_NOTES = new Operation<>("count_notes",
      "Counts all notes.", Right.NONE, Effect.READ, Route.get("/note-count"), SampleOperations.class, Nothing.class,
      NoteCount.class, (service, call, input) -> new NoteCount(service.calls.get()));
  static final List<Operation<?, ?, ?>> ALL =
      List.of(WRITE_NOTE, GET_NOTE, LIST_NOTES, BURN_NOTE, PAINT_NOTE, COUNT_NOTES);

  /** How often the work of an operation was begun. */
  final AtomicInteger calls = new AtomicInteger();
  /** Runs between the effect and the answer of {@code write_note}, so that a test can stop there. */
  volatile Runnable beforeAnswer = () -> {};

  /** In a transaction, writes a row through it, so that tests see what was committed. */
  private Note write(Call call, WriteNote input) {
    calls.incrementAndGet();
    if (call.sql().isTransaction()) {
      call.sql().run("sample.write", Tuple.of(input.name()));
    }
    beforeAnswer.run();
    switch (input.text()) {
      case "refuse" -> throw ProblemException.invalid("/text", "is refused");
      case "break" -> throw new IllegalStateException("password of the database: hunter2");
      default -> {
        return new Note(UUID.randomUUID(), input.name(), input.text(), input.namespace(), input.colour(), Instant.EPOCH,
            input.links(), input.extra(), 0, null);
      }
    }
  }

  private Note get(Call call, NoteName input) {
    calls.incrementAndGet();
    if (!input.name().equals("shopping")) {
      throw ProblemException.notFound("note", input.name());
    }
    return new Note(new UUID(0, 1), input.name(), null, null, Colour.DARK_BLUE, Instant.EPOCH, null, null, 7, null);
  }

  private NotePage list(Call call, ListNotes input) {
    return new NotePage(List.of(), null);
  }

  private Note paint(Call call, PaintNote input) {
    return get(call, new NoteName(input.name()));
  }

  private Note burn(Call call, NoteName input) {
    return get(call, input);
  }
}
