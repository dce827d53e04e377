package io.agentbus.webhook.in;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What would become of a webhook. Nothing was written. */
public record TestedRoutes(
    @Field(value = "Type of the webhook.", required = true) String type,
    @Field(value = "Topic of the event that every webhook becomes.", required = true) String topic,
    @Field(value = "The headers that routes see.", required = true) JsonNode headers,
    @Field(value = "Every route of the source, in the order in which they are looked at.", required = true) List<TestedRoute> routes) {

  /** What one route does with it. */
  public record TestedRoute(
      @Field(value = "Name of the route.", required = true) String name,
      @Field(value = "Whether it takes the webhook.", required = true) boolean matches,
      @Field("Why it does not.") @Nullable String whyNot,
      @Field("What it makes: the inputs of enqueue_job, notify and emit_event by the words job, message and event, or ignore.") @Nullable JsonNode makes,
      @Field("Why that cannot be made.") @Nullable String fault) {}
}
