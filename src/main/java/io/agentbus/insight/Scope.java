package io.agentbus.insight;

import io.agentbus.namespace.NamespaceFilter;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Caller;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Tuple;
import org.jspecify.annotations.Nullable;

/**
 * Which namespaces a question is about: those inside the caller's walls that the filter names.
 *
 * @param walls paths that cover what may be seen; empty = no walls
 * @param exact one namespace, or null
 * @param regex a pattern of namespaces, or null
 */
record Scope(String[] walls, @Nullable String exact, @Nullable String regex) {
  /**
   * @throws ProblemException {@code not_found} for one namespace outside the walls, also for a caller that sees nothing,
   *     {@code invalid_input} for a malformed filter
   */
  static Scope of(Caller caller, @Nullable String namespace) {
    if (caller.namespaces().isEmpty() && !caller.isOperator()) {
      throw ProblemException.notFound("namespace", namespace == null ? "" : namespace);
    }
    var walls = caller.namespaces().stream().map(NamespacePath::value).toArray(String[]::new);
    if (namespace == null) {
      return new Scope(walls, null, null);
    }
    try {
      var filter = new NamespaceFilter(namespace);
      if (!filter.exact()) {
        return new Scope(walls, null, filter.toSqlRegex());
      }
      if (!caller.sees(new NamespacePath(namespace))) {
        throw ProblemException.notFound("namespace", namespace);
      }
      return new Scope(walls, namespace, null);
    } catch (IllegalArgumentException malformed) {
      throw ProblemException.invalid("/namespace", String.valueOf(malformed.getMessage()));
    }
  }

  /** Adds the three parameters in the order of the components. */
  Tuple addTo(Tuple parameters) {
    return parameters.addArrayOfString(walls).addString(exact).addString(regex);
  }
}
