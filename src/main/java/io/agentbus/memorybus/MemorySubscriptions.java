package io.agentbus.memorybus;

import io.agentbus.namespace.NamespaceFilter;
import io.agentbus.op.Call;
import io.agentbus.op.Caller;
import io.agentbus.op.Source;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.agentbus.subscription.ListSubscriptions;
import io.agentbus.subscription.Subscribe;
import io.agentbus.subscription.Subscription;
import io.agentbus.subscription.SubscriptionRef;
import io.agentbus.subscription.Subscriptions;
import io.agentbus.subscription.Target;
import io.agentbus.subscription.WebhookSettings;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Subscriptions by ai-memory's names. Each is a subscription of the bus, so that it is durable, tried again and listed among the others: to a
 * webhook in ai-memory's form, or to the subscriber's own inbox.
 */
public final class MemorySubscriptions {
  private static final String INBOX = "agentbus:inbox";
  private static final String ALL = "*";
  private static final int PAGE = 100;
  private static final int MOST = 500;

  /** Rows that are looked at for the counts of one answer, and of one subscription. */
  private static final int LOOKED_AT = 200_000;
  private static final int LOOKED_AT_EACH = 10_000;

  private final Subscriptions subscriptions;
  private final MemoryNames names;
  private final MemoryMailboxes mailboxes;

  MemorySubscriptions(Subscriptions subscriptions, MemoryNames names, MemoryMailboxes mailboxes) {
    this.subscriptions = subscriptions;
    this.names = names;
    this.mailboxes = mailboxes;
  }

  /** Makes one. */
  public MemorySubscribed subscribe(Call call, SubscribeToMemories in) {
    var typed = in.eventTypes() != null && !in.eventTypes().isEmpty();
    var csv = typed ? String.join(",", in.eventTypes()) : in.events() == null ? ALL : in.events();
    var words = MemoryEvents.words(typed ? "/event_types" : "/events", csv);
    if (in.url() == null && in.secret() != null) {
      throw ProblemException.invalid("/secret", "signs what is posted to an url, and there is none");
    }
    if (in.url() == null && !call.caller().isAgent()) {
      throw ProblemException.invalid("/url", "is required, because the token is no agent's and has no inbox");
    }
    var to = in.url() == null ? Target.INBOX : Target.WEBHOOK;
    var webhook = in.url() == null ? null : new WebhookSettings(null, null, null, "ai_memory", in.secret());
    var filter = in.namespaceFilter();
    var wanted = filter != null && filter.startsWith(MemoryMailboxes.PREFIX) ? mailboxes.wanted(call, in, words) : wanted(call, in, words);
    var described = new MemoryWish(csv.strip().equals(ALL) ? ALL : String.join(",", words), typed, in.agentFilter(), wanted.mailbox());
    var made = subscriptions.subscribe(call, new Subscribe(wanted.topic(), wanted.namespaces(), null, wanted.filter(), to, in.url(), webhook, null, null,
        null, null, null, null, null, null, null, null, described.description()));
    return new MemorySubscribed(made.id(), in.url() == null ? INBOX : in.url(), described.events(), filter, in.agentFilter(), Source.name(made.owner()),
        typed ? in.eventTypes() : null, made.secret());
  }

  /** The caller's, or an operator's of its namespaces: those that were made here. */
  public MemorySubscriptionList list(Call call, ListMemorySubscriptions in) {
    var found = new ArrayList<Subscription>();
    String cursor = null;
    do {
      var page = subscriptions.list(call, new ListSubscriptions(null, null, PAGE, cursor));
      page.items().stream().filter(one -> MemoryWish.isOne(one.description())).forEach(found::add);
      cursor = page.next();
    } while (cursor != null && found.size() < MOST);
    var counts = counts(call, found.stream().map(Subscription::id).toArray(UUID[]::new));
    var told = found.stream().map(one -> told(call.caller(), one, counts.getOrDefault(one.id(), new long[2]))).toList();
    return new MemorySubscriptionList(told.size(), told);
  }

