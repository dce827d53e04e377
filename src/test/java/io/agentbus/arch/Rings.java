package io.agentbus.arch;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which package may use which. A new package is added to its ring here; a new arrow between features is a line in
 * {@link #FEATURES}, which is where its reason is discussed.
 */
final class Rings {
  static final String ROOT = "io.agentbus";

  static final Set<String> WORDS = Set.of("id", "problem", "lease", "namespace", "journal");

  static final Set<String> PLUMBING = Set.of("config", "db", "bus", "loop", "op", "http", "crypto", "cel");

  /** By feature, the features it is built on. */
  static final Map<String, Set<String>> FEATURES = Map.ofEntries(
      Map.entry("agent", Set.of()),
      Map.entry("event", Set.of("agent")),
      Map.entry("inbox", Set.of("agent")),
      Map.entry("job", Set.of("agent", "event", "inbox")),
      Map.entry("dispatch", Set.of("job", "agent", "inbox")),
      Map.entry("control", Set.of("job", "agent")),
      Map.entry("campaign", Set.of("job", "agent", "inbox")),
      Map.entry("insight", Set.of("job", "agent", "event", "inbox")),
      Map.entry("memorybus", Set.of("agent", "event", "inbox", "subscription")),
      Map.entry("subscription", Set.of("job", "agent", "event", "inbox")),
      Map.entry("webhook.out", Set.of("subscription", "event")),
      Map.entry("webhook.in", Set.of("job", "agent", "event", "inbox")));

  /** Speak with a node from outside: they know its wire format, and nothing of what stands behind it. */
  static final Map<String, Set<String>> CLIENTS = Map.of(
      "client", Set.of(),
      "work", Set.of("client"));

  static final Set<String> DOORS = Set.of("door.rest", "door.mcp", "door.bus", "door.bridge", "door.cli", "door.memory", "door.webhook");

  static final Set<String> APP = Set.of("app");

  /** Programs around a node: they may start one, and no one builds on them but the root. */
  static final Set<String> PROGRAMS = Set.of("demo", "bench");

  /** Packages that only hold others, each of them a unit of its own. */
  private static final Set<String> SHELVES = Set.of("door", "webhook");

  private Rings() {}

  /** The package below the root that {@code javaPackage} belongs to: {@code db} for {@code io.agentbus.db.embedded}. */
  static String unit(String javaPackage) {
    if (javaPackage.equals(ROOT)) {
      return "";
    }
    var parts = javaPackage.substring(ROOT.length() + 1).split("\\.");
    return SHELVES.contains(parts[0]) && parts.length > 1 ? parts[0] + "." + parts[1] : parts[0];
  }

  /** Every package that has a place, with the packages it may use besides itself; the root uses {@code app} and the programs. */
  static Map<String, Set<String>> arrows() {
    var arrows = new TreeMap<String, Set<String>>();
    var base = union(WORDS, PLUMBING);
    WORDS.forEach(word -> arrows.put(word, WORDS));
    PLUMBING.forEach(plumbing -> arrows.put(plumbing, base));
    FEATURES.forEach((feature, built) -> arrows.put(feature, union(base, built)));
    CLIENTS.forEach((client, built) -> arrows.put(client, union(base, built)));
    DOORS.forEach(door -> arrows.put(door, union(base, FEATURES.keySet(), CLIENTS.keySet())));
    APP.forEach(app -> arrows.put(app, union(base, FEATURES.keySet(), CLIENTS.keySet(), DOORS)));
    PROGRAMS.forEach(program -> arrows.put(program, union(base, FEATURES.keySet(), CLIENTS.keySet(), DOORS, APP)));
    arrows.put("", union(APP, PROGRAMS, Set.of("door.cli")));
    return arrows;
  }

  /** {@code io.agentbus.door.cli..} for {@code door.cli}. */
  static String pattern(String unit) {
    return ROOT + "." + unit + "..";
  }

  static String[] patterns(Set<String> units) {
    return units.stream().map(Rings::pattern).sorted().toArray(String[]::new);
  }

  @SafeVarargs
  private static Set<String> union(Set<String>... sets) {
    return Stream.of(sets).flatMap(Set::stream).collect(Collectors.toCollection(TreeSet::new));
  }
}
