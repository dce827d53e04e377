package io.agentbus.subscription;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What may be taken into the lanes beside what is under way. An owner, or a host, has at most its share of a lane and no more than are left, so
 * that there are some for those that have none. Pure.
 */
final class Room {
  /** One delivery under way. @param host of a webhook, or null */
  record Held(Lane lane, String owner, @Nullable String host) {}

  /**
   * What may be taken into one lane.
   *
   * @param left slots
   * @param each how many of them an owner or a host may have that has none
   * @param owners of those that have some, how many of {@code each} are gone
   * @param hosts the same of hosts
   */
  record Part(int left, int each, Map<String, Integer> owners, Map<String, Integer> hosts) {
    List<String> fullOwners() {
      return full(owners);
    }

    List<String> fullHosts() {
      return full(hosts);
    }

    private List<String> full(Map<String, Integer> gone) {
      return gone.entrySet().stream().filter(entry -> entry.getValue() >= each).map(Map.Entry::getKey).toList();
    }
  }

  private final Map<Lane, Part> parts = new EnumMap<>(Lane.class);

  Room(int slots, List<Held> held) {
    for (var lane : Lane.values()) {
      var left = slots;
      for (var wide : Lane.values()) {
        if (wide.compareTo(lane) >= 0) {
          left = Math.min(left, wide.most(slots) - (int) held.stream().filter(one -> one.lane().compareTo(wide) <= 0).count());
        }
      }
      var each = Math.max(0, Math.min(lane.share(slots), left));
      parts.put(lane, new Part(Math.max(0, left), each, gone(lane, slots, each, left, held, Held::owner), gone(lane, slots, each, left, held, Held::host)));
    }
  }

  Part of(Lane lane) {
    return Objects.requireNonNull(parts.get(lane));
  }

  /** The lanes into which something may be taken. */
  List<Lane> open() {
    return parts.entrySet().stream().filter(entry -> entry.getValue().left() > 0).map(Map.Entry::getKey).toList();
  }

  /** Of each that has some: how many of {@code each} it may have no more. */
  private static Map<String, Integer> gone(Lane lane, int slots, int each, int left, List<Held> held, Function<Held, @Nullable String> whose) {
    var gone = new HashMap<String, Integer>();
    for (var wide : Lane.values()) {
      if (wide.compareTo(lane) < 0) {
        continue;
      }
      var has = new HashMap<String, Integer>();
      for (var one : held) {
        var name = whose.apply(one);
        if (name != null && one.lane().compareTo(wide) <= 0) {
          has.merge(name, 1, Integer::sum);
        }
      }
      var most = wide == lane ? Math.min(wide.share(slots), left) : wide.share(slots);
      has.forEach((name, count) -> gone.merge(name, Math.max(0, each - (most - count)), Math::max));
    }
    return gone;
  }

  /** For a statement: of all lanes those of {@code names} that are full, each with its lane's number before it. */
  private String[] full(Function<Part, List<String>> names) {
    var full = new ArrayList<String>();
    parts.forEach((lane, part) -> names.apply(part).forEach(name -> full.add(lane.ordinal() + ":" + name)));
    return full.toArray(String[]::new);
  }

  String[] fullOwners() {
    return full(Part::fullOwners);
  }

  String[] fullHosts() {
    return full(Part::fullHosts);
  }
}
