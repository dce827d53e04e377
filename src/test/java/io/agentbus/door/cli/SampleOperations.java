package io.agentbus.door.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Call;
import io.agentbus.op.Effect;
import io.agentbus.op.Field;
import io.agentbus.op.Operation;
import io.agentbus.op.Right;
import io.agentbus.op.Route;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Declarations with a field of every type; nobody carries them out here. */
final class SampleOperations {
  enum Mood {
    CALM,
    IN_A_HURRY
  }

  record Nested(String subject, int priority) {}

  record EveryType(
      @Field(value = "Whom it is for", required = true) String targetAgent,
      @Field(value = "How soon; 50% is a normal load", def = "100", min = 0) Integer priority,
      @Field("A share") Double share,
      @Field("A large number") Long size,
      @Field(value = "Whether to wait", def = "true") @JsonProperty("wait") Boolean waits,
      @Field("When it may start") Instant runAfter,
      @Field("What it is about") JsonNode payload,
      @Field("Words to find it by") List<String> tags,
      @Field("Ids it waits for") List<UUID> dependsOn,
      @Field("Counts") List<Integer> counts,
      @Field("What comes next") List<Nested> followUps,
      @Field("One more") Nested nested,
      @Field("A mood") Mood mood,
      @Field(value = "How sure", oneOf = {"low", "high"}) String confidence,
      @Field("Where to post it") String url,
      @Field(value = "A proof", secret = true) String joinToken) {}

  record Finish(@Field(value = "The job", required = true, positional = 0) UUID jobId,
      @Field(value = "Its fence", required = true) Long fence,
      @Field("In one line") String summary) {}

  record Nothing() {}

  static final Operation<SampleOperations, EveryType,
      Nothing> ASK = new Operation<>("ask_everything", "Asks for everything at once.",
      Right.ASK, Effect.WRITE, Route.post("/everything"), SampleOperations.class, EveryType.class, Nothing.class,
      SampleOperations::ask);
  static final Operation<SampleOperations, Finish,
      Nothing> FINISH = new Operation<>("finish_job", "Finishes a job to 100%.", Right.WORK,
      Effect.WRITE, Route.post("/jobs/{job_id}/finish"), SampleOperations.class, Finish.class, Nothing.class,
      SampleOperations::finish);
  static final Operation<SampleOperations, Nothing,
      Nothing> LIST = new Operation<>("list_things", "Lists things.", Right.OPERATE,
      Effect.READ, Route.get("/things"), SampleOperations.class, Nothing.class, Nothing.class, SampleOperations::list);
  static final List<Operation<?, ?, ?>> ALL = List.of(ASK, FINISH, LIST);

  Nothing ask(Call call, EveryType input) {
    throw new UnsupportedOperationException();
  }

  Nothing finish(Call call, Finish input) {
    throw new UnsupportedOperationException();
  }

  Nothing list(Call call, Nothing input) {
    throw new UnsupportedOperationException();
  }
}
