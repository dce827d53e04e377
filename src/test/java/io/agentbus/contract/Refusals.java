package io.agentbus.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.agentbus.op.FieldShape;
import io.agentbus.op.Operation;
import io.agentbus.op.RecordShape;
import io.agentbus.op.Right;
import io.agentbus.op.ValueShape.Kind;
import io.agentbus.problem.ProblemCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Every way in which an operation must refuse, made from a call that it takes by spoiling one thing. */
final class Refusals {
  /** Fields by which a call says who acts. */
  private static final Set<String> ACTORS = Set.of("source_agent", "lease_owner");
  /** Fields that name a thing by an id which only its namespace knows. */
  private static final Set<String> THINGS = Set.of("job_id", "event_id", "token_id", "agent", "source", "webhook_id", "message_id", "campaign_id", "id", "source_id",
      "subscription_id", "delivery_id");
  /** What only who asked for a job, who it is for and an operator may do. */
  private static final Set<String> OVERRIDES = Set.of("cancel_job", "unblock_job", "reassign_job");
  /** What only the recipient of a message and an operator may do. */
  private static final Set<String> OF_RECIPIENT = Set.of("get_message", "ack_message", "defer_message");
  /** What an agent may do to itself alone. */
  private static final Set<String> OWN = Set.of("update_agent", "rotate_agent_token", "agent_heartbeat", "inbox");

  private final World world;
  private final Operation<?, ?, ?> operation;
  private final RecordShape shape;
  private final Sample sample;
  private final List<Refusal> found = new ArrayList<>();

  private Refusals(World world, Operation<?, ?, ?> operation, Sample sample) {
    this.world = world;
    this.operation = operation;
    this.shape = RecordShape.of(operation.input());
    this.sample = sample;
  }

  static List<Refusal> of(World world, Operation<?, ?, ?> operation, Sample sample) {
    var refusals = new Refusals(world, operation, sample);
    refusals.addUnknown();
    refusals.shape.fields().forEach(refusals::addSpoiled);
    refusals.addWrongCallers();
    refusals.addStaleFence();
    return refusals.found;
  }

  private void addUnknown() {
    var near = shape.fields().isEmpty() ? "" : shape.fields().getFirst().name();
    var name = near.isEmpty() ? "nonsense" : near + "x";
    add("unknown field", with(name, TextNode.valueOf("1")), ProblemCode.INVALID_INPUT, near, name);
    for (var field : shape.fields()) {
      if (field.value().leaf().kind() == Kind.RECORD && sample.input().has(field.name())) {
        var inner = field.value().leaf().record().fields().getFirst().name();
        var input = sample.input().deepCopy();
        ((ObjectNode) input.get(field.name()).get(0)).put(inner + "x", "1");
        add("unknown field", input, ProblemCode.INVALID_INPUT, inner, field.name());
      }
    }
  }

  private void addSpoiled(FieldShape field) {
    add("wrong type", with(field.name(), wrong(field)), ProblemCode.INVALID_INPUT, field.name(), field.name());
    var large = large(field);
    if (large != null) {
      add("oversize", with(field.name(), large), field.value().isOpaque() ? ProblemCode.PAYLOAD_TOO_LARGE : ProblemCode.INVALID_INPUT,
          field.name(), field.name());
    }
    if (field.required()) {
      var input = sample.input().deepCopy();
      input.remove(field.name());
      add("missing field", input, ProblemCode.INVALID_INPUT, field.name(), field.name());
    }
    if (field.name().equals("namespace") && !namesFromItsRoot(operation)) {
      add("wrong namespace", with("namespace", TextNode.valueOf(World.OUTSIDE)), ProblemCode.NOT_FOUND, "", "");
    }
    if (ACTORS.contains(field.name()) && world.worker.equals(sample.token())
        || field.name().equals("target_agent") && operation.name().equals("claim_jobs")) {
      add("wrong agent", with(field.name(), TextNode.valueOf(World.COLLEAGUE)), ProblemCode.FORBIDDEN, field.name(), "");
    }
    if (field.name().equals("agent") && OWN.contains(operation.name())) {
      add("wrong agent", with("agent", TextNode.valueOf(World.COLLEAGUE)), ProblemCode.FORBIDDEN, "", "");
    }
    if (field.name().equals("namespaces")) {
      add("wrong namespace", with("namespaces", JsonNodeFactory.instance.arrayNode().add(World.OUTSIDE)), ProblemCode.NOT_FOUND, "", "");
    }
    if (field.value().kind() == Kind.LIST && field.value().leaf().kind() == Kind.RECORD) {
      addSpoiledElements(field);
    }
  }

  /** On the memory bus a namespace outside the walls is one of that name inside. */
  private static boolean namesFromItsRoot(Operation<?, ?, ?> operation) {
    return operation.name().startsWith("memory_") && !Set.of("memory_notify", "memory_inbox").contains(operation.name());
  }

