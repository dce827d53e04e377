package io.agentbus.memorybus;

import io.agentbus.agent.Directory;
import io.agentbus.namespace.NamespaceFilter;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Call;
import io.agentbus.op.Caller;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Tuple;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What callers mean by namespaces of the memory bus. They lie inside the caller's own: {@value #ROOT} is its root, a path that its walls cover
 * is that path, and any other is looked for below the root, so that a program which knows nothing of walls finds again what it stored.
 */
final class MemoryNames {
  /** The root of the caller's own namespace. */
  static final String ROOT = "global";

  private final Directory directory;
  private final MemoryLimits limits;

  MemoryNames(Directory directory, MemoryLimits limits) {
    this.directory = directory;
    this.limits = limits;
  }

  /**
   * A namespace that a caller named.
   *
   * @param below whether the caller named it from its root on, and so is told it in that way
   */
  record Named(NamespacePath path, boolean below) {
    /** The namespace as this caller names it. */
    String shown(Caller caller) {
      return MemoryNames.shown(caller, path.value(), below);
    }
  }

  /** Which namespaces a caller means: one, or those that match one of two patterns. */
  record Wanted(@Nullable String exact, @Nullable String regex, @Nullable String regexBelow, boolean below) {
    static final Wanted ALL = new Wanted(null, null, null, false);
  }

  /** The namespace that a caller names; null is the root. Refuses what cannot be one. */
  Named named(Caller caller, String pointer, @Nullable String given) {
    if (caller.namespaces().isEmpty() && !caller.isOperator()) {
      throw ProblemException.notFound("namespace", given == null ? ROOT : given);
    }
    if (given == null || given.equals(ROOT)) {
      return new Named(caller.home(), false);
    }
    try {
      var path = new NamespacePath(given);
      return caller.sees(path) ? new Named(path, false) : new Named(new NamespacePath(caller.home() + "/" + given), true);
    } catch (IllegalArgumentException malformed) {
      throw ProblemException.invalid(pointer, String.valueOf(malformed.getMessage()));
    }
  }

  /** The namespaces that a caller filters by; null is all it sees. */
  Wanted wanted(Caller caller, @Nullable String given) {
    if (given == null) {
      return Wanted.ALL;
    }
    if (given.indexOf('*') < 0) {
      var named = named(caller, "/namespace", given);
      return new Wanted(named.path().value(), null, null, named.below());
    }
    try {
      var regex = new NamespaceFilter(given).toSqlRegex();
      // An operator without walls has no root below which everything lies.
      var below = caller.namespaces().isEmpty() ? null : "^" + caller.home().value().replace(".", "\\.") + "/" + regex.substring(1);
      return new Wanted(null, regex, below, false);
    } catch (IllegalArgumentException malformed) {
      throw ProblemException.invalid("/namespace", String.valueOf(malformed.getMessage()));
    }
  }

  /**
   * A filter with wildcards in full: where its first segments lie on the way to the caller's root or below it they stand, and else it is
   * meant from that root on.
   */
  String inFull(Caller caller, String filter) {
    if (caller.namespaces().isEmpty()) {
      return filter;
    }
    var spelled = filter.substring(0, filter.indexOf('*'));
    var home = caller.home().value() + "/";
    return spelled.isEmpty() && filter.startsWith("**") || !spelled.isEmpty() && (home.startsWith(spelled) || spelled.startsWith(home))
        ? filter : home + filter;
  }

  /** The number of a namespace, made when absent. @throws ProblemException {@code limit_exceeded} when the caller's own has too many below it */
  int make(Call call, NamespacePath path) {
    var known = directory.namespaceId(path);
    if (known != null) {
      return known;
    }
    var caller = call.caller();
    if (!caller.isOperator()) {
      var below = call.sql().run("memory.namespaces_below", Tuple.of(caller.home().value(), (long) limits.namespaces())).iterator().next().getLong("n");
      if (below >= limits.namespaces()) {
        throw ProblemException.of(ProblemCode.LIMIT_EXCEEDED, "There are " + below + " namespaces below " + caller.home()
            + " already, which is the limit (limits.memory-namespaces). Use one that is there.");
      }
    }
    return directory.ensureNamespace(call.sql(), path, caller.actor());
  }

  /** The number of a namespace that is there. */
  int existing(NamespacePath path) {
    return Objects.requireNonNull(directory.namespaceId(path), () -> "namespace " + path);
  }

  /** The path of a namespace that is there. */
  NamespacePath path(int id) {
    return directory.namespacePath(id);
  }

  /** A path as this caller names it. */
  static String shown(Caller caller, String path, boolean below) {
    var home = caller.home().value();
    if (path.equals(home)) {
      return ROOT;
    }
    return below && path.startsWith(home + "/") ? path.substring(home.length() + 1) : path;
  }

  /** The walls, as statements take them. */
  static String[] walls(Caller caller) {
    if (caller.namespaces().isEmpty() && !caller.isOperator()) {
      // None of a stranger's own: a wall that nothing lies behind.
      return new String[] {"/"};
    }
    return caller.namespaces().stream().map(NamespacePath::value).toArray(String[]::new);
  }
}
