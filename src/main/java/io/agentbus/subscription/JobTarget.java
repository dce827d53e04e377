package io.agentbus.subscription;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.cel.EventTemplate;
import io.agentbus.cel.EventValue;
import io.agentbus.cel.FillRoom;
import io.agentbus.db.Sql;
import io.agentbus.db.Tx;
import io.agentbus.job.EnqueueJob;
import io.agentbus.job.Jobs;
import io.agentbus.op.Call;
import io.agentbus.op.Caller;
import io.agentbus.op.Json;
import io.agentbus.op.Right;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Makes a job of each event. The job's source is the subscription, which acts for its owner. The dedupe key is the event's id unless the
 * template says otherwise, so that no repetition makes two.
 */
final class JobTarget implements InnerTarget {
  /** Longest chain of jobs that make events that make jobs. */
  static final int MAX_HOPS = 8;
  private static final int KEY = 500;

  /** A subscription that stands behind a job. @param hops how many stand behind it */
  record Maker(UUID subscription, int hops) {}

  private final Jobs jobs;
  private final int payloadMax;
  private final CompiledTemplates compiled = new CompiledTemplates();

  /** @param payloadMax most bytes of a payload that a template fills */
  JobTarget(Jobs jobs, int payloadMax) {
    this.jobs = jobs;
    this.payloadMax = payloadMax;
  }

  /** Refuses a template that cannot be filled, and one without the right to ask for jobs. */
  static void check(Caller owner, JobTemplate template) {
    owner.require(Right.ASK);
    EventTemplate.compile("/job", templates(Json.MAPPER.valueToTree(template)));
  }

  @Override
  public Outcome deliver(Tx tx, Definition subscription, Delivery delivery, Caller owner) {
    if (!owner.may(Right.ASK)) {
      return new Outcome.Dead(Tried.failed(subscription.owner() + " has no right to ask for jobs any more"));
    }
    var event = Happened.of(delivery.event());
    var job = event.sourceJobId();
    var hops = 1 + (job == null ? 0 : makers(tx, List.of(job)).getOrDefault(job, List.of()).stream().mapToInt(Maker::hops).max().orElse(0));
    if (hops > MAX_HOPS) {
      return new Outcome.Dead(Tried.failed("a chain of " + MAX_HOPS + " jobs that subscriptions made led to this event: it is not continued"));
    }
    var filled = filled(subscription, event);
    if (filled.failure() != null) {
      return new Outcome.Dead(Tried.failed("the job cannot be filled from this event: " + filled.failure()));
    }
    var made = jobs.enqueue(new Call(owner, "delivery " + delivery.id(), tx), wish(subscription, event, (ObjectNode) filled.value()));
    if (!Boolean.TRUE.equals(made.duplicate())) {
      tx.run("subscription.add_job", Tuple.of(made.id(), subscription.id(), hops));
    }
    return new Outcome.Delivered(Tried.well(), JsonNodeFactory.instance.objectNode().put("job_id", made.id().toString())
        .put("duplicate", Boolean.TRUE.equals(made.duplicate())));
  }

  @Override
  public JsonNode preview(Definition subscription, Happened event) {
    var filled = filled(subscription, event);
    if (filled.failure() != null) {
      throw ProblemException.invalid("/job", filled.failure());
    }
    return Json.MAPPER.valueToTree(wish(subscription, event, (ObjectNode) filled.value()));
  }

  /** Which subscriptions stand behind jobs, themselves or through jobs that followed. */
  static Map<UUID, List<Maker>> makers(Sql sql, Collection<UUID> jobs) {
    var makers = new HashMap<UUID, List<Maker>>();
    for (var row : sql.run("subscription.made_by", Tuple.tuple().addArrayOfUUID(SubscriptionStore.array(jobs)))) {
      makers.computeIfAbsent(row.getUUID("job_id"), _ -> new ArrayList<>()).add(new Maker(row.getUUID("subscription_id"), row.getInteger("hops")));
    }
    return makers;
  }

  private EventValue.Answer filled(Definition subscription, Happened event) {
    var filled = compiled.of("/job", templates(subscription.settings().path("job"))).fill(event.facts(), new FillRoom(payloadMax));
    var payload = filled.value() == null ? null : filled.value().get("payload");
    var bytes = payload == null ? 0 : Json.text(payload).getBytes(StandardCharsets.UTF_8).length;
    return bytes <= payloadMax ? filled
        : new EventValue.Answer(null, "its payload comes to " + bytes + " bytes, and a payload has at most " + payloadMax);
  }

  /** What of a template may hold expressions. */
  private static ObjectNode templates(JsonNode template) {
    var templates = JsonNodeFactory.instance.objectNode();
    for (var name : List.of("subject", "payload", "dedupe_key", "flow_key")) {
      if (template.hasNonNull(name)) {
        templates.set(name, template.get(name));
      }
    }
    return templates;
  }

  private static EnqueueJob wish(Definition subscription, Happened event, ObjectNode filled) {
    var template = subscription.settings().path("job");
    var payload = filled.get("payload") instanceof ObjectNode object ? object
        : JsonNodeFactory.instance.objectNode().<ObjectNode>set("event", event.tree());
    return new EnqueueJob(template.hasNonNull("namespace") ? template.get("namespace").textValue() : event.namespace(),
        text(template, "target_agent"), text(template, "target_capability"), text(template, "target_tag"), subject(Objects.requireNonNull(line(filled, "subject", event.topic()))),
        text(template, "job_type"), null, number(template, "priority"), null, payload, null, key(line(filled, "dedupe_key", event.id().toString())),
        key(line(filled, "flow_key", null)), null, null, null, null, number(template, "max_attempts"), number(template, "timeout_seconds"),
        number(template, "expected_seconds"), null);
  }

  private static @Nullable String line(ObjectNode filled, String name, @Nullable String otherwise) {
    var value = filled.get(name);
    var text = value == null || value.isNull() ? null : (value.isTextual() ? value.textValue() : value.toString()).replace('\0', ' ');
    return text == null || text.isBlank() ? otherwise : text;
  }

  /** A subject that is too long is cut: it is for people. */
  private static String subject(String text) {
    return fits(text) ? text : start(text, KEY - 3) + "...";
  }

  /** A key that is too long ends in a digest of all of it, so that two that differ stay two. */
  private static @Nullable String key(@Nullable String text) {
    return text == null || fits(text) ? text
        : start(text, KEY - 100) + "..." + HexFormat.of().formatHex(DeliveryIds.sha256(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static boolean fits(String text) {
    return text.codePointCount(0, text.length()) <= KEY;
  }

  private static String start(String text, int characters) {
    return text.substring(0, text.offsetByCodePoints(0, characters));
  }

  private static @Nullable String text(JsonNode template, String name) {
    return template.hasNonNull(name) ? template.get(name).textValue() : null;
  }

  private static @Nullable Integer number(JsonNode template, String name) {
    return template.hasNonNull(name) ? template.get(name).intValue() : null;
  }
}
