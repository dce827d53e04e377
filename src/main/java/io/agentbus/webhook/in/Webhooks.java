package io.agentbus.webhook.in;

import io.agentbus.agent.Directory;
import io.agentbus.db.Sql;
import io.agentbus.op.Call;
import io.agentbus.op.Caller;
import io.agentbus.op.Cursor;
import io.agentbus.op.Json;
import io.agentbus.op.Limits;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What came, for people who want to know what became of it. */
public final class Webhooks {
  private final Directory directory;
  private final Runnable accepted;

  /** @param accepted called after the commit when a webhook waits for its route again */
  Webhooks(Directory directory, Runnable accepted) {
    this.directory = directory;
    this.accepted = accepted;
  }

  /** A page of the webhooks of a source, newest first. */
  public WebhookPage list(Call call, ListWebhooks wish) {
    var source = Sources.find(call.sql(), call.caller(), wish.source());
    var limit = wish.limit() == null ? SourceLimits.PAGE : wish.limit();
    var found = WebhookStore.list(call.sql(), source.id(), wish.status(), after(wish.cursor()), limit + 1);
    return found.size() <= limit ? new WebhookPage(found, null)
        : new WebhookPage(List.copyOf(found.subList(0, limit)), Cursor.of(found.get(limit - 1).id().toString()));
  }

  public WebhookContent get(Call call, WebhookRef which) {
    var webhook = find(call.sql(), call.caller(), which.webhookId());
    var arrival = Objects.requireNonNull(WebhookStore.arrival(call.sql(), webhook.id()));
    if (!arrival.sketched()) {
      return new WebhookContent(webhook, arrival.headers(), arrival.payload());
    }
    var body = WebhookStore.body(call.sql(), webhook.id(), Limits.DEFAULT.body());
    return new WebhookContent(webhook, arrival.headers(), body == null ? null : Json.raw(body));
  }

  /** @throws ProblemException {@code invalid_transition} when it is not dead */
  public Webhook retry(Call call, WebhookRef which) {
    return call.sql().inTransaction(tx -> {
      var webhook = find(tx, call.caller(), which.webhookId());
      if (!WebhookStore.retry(tx, webhook.id())) {
        throw ProblemException.of(ProblemCode.INVALID_TRANSITION, "The webhook " + webhook.id() + " is " + webhook.status()
            + "; only a dead one is routed anew.").with("status", webhook.status());
      }
      SourceStore.journal(tx, Objects.requireNonNull(directory.namespaceId(webhook.namespace())), call.caller().actor(), "retry_webhook",
          Json.MAPPER.createObjectNode().put("source", webhook.source()).put("webhook_id", webhook.id().toString()));
      tx.afterCommit(accepted);
      return Objects.requireNonNull(WebhookStore.get(tx, webhook.id()));
    });
  }

  private static Webhook find(Sql sql, Caller caller, UUID id) {
    var webhook = WebhookStore.get(sql, id);
    if (webhook == null || !caller.sees(webhook.namespace())) {
      throw ProblemException.notFound("webhook", id);
    }
    return webhook;
  }

  private static @Nullable UUID after(@Nullable String cursor) {
    if (cursor == null) {
      return null;
    }
    try {
      return UUID.fromString(Cursor.read(cursor));
    } catch (IllegalArgumentException malformed) {
      throw ProblemException.invalid("/cursor", "is not a cursor that list_webhooks gave; leave it out for the first page");
    }
  }
}