  /** What is spoiled within the records of a list: who acts, and where. */
  private void addSpoiledElements(FieldShape list) {
    var element = list.value().leaf().record();
    var good = sample.input().has(list.name()) ? (ObjectNode) sample.input().get(list.name()).get(0).deepCopy()
        : World.json(element.field("topic") != null ? "{'topic': 'infra.checked'}"
            : element.field("title") != null ? "{'target_agent': 'colleague', 'title': 't'}" : "{'subject': 's'}");
    if (element.field("namespace") != null) {
      add("wrong namespace", with(list.name(), one(good.deepCopy().put("namespace", World.OUTSIDE))), ProblemCode.NOT_FOUND, "", "");
    }
    if (element.field("source_agent") != null) {
      add("wrong agent", with(list.name(), one(good.deepCopy().put("source_agent", World.COLLEAGUE))), ProblemCode.FORBIDDEN, "source_agent", "");
    }
  }

  private void addWrongCallers() {
    if (operation.right() != Right.NONE) {
      addCaller("no right", world.without.get(operation.right()), ProblemCode.FORBIDDEN);
      addCaller("no token", "", ProblemCode.UNAUTHENTICATED);
    }
    if (THINGS.stream().anyMatch(sample.input()::has) && !OWN.contains(operation.name()) && !operation.name().equals("audit_window")
        && !operation.name().equals("memory_unsubscribe")
        || sample.staleFence() > 0) {
      addCaller("wrong namespace", world.stranger, ProblemCode.NOT_FOUND);
    }
    if (sample.staleFence() > 0) {
      addCaller("wrong agent", world.colleague, ProblemCode.LEASE_LOST);
    }
    if (OVERRIDES.contains(operation.name()) || OF_RECIPIENT.contains(operation.name())) {
      addCaller("wrong agent", world.colleague, ProblemCode.FORBIDDEN);
    }
  }

  private void addStaleFence() {
    if (sample.staleFence() > 0) {
      var input = sample.input().deepCopy();
      var attempt = input.has("jobs") ? (ObjectNode) input.get("jobs").get(0) : input;
      add("stale fence", attempt.put("fence", sample.staleFence()) == input ? attempt : input, ProblemCode.LEASE_LOST, "", "");
      for (var field : shape.fields()) {
        if (field.value().kind() == Kind.LIST && field.value().leaf().kind() == Kind.RECORD && !input.has(field.name())) {
          var following = World.json(switch (field.name()) {
            case "events" -> "{'topic': 'infra.checked', 'namespace': 'acme/idle'}";
            case "messages" -> "{'target_agent': 'colleague', 'title': 't'}";
            default -> "{'subject': 's', 'target_tag': 'unheard-of'}";
          });
          add("stale fence with " + field.name(), input.deepCopy().set(field.name(), one(following)), ProblemCode.LEASE_LOST, "", "");
        }
      }
    }
  }

  private void add(String why, ObjectNode input, ProblemCode code, String hint, String spoiled) {
    found.add(new Refusal(why + (spoiled.isEmpty() ? "" : " " + spoiled), sample.token(), input, code, hint, spoiled));
  }

  private void addCaller(String why, String token, ProblemCode code) {
    found.add(new Refusal(why, token, sample.input(), code, "", ""));
  }

  private ObjectNode with(String field, JsonNode value) {
    return sample.input().deepCopy().set(field, value);
  }

  private static ArrayNode one(ObjectNode element) {
    return JsonNodeFactory.instance.arrayNode().add(element);
  }

  private static JsonNode wrong(FieldShape field) {
    return switch (field.value().kind()) {
      case INTEGER, NUMBER -> TextNode.valueOf("many");
      case BOOLEAN -> TextNode.valueOf("perhaps");
      case UUID -> TextNode.valueOf("0197a0de");
      case TIME -> TextNode.valueOf("yesterday");
      case NAMESPACE -> TextNode.valueOf("//");
      case TEXT -> !field.value().choices().isEmpty() ? TextNode.valueOf("no_such_word")
          : !field.pattern().isEmpty() ? TextNode.valueOf(" ") : IntNode.valueOf(7);
      case RECORD, OBJECT, MAP, LIST -> IntNode.valueOf(7);
      case ANY -> throw new AssertionError("nothing is wrong for " + field.name());
    };
  }

  private static @Nullable JsonNode large(FieldShape field) {
    return switch (field.value().kind()) {
      case INTEGER, NUMBER -> field.max() == Long.MAX_VALUE ? null : JsonNodeFactory.instance.numberNode(field.max() + 1);
      case TEXT -> TextNode.valueOf("a".repeat(field.value().choices().isEmpty() ? field.maxLength() + 1 : 5_000));
      case UUID, TIME, NAMESPACE -> TextNode.valueOf("1".repeat(5_000));
      case OBJECT, ANY -> JsonNodeFactory.instance.objectNode().put("a", "x".repeat(field.maxBytes()));
      case LIST -> {
        var list = JsonNodeFactory.instance.arrayNode();
        for (var i = 0; i <= field.maxItems(); i++) {
          list.add("a");
        }
        yield list;
      }
      case BOOLEAN, RECORD, MAP -> null;
    };
  }
}
