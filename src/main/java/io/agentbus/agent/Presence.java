package io.agentbus.agent;

import io.agentbus.db.Database;
import io.vertx.sqlclient.Tuple;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which agents were heard of and which tokens were used since the last {@link #flush}. Any thread may report; a report
 * costs no statement. What a killed node had not flushed is lost, which makes an agent look a few seconds quieter than
 * it was.
 */
public final class Presence {
  /**
   * Most agents and most tokens remembered between two flushes; others are remembered when they are heard of after the
   * next.
   */
  public static final int MAX = 100_000;
  private static final long NOTED_AGAIN_NANOS = 100_000_000L;

  /** When each was last heard of, by {@link System#nanoTime}. */
  private final ConcurrentHashMap<Integer, Long> agents = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<UUID, Long> tokens = new ConcurrentHashMap<>();
  private final Database database;
  private final String node;

  /** @param node name of this node, kept beside each agent */
  public Presence(Database database, String node) {
    this.database = database;
    this.node = node;
  }

  /** The agent has just called, renewed or sent a heartbeat. */
  public void seen(int agentNo) {
    note(agents, agentNo);
  }

  /** The token has just been used. */
  public void used(UUID tokenId) {
    note(tokens, tokenId);
  }

  /**
   * What is not yet in the database, for a statement that must know it.
   *
   * @param agentNos the agents
   * @param ages of each, how many seconds ago it was heard of
   */
  record Unflushed(Integer[] agentNos, Double[] ages) {}

  Unflushed unflushed() {
    return unflushed(Map.copyOf(agents));
  }

  /** How many seconds ago the agent was heard of; null when not since the last flush. */
  @Nullable Double age(int agentNo) {
    var at = agents.get(agentNo);
    return at == null ? null : (System.nanoTime() - at) / 1e9;
  }

  private static Unflushed unflushed(Map<Integer, Long> of) {
    var now = System.nanoTime();
    var sorted = of.entrySet().stream().sorted(Map.Entry.comparingByKey()).toList();
    return new Unflushed(sorted.stream().map(Map.Entry::getKey).toArray(Integer[]::new),
        sorted.stream().map(entry -> (now - entry.getValue()) / 1e9).toArray(Double[]::new));
  }

  /**
   * Writes what was reported, agents in one statement and tokens in another. What fails to be written stays for the
   * next flush. One caller at a time; virtual threads only.
   */
  public void flush() {
    var seen = Map.copyOf(agents);
    if (!seen.isEmpty()) {
      var batch = unflushed(seen);
      database.run("agent.write_presence", Tuple.of(batch.agentNos(), batch.ages(), node));
      seen.forEach(agents::remove);
    }
    var used = Map.copyOf(tokens);
    if (!used.isEmpty()) {
      database.run("agent.write_token_use", Tuple.of(used.keySet().toArray(UUID[]::new)));
      used.forEach(tokens::remove);
    }
  }

  /** A busy agent is noted every {@value #NOTED_AGAIN_NANOS} ns only: all its calls write to the same place. */
  private static <K> void note(ConcurrentHashMap<K, Long> when, K key) {
    var now = System.nanoTime();
    var noted = when.get(key);
    if (noted != null ? now - noted > NOTED_AGAIN_NANOS : when.size() < MAX) {
      when.put(key, now);
    }
  }
}
