package io.agentbus.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemException;
import io.agentbus.sim.JobModel.Answer;
import io.agentbus.sim.JobModel.Finish;
import io.agentbus.sim.JobModel.Who;
import io.agentbus.sim.ModelJob.Status;
import io.agentbus.sim.ModelJob.Target;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Runs the steps of one sequence against the bus and against the model, and compares every answer. */
final class Sequence {
  private static final int LATER_SECONDS = 7_200;

  /** The bus and the model differ. */
  static final class Mismatch extends AssertionError {
    private static final long serialVersionUID = 1;

    Mismatch(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  private final Lane lane;
  private final JobModel model = new JobModel(Lane.WORKERS);
  private final BusProbe probe;
  private final List<String> trace = new ArrayList<>();
  private @Nullable UUID lastClaim;
  private String lastClaimer = "";

  Sequence(Lane lane) {
    this.lane = lane;
    this.probe = new BusProbe(lane);
  }

  /** What was done, a line a call. */
  List<String> trace() {
    return trace;
  }

  /** Runs the steps, compares the database with the model, ends what is left and compares again: the lane is clean for the next. */
  void run(List<Step> steps) {
    steps.forEach(this::step);
    for (var who : List.copyOf(model.draining)) {
      desire(who, "active");
    }
    probe.compare(model, trace);
    for (var job : model.jobs) {
      if (!job.status.ended()) {
        var output = call("cancel_job", Lane.OPERATOR, input().put("job_id", idOf(job)), null, false);
        same(Objects.requireNonNull(output), model.end(Lane.OPERATOR, job, Status.CANCELLED, "cancel_job"));
      }
    }
    probe.compare(model, trace);
  }

  private void step(Step s) {
    switch (s.kind()) {
      case ENQUEUE -> enqueue(s);
      case ENQUEUE_TWO -> enqueueTwo(s);
      case CLAIM -> claim(s);
      case MARK -> attempt(s, "mark_running_job", input(), (who, job, fence) -> model.mark(who, job, fence));
      case RENEW -> attempt(s, "renew_job_lease", s.a() % 2 == 0 ? input() : input().put("lease_seconds", 900),
          (who, job, fence) -> model.touch(who, job, fence, true));
      case PROGRESS -> {
        var input = input();
        input.putObject("progress").put("done", s.a());
        attempt(s, "report_progress", input, (who, job, fence) -> model.touch(who, job, fence, false));
      }
      case COMPLETE -> finish(s, input(), new Finish("complete_job", "succeeded", true, Status.SUCCEEDED, false, null));
      case COMPLETE_MANY -> completeMany(s);
      case FAIL -> fail(s);
      case BLOCK -> block(s);
      case RELEASE -> finish(s, s.a() % 3 == 0 ? input().put("delay_seconds", LATER_SECONDS) : input(),
          new Finish("release_job", "cancelled", false, Status.QUEUED, s.a() % 3 == 0, null));
      case CANCEL -> override(s, "cancel_job", "ask", job -> !job.status.ended(), input(),
          (who, job) -> model.end(who, job, Status.CANCELLED, "cancel_job"));
      case KILL -> override(s, "kill_job", "operate", job -> !job.status.ended(), input(),
          (who, job) -> model.end(who, job, Status.DEAD, "kill_job"));
      case UNBLOCK -> override(s, "unblock_job", "ask", job -> job.status == Status.BLOCKED, input(), model::unblock);
      case REASSIGN -> {
        var target = Lane.TARGETS.stream().filter(one -> !one.equals(Target.ANY)).toList().get(s.a() % 7);
        override(s, "reassign_job", "ask", job -> !job.status.ended() && !job.status.held(), addressed(input(), target),
            (who, job) -> model.reassign(who, job, target));
      }
      case REPRIORITIZE -> override(s, "reprioritize_job", "operate", job -> !job.status.ended() && !job.status.held(),
          input().put("priority", 1 + s.a()), (who, job) -> model.reprioritize(who, job, 1 + s.a()));
      case RETRY -> {
        var later = s.a() % 4 == 0;
        override(s, "retry_job", "operate", job -> job.status.endedBadly(), later ? input().put("run_after", later()) : input(),
            (who, job) -> model.retry(who, job, later));
      }
      case LAPSE -> lapse(s);
      case SWEEP -> sweep();
      case COME_DUE -> comeDue(s);
      case REVIEW -> review(s);
      case DRAIN -> desire(Lane.WORKERS.get(s.who() % 3).name(), s.a() % 2 == 0 ? "draining" : "active");
    }
  }

  // Asking for work ---------------------------------------------------------------------------------------------------------

  private void enqueue(Step s) {
    var who = pick(s.who(), Lane.OPERATOR, Lane.OPERATOR, Lane.ASKER, Lane.WHO_A, Lane.WHO_B, Lane.READER, Lane.OUTSIDER);
    var target = Lane.TARGETS.get(s.a() % Lane.TARGETS.size());
    var past = s.b() % 13 == 1;
    var delayed = s.b() % 13 == 0;
    var key = s.c() % 4 == 0 ? "k" + s.c() % 3 : null;
    var job = new ModelJob(who.name(), target, s.b() % 3 == 0 ? 1 + s.b() : 100, 1 + s.c() % 3, key, past ? 0 : model.tick(), delayed);
    var input = words(job, "s" + s.job()).put("namespace", lane.namespace);
    if (past || delayed) {
      input.put("run_after", past ? "2001-01-01T00:00:00Z" : later());
    }
    var unknown = s.job() % 41 == 0;
    if (s.job() % 3 == 0 && !model.jobs.isEmpty()) {
      var names = input.putArray("depends_on");
      for (var i = 0; i <= s.job() % 2; i++) {
        var parent = model.jobs.get((s.job() + i * s.b()) % model.jobs.size());
        names.add(parent.knownId().toString());
        job.dependencies.put(parent, false);
      }
    }
    if (unknown) {
      input.withArray("depends_on").add(UUID.randomUUID().toString());
    }
    // Judged before anything is looked up.
    var twoTargets = s.job() % 47 == 0;
    if (twoTargets) {
      input.put("target_agent", "a").put("target_tag", "x");
    }
    var refusal = !who.rights().contains("ask") ? JobModel.FORBIDDEN : twoTargets ? JobModel.INVALID_INPUT
        : !who.inside() ? JobModel.NOT_FOUND : unknown ? JobModel.INVALID_INPUT : null;
    var there = refusal == null ? model.active(target, key) : null;
    var answer = call("enqueue_job", who, input, refusal, s.c() % 5 == 0);
    if (answer == null) {
      return;
    }
    expect(answer.get("duplicate").asBoolean() == (there != null), "duplicate should be " + (there != null), answer);
    if (there == null) {
      job.id = id(answer);
      model.add(job);
    }
    same(answer, Answer.of(there == null ? job : there));
    expect(id(answer).equals((there == null ? job : there).id), "another job than the active one", answer);
  }

  /** Two jobs of one call, the second waiting for the first. */
  private void enqueueTwo(Step s) {
    var target = Lane.TARGETS.get(s.a() % Lane.TARGETS.size());
    var due = model.tick();
    var first = new ModelJob("operator", target, 100, 1 + s.c() % 3, null, due, false);
    var second = new ModelJob("operator", target, 100, 1 + s.b() % 3, null, due, false);
    second.dependencies.put(first, false);
    var input = input();
    var list = input.putArray("jobs");
    var circle = s.job() % 7 == 0;
    list.add(words(first, "first").put("ref", "one"));
    list.add(words(second, "second").put("ref", "two"));
    ((ObjectNode) list.get(1)).putArray("depends_on").add("one");
    if (circle) {
      ((ObjectNode) list.get(0)).putArray("depends_on").add("two");
    }
    var answer = call("enqueue_jobs", Lane.OPERATOR, input, circle ? JobModel.INVALID_INPUT : null, s.c() % 3 == 0);
    if (answer != null) {
      first.id = id(answer.get("jobs").get(0));
      second.id = id(answer.get("jobs").get(1));
      model.add(first);
      model.add(second);
      same(answer.get("jobs").get(0), Answer.of(first));
      same(answer.get("jobs").get(1), Answer.of(second));
    }
  }

  // Working -----------------------------------------------------------------------------------------------------------------

  private void claim(Step s) {
    var agent = Lane.WORKERS.get(s.who() % 3).name();
    var who = s.who() % 10 == 0 ? Lane.OPERATOR : s.who() % 50 == 1 ? Lane.ASKER : Lane.whoOf(agent);
    var wanted = 1 + s.a() % 3;
    var input = input().put("limit", wanted);
    if (!who.agent()) {
      input.put("target_agent", agent).put("namespace", lane.namespace);
    }
    var stranger = who.agent() && s.b() % 29 == 0;
    if (stranger) {
      input.put("target_agent", "nobody");
    }
    var repeated = lastClaim != null && lastClaimer.equals(agent) && s.c() % 3 == 0;
    var claimId = repeated ? lastClaim : s.c() % 4 == 1 ? UUID.randomUUID() : null;
    if (claimId != null) {
      input.put("claim_id", claimId.toString());
      lastClaim = claimId;
      lastClaimer = agent;
    }
    var refusal = !who.rights().contains("work") || stranger ? JobModel.FORBIDDEN : null;
    var open = claimId == null ? List.<ModelJob>of() : model.heldBy(agent, claimId);
    var expected = !open.isEmpty() ? open : model.claimable(agent, wanted);
    var answer = call("claim_jobs", who, input, refusal, s.b() % 7 == 0);
    if (answer == null) {
      return;
    }
    var got = new ArrayList<UUID>();
    answer.get("jobs").forEach(job -> got.add(id(job)));
    expect(got.equals(expected.stream().map(ModelJob::knownId).toList()), "should have claimed " + numbers(expected), answer);
    for (var i = 0; i < expected.size(); i++) {
      var job = expected.get(i);
      var row = answer.get("jobs").get(i);
      var fence = row.get("fence").asLong();
      if (open.isEmpty()) {
        expect(fence > job.lastFence, "fence of job " + number(job) + " should be above " + job.lastFence, row);
        model.leased(job, agent, fence, claimId);
      }
      expect(fence == job.lastFence, "fence should be " + job.lastFence, row);
      same(row, Answer.of(job));
    }
  }

  /** What a verb on an attempt must answer. */
  private interface Verb {
    Answer answer(Who who, @Nullable ModelJob job, long fence);
  }

  private void attempt(Step s, String operation, ObjectNode input, Verb verb) {
    var job = choose(s, one -> one.held != null);
    var who = worker(s, job);
    var fence = fence(s, job);
    input.put("job_id", idOf(job)).put("fence", fence);
    var bad = spoil(s, input);
    var answer = !who.rights().contains("work") ? Answer.refused(JobModel.FORBIDDEN)
        : bad ? Answer.refused(JobModel.INVALID_INPUT) : verb.answer(who, job, fence);
    var output = call(operation, who, input, answer.code(), s.c() % 6 == 0);
    if (output != null) {
      same(output, answer);
      push(job, output);
    }
  }

  private void finish(Step s, ObjectNode input, Finish how) {
    attempt(s, how.verb(), input, (who, job, fence) -> model.finish(who, job, fence, how));
  }

  private void fail(Step s) {
    var input = input().put("last_error", "e");
    switch (s.a() % 4) {
      case 0 -> finish(s, input, new Finish("fail_job", "failed", true, Status.FAILED, false, null));
      case 1 -> finish(s, input.put("retry", true), new Finish("fail_job", "failed", true, Status.QUEUED, true, null));
      case 2 -> finish(s, input.put("retry_seconds", LATER_SECONDS), new Finish("fail_job", "failed", true, Status.QUEUED, true, null));
      default -> finish(s, input.put("retry_seconds", 0), new Finish("fail_job", "failed", true, Status.QUEUED, false, null));
    }
  }

  private void block(Step s) {
    var input = input().put("blocked_reason", "r");
    var review = s.a() % 3 == 0 ? "dead" : s.a() % 3 == 1 ? "requeue" : null;
    if (review != null) {
      input.put("review_after_seconds", LATER_SECONDS).put("on_review", review);
    }
    finish(s, input, new Finish("block_job", "blocked", false, Status.BLOCKED, false, review));
  }

  private void completeMany(Step s) {
    var first = choose(s, one -> one.held != null);
    var second = choose(new Step(s.kind(), s.who(), s.job() + 1 + s.a(), s.a(), s.b(), s.c()), one -> one.held != null);
    var who = worker(s, first);
    var input = input();
    var list = input.putArray("jobs");
    var jobs = new ArrayList<@Nullable ModelJob>();
    jobs.add(first);
    jobs.add(second);
    jobs.forEach(job -> list.add(input().put("job_id", idOf(job)).put("fence", fence(s, job))));
    if (!who.rights().contains("work")) {
      call("complete_jobs", who, input, JobModel.FORBIDDEN, false);
      return;
    }
    var answers = new ArrayList<Answer>();
    var how = new Finish("complete_job", "succeeded", true, Status.SUCCEEDED, false, null);
    for (var i = 0; i < 2; i++) {
      answers.add(model.finish(who, jobs.get(i), list.get(i).get("fence").asLong(), how));
    }
    var output = Objects.requireNonNull(call("complete_jobs", who, input, null, s.c() % 6 == 0));
    for (var i = 0; i < 2; i++) {
      var entry = output.get("jobs").get(i);
      var code = answers.get(i).code();
      expect(Objects.equals(entry.path("code").textValue(), code), "entry " + i + " should be " + (code == null ? "accepted" : code), output);
    }
  }

  // Overrides ---------------------------------------------------------------------------------------------------------------

  /** What an override must answer. */
  private interface Overriding {
    Answer answer(Who who, @Nullable ModelJob job);
  }

  private void override(Step s, String operation, String right, Predicate<ModelJob> fits, ObjectNode input, Overriding override) {
    var job = choose(s, fits);
    var who = pick(s.who(), Lane.OPERATOR, Lane.OPERATOR, Lane.OPERATOR, Lane.ASKER, Lane.WHO_A, Lane.WHO_B, Lane.WHO_C, Lane.OUTSIDER, Lane.READER);
    input.put("job_id", idOf(job));
    var bad = spoil(s, input);
    var answer = !who.rights().contains(right) ? Answer.refused(JobModel.FORBIDDEN)
        : bad ? Answer.refused(JobModel.INVALID_INPUT) : override.answer(who, job);
    var output = call(operation, who, input, answer.code(), s.c() % 6 == 0);
    if (output != null) {
      same(output, answer);
    }
  }

  // Time --------------------------------------------------------------------------------------------------------------------

  private void lapse(Step s) {
    var job = choose(s, one -> one.held != null);
    if (job != null && job.held != null) {
      trace.add("the lease of job " + number(job) + " ends");
      probe.lapse(job);
      job.lapsed = true;
    }
  }

  private void sweep() {
    var swept = model.sweep();
    var output = Objects.requireNonNull(call("requeue_expired", Lane.OPERATOR, input().put("namespace", lane.namespace), null, false));
    sameIds(output.get("requeued"), swept.getOrDefault(Status.QUEUED, List.of()), output);
    sameIds(output.get("dead"), swept.getOrDefault(Status.DEAD, List.of()), output);
    swept.getOrDefault(Status.QUEUED, List.of()).forEach(probe::putOff);
  }

  private void comeDue(Step s) {
    var job = choose(s, one -> one.status == Status.QUEUED && one.delayed);
    if (job != null && job.status == Status.QUEUED && job.delayed) {
      trace.add("the time of job " + number(job) + " comes");
      job.due = model.tick();
      job.delayed = false;
      probe.comeDue(job);
    }
  }

  private void review(Step s) {
    var job = choose(s, one -> one.review != null);
    if (job != null && job.review != null) {
      trace.add("the review of job " + number(job) + " comes");
      probe.review(job);
      model.review(job);
    }
  }

  private void desire(String agent, String desired) {
    var input = input().put("agent", agent).put("namespace", lane.namespace).put("desired", desired);
    call("update_agent", Lane.OPERATOR, input, null, false);
    if (desired.equals("active")) {
      model.draining.remove(agent);
    } else {
      model.draining.add(agent);
    }
  }

  /** What was put off by a random time is put off for long, so that only the sequence decides when it comes. */
  private void push(@Nullable ModelJob job, JsonNode output) {
    if (job != null && job.delayed && job.status == Status.QUEUED && "queued".equals(output.path("status").asText())) {
      probe.putOff(job);
    }
  }

  // Choosing ----------------------------------------------------------------------------------------------------------------

  /** A job that fits, mostly; sometimes any, sometimes one that nobody knows. */
  private @Nullable ModelJob choose(Step s, Predicate<ModelJob> fits) {
    var fitting = model.jobs.stream().filter(fits).toList();
    var from = fitting.isEmpty() || s.b() % 6 == 0 ? model.jobs : fitting;
    return from.isEmpty() || s.b() % 61 == 0 ? null : from.get(s.job() % from.size());
  }

  private static Who worker(Step s, @Nullable ModelJob job) {
    var closed = job == null || job.closed.isEmpty() ? null : job.closed.getLast().agent();
    var holder = job != null && job.held != null ? job.held.agent() : closed != null ? closed : "a";
    return s.who() % 4 != 0 ? Lane.whoOf(holder)
        : pick(s.who() / 4, Lane.OPERATOR, Lane.OPERATOR, Lane.WHO_A, Lane.WHO_B, Lane.WHO_C, Lane.OUTSIDER, Lane.ASKER, Lane.READER);
  }

  /** The fence of the open attempt or of the last closed one, mostly; sometimes an older one, sometimes one that is not there yet. */
  private static long fence(Step s, @Nullable ModelJob job) {
    if (job == null || job.lastFence == 0) {
      return 1;
    }
    var fences = job.closed.stream().map(ModelJob.Closed::fence).filter(Objects::nonNull).toList();
    return s.a() % 11 == 0 ? job.lastFence + 1 : s.a() % 7 == 0 && !fences.isEmpty() ? fences.get(s.b() % fences.size()) : job.lastFence;
  }

  @SafeVarargs
  private static <T> T pick(int number, T... from) {
    return from[number % from.length];
  }

  /** Makes the input wrong, now and then. */
  private static boolean spoil(Step s, ObjectNode input) {
    switch (s.c() % 37) {
      case 1 -> input.put("job_id", "not an id");
      case 2 -> input.put("jobid", 1);
      case 3 -> input.remove("job_id");
      default -> {
        return false;
      }
    }
    return true;
  }

  // Calling and comparing ---------------------------------------------------------------------------------------------------

  /** Calls; answers the output, or null after the refusal that was expected. With a key it calls twice and wants the same answer. */
  private @Nullable JsonNode call(String operation, Who who, ObjectNode input, @Nullable String refusal, boolean keyed) {
    var key = keyed ? UUID.randomUUID().toString() : null;
    var line = who.name() + ": " + operation + " " + input + (keyed ? " with a key" : "");
    trace.add(line + (refusal == null ? "" : " -> " + refusal));
    try {
      var output = lane.bus.call(lane.caller(who), operation, input.toString(), key);
      expect(refusal == null, "should have been refused: " + refusal, output);
      if (keyed) {
        expect(lane.bus.call(lane.caller(who), operation, input.toString(), key).equals(output), "the repeated call got another answer", output);
      }
      return output;
    } catch (ProblemException problem) {
      if (refusal == null || !problem.code().wire().equals(refusal)) {
        throw new Mismatch("should have been " + (refusal == null ? "accepted" : refusal) + ", was refused: " + problem.code().wire() + ": "
            + problem.getMessage(), problem);
      }
      return null;
    }
  }

  private void same(JsonNode job, Answer answer) {
    if (answer.status() != null) {
      expect(job.get("status").asText().equals(answer.status().wire()), "status should be " + answer.status().wire(), job);
    }
    if (answer.attempts() != null) {
      expect(job.get("attempt_count").asInt() == answer.attempts(), "attempt_count should be " + answer.attempts(), job);
    }
  }

  private void sameIds(JsonNode got, List<ModelJob> expected, JsonNode output) {
    Map<String, Boolean> ids = new HashMap<>();
    got.forEach(id -> ids.put(id.asText(), true));
    var wanted = new HashMap<String, Boolean>();
    expected.forEach(job -> wanted.put(job.knownId().toString(), true));
    expect(ids.equals(wanted), "should be " + numbers(expected), output);
  }

  private static void expect(boolean holds, String otherwise, JsonNode output) {
    if (!holds) {
      throw new Mismatch(otherwise + ", but the answer was " + output, null);
    }
  }

  private List<Integer> numbers(List<ModelJob> jobs) {
    return jobs.stream().map(this::number).toList();
  }

  private int number(ModelJob job) {
    return model.jobs.indexOf(job);
  }

  private static ObjectNode words(ModelJob job, String subject) {
    var input = addressed(input(), job.target).put("subject", subject).put("priority", job.priority).put("max_attempts", job.maxAttempts);
    return job.key == null ? input : input.put("dedupe_key", job.key);
  }

  private static ObjectNode addressed(ObjectNode input, Target target) {
    return target.equals(Target.ANY) ? input : input.put("target_" + target.kind(), target.name());
  }

  private static ObjectNode input() {
    return Json.MAPPER.createObjectNode();
  }

  /** The id to name a job by; one that nobody knows for null. */
  private static String idOf(@Nullable ModelJob job) {
    return (job == null ? UUID.randomUUID() : job.knownId()).toString();
  }

  private static UUID id(JsonNode job) {
    return UUID.fromString(job.get("id").asText());
  }

  private static String later() {
    return Instant.now().plusSeconds(LATER_SECONDS).truncatedTo(ChronoUnit.MILLIS).toString();
  }
}
