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
  private static final EventFilter.Match UNFILTERED = new EventFilter.Match(true, null, null, 0);

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

  /** Null when an event is meant, whenever it was stated, else why not. */
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
    return filter == null ? null : words(filter.match(facts));
  }

  /** Whether all but the filter means an event: quickly, and without a word why not. */
  boolean concerns(Happened event, EventFacts facts) {
    return topics.test(event.topic()) && event.position() > definition.position() && namespaces.test(event.namespace())
        && (definition.sourceAgent() == null || definition.sourceAgent().equals(event.sourceAgent()))
        && (definition.fromTime() == null || !event.createdAt().isBefore(definition.fromTime())) && !tellsOfItself(facts) && broken == null;
  }

  /** Whether it takes work to see what it means. */
  boolean filters() {
    return filter != null;
  }

  /** What the filter says of an event that is meant otherwise. */
  EventFilter.Match filtered(EventFacts facts) {
    return filter == null ? UNFILTERED : filter.match(facts);
  }

  private static @Nullable String words(EventFilter.Match match) {
    return match.matches() ? null : match.failure() == null ? "the filter says no" : "the filter cannot be evaluated: " + match.failure();
  }

  /** What a subscription hears of itself would make it speak again, without end. */
  private boolean tellsOfItself(EventFacts facts) {
    return (facts.topic().startsWith("subscription.") || facts.topic().startsWith("delivery."))
        && facts.payload().path("subscription_id").asText().equals(definition.id().toString());
  }
}