  /** Ends one. */
  public MemoryUnsubscribed unsubscribe(Call call, MemorySubscriptionRef in) {
    try {
      subscriptions.unsubscribe(call, new SubscriptionRef(in.id()));
      return new MemoryUnsubscribed(in.id(), true);
    } catch (ProblemException refusal) {
      if (refusal.code() == ProblemCode.NOT_FOUND) {
        return new MemoryUnsubscribed(in.id(), false);
      }
      throw refusal;
    }
  }

  /** How many of the caller's, or of an operator's namespaces, send webhooks. */
  static int webhooks(Call call) {
    var caller = call.caller();
    return call.sql().run("memory.webhooks", MemoryStore.tuple(MemoryNames.walls(caller), caller.isOperator() ? null : caller.actor(), MemoryWish.MARK,
        (long) MOST)).iterator().next().getInteger("n");
  }

  /** The events that tell of entries. */
  private Wanted wanted(Call call, SubscribeToMemories in, List<String> words) {
    var events = MemoryEvents.of(words);
    var terms = new ArrayList<String>();
    if (events.size() > 1 && events.size() < MemoryEvents.values().length) {
      terms.add(events.stream().map(event -> "event.topic == '" + event.topic() + "'").collect(Collectors.joining(" || ", "(", ")")));
    }
    if (in.agentFilter() != null) {
      // Who is said to have done it, which is another than the event's source where an operator acts for an agent.
      terms.add("event.payload.agent_id == '" + in.agentFilter() + "'");
    }
    var topic = events.isEmpty() ? MemoryEvents.NEVER : events.size() == 1 ? events.getFirst().topic() : MemoryEvents.AREA + ".*";
    return new Wanted(topic, namespaces(call, in.namespaceFilter()), terms.isEmpty() ? null : String.join(" && ", terms), null);
  }

  /** The namespaces that a filter means, in full. One that is named exactly is made, so that one may listen before anything is stored there. */
  private @Nullable String namespaces(Call call, @Nullable String given) {
    if (given == null) {
      return null;
    }
    if (given.indexOf('*') < 0) {
      var path = names.named(call.caller(), "/namespace_filter", given).path();
      names.make(call, path);
      return path.value();
    }
    var full = names.inFull(call.caller(), given);
    try {
      return new NamespaceFilter(full).value();
    } catch (IllegalArgumentException malformed) {
      throw ProblemException.invalid("/namespace_filter", String.valueOf(malformed.getMessage()));
    }
  }

  private static Map<UUID, long[]> counts(Call call, UUID[] ids) {
    Map<UUID, long[]> counts = new HashMap<>();
    var each = (long) Math.min(LOOKED_AT_EACH, LOOKED_AT / Math.max(1, ids.length));
    for (var row : call.sql().run("memory.dispatches", Tuple.tuple().addArrayOfUUID(ids).addLong(each))) {
      counts.put(row.getUUID("id"), new long[] {row.getLong("tries"), row.getLong("failed")});
    }
    return counts;
  }

  private static MemorySubscription told(Caller caller, Subscription one, long[] counts) {
    var url = one.to() == Target.WEBHOOK ? one.settings().path("url").asText() : INBOX;
    var wish = MemoryWish.of(one.description());
    var filter = wish.mailbox() != null ? MemoryMailboxes.PREFIX + wish.mailbox()
        : one.namespace().equals("**") ? null : MemoryNames.shown(caller, one.namespace(), false);
    return new MemorySubscription(one.id(), url, wish.events(), filter, wish.agentFilter(), Source.name(one.owner()), one.createdAt(), counts[0],
        counts[1], wish.typed() ? List.of(wish.events().split(",")) : null);
  }

  /**
   * Which events of the bus are meant.
   *
   * @param filter an expression over the event
   * @param mailbox the agent whose messages they tell of; null where they tell of entries
   */
  record Wanted(String topic, @Nullable String namespaces, @Nullable String filter, @Nullable String mailbox) {}
}
