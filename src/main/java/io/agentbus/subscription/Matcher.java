package io.agentbus.subscription;

import io.agentbus.cel.EventFacts;
import io.agentbus.cel.EventFilter;
import io.agentbus.cel.Expressions;
import io.agentbus.event.TopicFilter;
import io.agentbus.namespace.NamespaceFilter;
import io.agentbus.problem.ProblemException;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Tells which events a subscription means, by what it says itself; what its owner may see is asked of the database. Any thread. */
final class Matcher {
  private final Definition definition;
  private final TopicFilter topic;
  private final Predicate<String> topics;
  private final Predicate<String> namespaces;
  private final @Nullable EventFilter filter;
  private final @Nullable String broken;

  private Matcher(Definition definition) {
    this.definition = definition;
    this.topic = new TopicFilter(definition.topic());
    this.topics = topic.matcher();
    var wanted = new NamespaceFilter(definition.namespaces());
    this.namespaces = wanted.exact() ? wanted.value()::equals : Pattern.compile(wanted.toSqlRegex()).asMatchPredicate();
    EventFilter compiled = null;
    String why = null;
    try {
      compiled = definition.filter() == null ? null : Expressions.filter("/filter", definition.filter());
    } catch (ProblemException failure) {
      // It compiled when it was made; another version of the library may see that otherwise. One such must not stop all others.
      why = failure.getMessage();
    }
    this.filter = compiled;
    this.broken = why;
  }

  static Matcher of(Definition definition) {
    return new Matcher(definition);
  }

  /** The same, compiled already where nothing has changed. */
  static Matcher of(Definition definition, @Nullable Matcher before) {
    return before != null && before.definition.equals(definition) ? before : new Matcher(definition);
  }

  Definition definition() {
    return definition;
  }

  TopicFilter topic() {
    return topic;
  }

  /** Null when the event is meant, else why not. @param facts of the event, which several matchers may share one after the other */
  @Nullable String against(Happened event, EventFacts facts) {
    if (event.position() > 0 && event.position() <= definition.position()
        || definition.fromTime() != null && event.createdAt().isBefore(definition.fromTime())) {
      return "the event was stated before the subscription begins";
    }
    return against(facts);
  }

  /** The same whenever it was stated. */
  @Nullable String against(EventFacts facts) {
    if (!topics.test(facts.topic())) {
      return "its topic " + facts.topic() + " is not " + definition.topic();
    }
    if (!namespaces.test(facts.namespace())) {
      return "its namespace " + facts.namespace() + " is not " + definition.namespaces();
    }
    if (definition.sourceAgent() != null && !definition.sourceAgent().equals(facts.sourceAgent())) {
      return "it was stated by " + facts.sourceAgent() + " and not by " + definition.sourceAgent();
    }
    if (tellsOfItself(facts)) {
      return "it tells of this subscription itself";
    }
    if (broken != null) {
      return "the filter cannot be used: " + broken;
    }
    if (filter == null) {
      return null;
    }
    var match = filter.match(facts);
    return match.matches() ? null : match.failure() == null ? "the filter says no" : "the filter cannot be evaluated: " + match.failure();
  }

  /** What a subscription hears of itself would make it speak again, without end. */
  private boolean tellsOfItself(EventFacts facts) {
    return (facts.topic().startsWith("subscription.") || facts.topic().startsWith("delivery."))
        && facts.payload().path("subscription_id").asText().equals(definition.id().toString());
  }
}
