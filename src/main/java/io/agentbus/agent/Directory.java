package io.agentbus.agent;

import io.agentbus.db.Database;
import io.agentbus.db.Sql;
import io.agentbus.namespace.NamespaceFilter;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Call;
import io.agentbus.op.Caller;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Namespaces and agents as every operation looks them up, from memory where that is safe: a namespace never changes its
 * number, an agent may be {@link #AGENT_TTL} old. Call from virtual threads.
 */
public final class Directory {
  /** How old an agent may be; a change on this node is seen at once. */
  public static final Duration AGENT_TTL = Duration.ofSeconds(1);

  private static final int MAX_NAMESPACES = 10_000;
  private static final int MAX_AGENTS = 20_000;

  private record Name(NamespacePath namespace, String name, boolean upwards) {}

  private final Database lookups;
  private final ConcurrentHashMap<NamespacePath, Integer> ids = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Integer, NamespacePath> paths = new ConcurrentHashMap<>();
  private final TimedCache<Name, Optional<AgentRef>> byName = new TimedCache<>(MAX_AGENTS, ignored -> AGENT_TTL);
  private final TimedCache<Integer, Optional<AgentRef>> byNo = new TimedCache<>(MAX_AGENTS, ignored -> AGENT_TTL);

  /**
   * @param lookups a pool of its own: a call that holds a connection of the common pool must not wait here for another
   *     of it, or many such calls would wait for each other
   */
  public Directory(Database lookups) {
    this.lookups = lookups;
  }

  /** The number of a namespace, or null when there is none. */
  public @Nullable Integer namespaceId(NamespacePath path) {
    var known = ids.get(path);
    if (known != null) {
      return known;
    }
    for (var row : lookups.run("agent.namespace_id", Tuple.of(path.value()))) {
      return remember(path, row.getInteger("id"));
    }
    return null;
  }

  /**
   * The number of a namespace, made and journalled when absent.
   *
   * @param sql where to make it, unless that is a transaction: others must see the namespace at once, and it may stay
   *     when the transaction is rolled back
   * @param by who asked, for the journal
   */
  public int ensureNamespace(Sql sql, NamespacePath path, String by) {
    var known = namespaceId(path);
    if (known != null) {
      return known;
    }
    var writer = sql.isTransaction() ? lookups : sql;
    for (var row : writer.run("agent.make_namespace", Tuple.of(path.value(), by))) {
      return remember(path, row.getInteger("id"));
    }
    var other = namespaceId(path);
    if (other == null) {
      throw new IllegalStateException("the namespace " + path + " was neither made nor found");
    }
    return other;
  }

  /** The path of a number that a row holds; a number without a namespace is a defect. */
  public NamespacePath namespacePath(int id) {
    var known = paths.get(id);
    if (known != null) {
      return known;
    }
    for (var row : lookups.run("agent.namespace_path", Tuple.of(id))) {
      var path = new NamespacePath(row.getString("path"));
      remember(path, id);
      return path;
    }
    throw new IllegalStateException("no namespace has the number " + id);
  }

  /**
   * The namespace that a call means: the given one, or the caller's own. It exists afterwards: one that is absent is
   * made when the caller is an operator.
   *
   * @throws ProblemException {@code not_found} when it is absent or outside the caller's walls, {@code invalid_input}
   *     at {@code /namespace} when it is no namespace
   */
  public NamespacePath meant(Call call, @Nullable String given) {
    var path = allowed(call.caller(), given);
    ensureNamespace(call.sql(), path, call.caller().actor());
    return path;
  }

  /** As {@link #meant}, but makes nothing: for calls that may yet be refused. */
  public NamespacePath allowed(Caller caller, @Nullable String given) {
    var path = given == null ? caller.home() : parse(given);
    if (!caller.sees(path) || !caller.isOperator() && namespaceId(path) == null) {
      throw ProblemException.notFound("namespace", path);
    }
    return path;
  }

  /** As {@link #meant}, but makes nothing: for calls that only look. */
  public NamespacePath existing(Caller caller, @Nullable String given) {
    var path = given == null ? caller.home() : parse(given);
    if (!caller.sees(path) || namespaceId(path) == null) {
      throw ProblemException.notFound("namespace", path);
    }
    return path;
  }

  /**
   * The namespaces that a list means.
   *
   * @throws ProblemException {@code not_found} for a single namespace that is absent or outside the caller's walls,
   *     {@code invalid_input} at {@code /namespace} when it is no filter
   */
  public NamespaceFilter filter(Caller caller, String given) {
    NamespaceFilter filter;
    try {
      filter = new NamespaceFilter(given);
    } catch (IllegalArgumentException malformed) {
      throw ProblemException.invalid("/namespace", String.valueOf(malformed.getMessage()));
    }
    if (filter.exact()) {
      existing(caller, given);
    }
    return filter;
  }

  /** The agent of a number, or null. */
  public @Nullable AgentRef agentByNo(int agentNo) {
    return byNo.get(agentNo, no -> first(lookups.run("agent.ref_by_no", Tuple.of(no)))).orElse(null);
  }

  /** The agent of that name in exactly that namespace, or null. */
  public @Nullable AgentRef agent(NamespacePath exact, String name) {
    return byName.get(new Name(exact, name, false), this::load).orElse(null);
  }

  /**
   * The agent that a name means in a namespace: of the nearest one, from there upwards, that has such an agent; or
   * null.
   */
  public @Nullable AgentRef resolve(NamespacePath from, String name) {
    return byName.get(new Name(from, name, true), this::load).orElse(null);
  }

  /**
   * The agents that may work and get it through a channel other than {@code pull}, as the database has them now.
   *
   * @param most of them; the others are not told
   */
  public List<AgentRef> ofChannel(String channel, int most) {
    return lookups.run("agent.of_channel", Tuple.of(channel, (long) most)).stream().map(AgentStore::ref).toList();
  }

  /** Makes the next look at any agent ask the database: for after the commit of a change to one. */
  public void forget() {
    byName.forget();
    byNo.forget();
  }

  private Optional<AgentRef> load(Name name) {
    var within = new ArrayList<String>();
    for (var path = name.namespace; path != null; path = name.upwards ? path.parent() : null) {
      within.add(path.value());
    }
    return first(lookups.run("agent.ref_by_name", Tuple.of(within.toArray(String[]::new), name.name)));
  }

  private static Optional<AgentRef> first(Iterable<Row> rows) {
    for (var row : rows) {
      return Optional.of(AgentStore.ref(row));
    }
    return Optional.empty();
  }

  private static NamespacePath parse(String given) {
    try {
      return new NamespacePath(given);
    } catch (IllegalArgumentException malformed) {
      throw ProblemException.invalid("/namespace", String.valueOf(malformed.getMessage()));
    }
  }

  private int remember(NamespacePath path, int id) {
    if (ids.size() >= MAX_NAMESPACES) {
      ids.clear();
      paths.clear();
    }
    ids.put(path, id);
    paths.put(id, path);
    return id;
  }
}
