package io.agentbus.subscription;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What the filters of a page cost, in steps, and who has to go when that is too much. An owner's subscriptions count together: many that cost
 * a little hold up the others as one does that costs much. Serves one thread.
 */
final class Spending {
  /** A page should come at least so far, on average: who stays may cost a page's steps over so many events. */
  private static final int FEWEST_EVENTS = 20;
  /** Part of a page's steps that the filters of one owner may take over one event, and while the event is dear, each of many owners. */
  private static final int PART = 2;
  private static final int SMALL_PART = 64;

  private final long most;
  private final Map<UUID, Long> each = new HashMap<>();
  private final Map<String, Long> ofEvent = new HashMap<>();
  private long all;
  private long before;
  private int events;
  private boolean refused;

  /** @param most steps behind which a page ends */
  Spending(long most) {
    this.most = most;
  }

  void begin() {
    events++;
    before = all;
    ofEvent.clear();
  }

  /** Whether one more filter may look at the event, which ends the page if not: what the event has cost so far leaves nothing for this owner. */
  boolean allows(Definition definition) {
    var event = all - before;
    var share = event > 2 * most ? 0 : event > most ? most / SMALL_PART : most / PART;
    var allowed = ofEvent.getOrDefault(definition.owner(), 0L) < share;
    refused |= !allowed;
    return allowed;
  }

  void add(Definition definition, long steps) {
    each.merge(definition.id(), steps, Long::sum);
    ofEvent.merge(definition.owner(), steps, Long::sum);
    all += steps;
  }

  long all() {
    return all;
  }

  boolean over() {
    return refused || all > most;
  }

  /** Those of some who must go on by themselves, so that the others come far enough in a page: of who takes most, what costs most. */
  List<Matcher> tooMuch(List<Matcher> some) {
    var owners = new LinkedHashMap<String, Deque<Matcher>>();
    var shares = new HashMap<String, Long>();
    var total = 0L;
    for (var one : some.stream().filter(one -> cost(one) > 0).sorted(Comparator.comparingLong(this::cost).reversed()).toList()) {
      owners.computeIfAbsent(one.definition().owner(), _ -> new ArrayDeque<>()).add(one);
      shares.merge(one.definition().owner(), cost(one), Long::sum);
      total += cost(one);
    }
    var gone = new ArrayList<Matcher>();
    while (total > most * events / FEWEST_EVENTS) {
      var dearest = shares.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
      var one = owners.get(dearest).remove();
      shares.merge(dearest, -cost(one), Long::sum);
      total -= cost(one);
      gone.add(one);
    }
    return gone;
  }

  private long cost(Matcher one) {
    return each.getOrDefault(one.definition().id(), 0L);
  }
}
