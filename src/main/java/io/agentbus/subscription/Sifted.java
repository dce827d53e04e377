package io.agentbus.subscription;

import io.agentbus.cel.Excess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What subscriptions mean of a page of events, found with a bound on the work: a page whose filters are costly ends early, and those that
 * cost most go on by themselves, so that no owner's filters hold up the others.
 *
 * @param pairs by the order of the events
 * @param reached so far the events were looked at
 * @param stopped who was not served to the end
 * @param steps how much work it was
 */
record Sifted(List<Pair> pairs, long reached, List<Stop> stopped, long steps) {
  /** Steps behind which a page ends: some 150 ms. The event that it ends with may take twice as much again, and the steps of one filter. */
  static final long PAGE_STEPS = 500_000;
  /** The same for one that is behind: nobody shares its page, but others wait for theirs. */
  static final long OWN_PAGE_STEPS = 200_000;
  /** Most deliveries of a page, but for those of its last event. */
  private static final int PAGE_PAIRS = 10_000;
  /** One that was held goes on no sooner than after this. */
  static final Duration HOLD = Duration.ofSeconds(10);

  /** An event that a subscription means. */
  record Pair(Matcher subscription, Happened event) {}

  /**
   * Where a subscription leaves the others.
   *
   * @param position it was served up to here
   * @param reason why it does not go on from there at once; null = it does, by itself
   * @param disabled whether it goes on only when somebody resumes it
   */
  record Stop(Matcher subscription, long position, @Nullable String reason, boolean disabled) {
    UUID id() {
      return subscription.definition().id();
    }
  }

  /** @param most steps behind which it ends */
  static Sifted of(List<Matcher> matchers, SubscriptionStore.Page page, long most) {
    var left = new ArrayList<>(matchers);
    var pairs = new ArrayList<Pair>();
    var stopped = new ArrayList<Stop>();
    var spending = new Spending(most);
    for (var event : page.events()) {
      var facts = event.facts();
      spending.begin();
      for (var each = left.iterator(); each.hasNext();) {
        var matcher = each.next();
        if (!matcher.concerns(event, facts)) {
          continue;
        }
        if (matcher.filters() && !spending.allows(matcher.definition())) {
          stopped.add(new Stop(matcher, event.position() - 1, null, false));
          each.remove();
          continue;
        }
        var match = matcher.filtered(facts);
        if (match.matches()) {
          pairs.add(new Pair(matcher, event));
        }
        spending.add(matcher.definition(), match.steps());
        var stop = stop(matcher, event, match.excess());
        if (stop != null) {
          stopped.add(stop);
          each.remove();
        }
      }
      if (spending.over()) {
        spending.tooMuch(left).forEach(one -> stopped.add(new Stop(one, event.position(), null, false)));
      }
      if (spending.over() || pairs.size() > PAGE_PAIRS) {
        return new Sifted(pairs, event.position(), stopped, spending.all());
      }
    }
    return new Sifted(pairs, page.reached(), stopped, spending.all());
  }

  private static @Nullable Stop stop(Matcher matcher, Happened event, @Nullable Excess excess) {
    if (excess == Excess.STEPS) {
      return new Stop(matcher, event.position(), "its filter takes too many steps over event " + event.id()
          + ", which was not told; resume_subscription goes on behind it", true);
    }
    if (excess == Excess.TIME) {
      return new Stop(matcher, event.position() - 1, "its filter took too long over event " + event.id() + "; it is evaluated again", false);
    }
    return null;
  }

  /** Without what is told to nobody, because the owner of a subscription cannot be asked what it may see: that stops there. */
  Sifted ownedBy(Map<UUID, SubscriptionStore.Terms> terms) {
    var owned = new ArrayList<Pair>(pairs.size());
    var stops = new HashMap<UUID, Stop>();
    for (var pair : pairs) {
      var definition = pair.subscription().definition();
      if (terms.containsKey(definition.id())) {
        owned.add(pair);
      } else {
        stops.putIfAbsent(definition.id(), new Stop(pair.subscription(), pair.event().position() - 1, ownerless(definition), false));
      }
    }
    // What stopped later for another reason stops here.
    stopped.stream().filter(stop -> terms.containsKey(stop.id()) || !stops.containsKey(stop.id())).forEach(stop -> stops.put(stop.id(), stop));
    return new Sifted(owned, reached, List.copyOf(stops.values()), steps);
  }

  static String ownerless(Definition definition) {
    return definition.owner() + " has no valid token with the right to read";
  }
}
