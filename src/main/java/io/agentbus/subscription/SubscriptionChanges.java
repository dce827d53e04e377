package io.agentbus.subscription;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.agent.Directory;
import io.agentbus.cel.Expressions;
import io.agentbus.op.Call;
import io.agentbus.op.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Changes what subscriptions mean and where they go, without moving them: events that were looked at are not looked at again, and what waits
 * goes to the target as it is then.
 */
public final class SubscriptionChanges {
  private static final Set<String> OF_TARGET = Set.of("url", "webhook", "target_agent", "title", "priority", "job", "address");

  private final Directory directory;
  private final Targets targets;
  private final Subscriptions subscriptions;
  private final TargetSettings settings;

  public SubscriptionChanges(Directory directory, Targets targets, Subscriptions subscriptions) {
    this.directory = directory;
    this.targets = targets;
    this.subscriptions = subscriptions;
    this.settings = new TargetSettings(directory);
  }

  /** Changes what is given. The target itself stays: another one is another subscription. */
  public Subscription update(Call call, UpdateSubscription in) {
    var caller = call.caller();
    if (in.namespace() != null) {
      directory.filter(caller, in.namespace());
    }
    if (in.filter() != null && !in.filter().isEmpty()) {
      Expressions.filter("/filter", in.filter());
    }
    var changed = given(in);
    return call.sql().inTransaction(tx -> {
      // Nothing is handed out meanwhile, so that each event is looked at by what held when its turn came.
      SubscriptionStore.hold(tx);
      SubscriptionStore.keep(tx, in.subscriptionId());
      var known = subscriptions.find(tx, caller, in.subscriptionId());
      if (changed.isEmpty()) {
        return known;
      }
      var definition = Objects.requireNonNull(SubscriptionStore.definition(tx, known.id()));
      var wished = merged(in, known, definition.settings());
      // Where nothing is said of the target, what became of it meanwhile is no reason to refuse.
      var kept = Collections.disjoint(changed, OF_TARGET) ? definition.settings()
          : settings.of(caller, directory.namespacePath(definition.namespaceId()), wished);
      if (in.url() != null || in.webhook() != null) {
        targets.webhook().change(new Call(caller, call.requestId(), tx), known.id(), in.url(), in.webhook() == null ? WebhookChange.NONE : in.webhook());
      }
      tx.run("subscription.update", DeliveryStore.tuple(known.id(), wished.topic(), wished.namespace(), wished.sourceAgent(), wished.filter(),
          kept.toString(), Boolean.TRUE.equals(wished.ordered()), Subscriptions.concurrency(wished), wished.description()));
      var detail = Subscriptions.about(known).put("subscribed_topic", wished.topic()).put("subscribed_namespace", wished.namespace());
      changed.forEach(detail.putArray("changed")::add);
      return subscriptions.changed(call, tx, known, "update_subscription", detail);
    });
  }

  /** The subscription as if it were made anew, but for an endpoint that stays. */
  private static Subscribe merged(UpdateSubscription in, Subscription known, JsonNode settings) {
    var inbox = known.to() == Target.INBOX;
    var ordered = in.ordered() == null ? known.ordered() : in.ordered();
    return new Subscribe(in.topic() == null ? known.topic() : in.topic(), in.namespace() == null ? known.namespace() : in.namespace(),
        text(in.sourceAgent(), known.sourceAgent()), text(in.filter(), known.filter()), known.to(), in.url(),
        in.webhook() == null ? null : WebhookSettings.NONE,
        in.targetAgent() == null && inbox ? settings.path("target_agent").asText() : in.targetAgent(),
        text(in.title(), inbox ? settings.path("title").textValue() : null),
        in.priority() == null && inbox && settings.hasNonNull("priority") ? (Integer) settings.get("priority").asInt() : in.priority(),
        in.job() == null && known.to() == Target.JOB ? template(settings.path("job")) : in.job(),
        in.address() == null && known.to() == Target.BUS ? settings.path("address").asText() : in.address(), ordered,
        in.concurrency() != null ? in.concurrency() : known.ordered() && !ordered ? null : (Integer) known.concurrency(), null, null, null,
        text(in.description(), known.description()));
  }

  /** An empty text takes away what is there. */
  private static @Nullable String text(@Nullable String given, @Nullable String known) {
    return given == null ? known : given.isEmpty() ? null : given;
  }

  private static JobTemplate template(JsonNode job) {
    try {
      return Json.MAPPER.treeToValue(job, JobTemplate.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a row holds no template of a job", e);
    }
  }

  private static List<String> given(UpdateSubscription in) {
    var given = new ArrayList<String>();
    Json.MAPPER.valueToTree(in).properties().forEach(field -> {
      if (!field.getKey().equals("subscription_id") && !field.getValue().isNull()) {
        given.add(field.getKey());
      }
    });
    return given;
  }
}
