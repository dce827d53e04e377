package io.agentbus.webhook.in;

import io.agentbus.op.Effect;
import io.agentbus.op.Operation;
import io.agentbus.op.Right;
import io.agentbus.op.Route;
import java.util.List;

/** The operations of webhooks from outside. */
public final class SourceOperations {
  public static final Operation<Sources, PutSource, PutSourceAnswer> PUT_SOURCE = new Operation<>("put_source",
      "Makes or changes a place that webhooks come from.", Right.OPERATE, Effect.WRITE, Route.post("/sources"), Sources.class, PutSource.class,
      PutSourceAnswer.class, Sources::put);
  public static final Operation<Sources, ListSources, SourcePage> LIST_SOURCES = new Operation<>("list_sources",
      "Lists the places that webhooks come from.", Right.READ, Effect.READ, Route.get("/sources"), Sources.class, ListSources.class,
      SourcePage.class, Sources::list);
  public static final Operation<Sources, SourceRef, WebhookSource> GET_SOURCE = new Operation<>("get_source", "Answers one source.", Right.READ,
      Effect.READ, Route.get("/sources/{source}"), Sources.class, SourceRef.class, WebhookSource.class, Sources::get);
  public static final Operation<Sources, RotateSourceSecret, RotatedSourceSecret> ROTATE_SOURCE_SECRET = new Operation<>("rotate_source_secret",
      "Gives a source a new secret while those it has stay good for a time.", Right.OPERATE, Effect.WRITE,
      Route.post("/sources/{source}/rotate-secret"), Sources.class, RotateSourceSecret.class, RotatedSourceSecret.class, Sources::rotate);
  public static final Operation<Sources, SourceRef, DeletedSource> DELETE_SOURCE = new Operation<>("delete_source",
      "Removes a source with its routes, its secrets and what came from it.", Right.OPERATE, Effect.DESTROY, Route.delete("/sources/{source}"),
      Sources.class, SourceRef.class, DeletedSource.class, Sources::delete);

  public static final Operation<Routes, PutRoute, SourceRoute> PUT_ROUTE = new Operation<>("put_route",
      "Makes or replaces a rule by which webhooks of a source become jobs, messages or events.", Right.OPERATE, Effect.WRITE,
      Route.put("/sources/{source}/routes/{name}"), Routes.class, PutRoute.class, SourceRoute.class, Routes::put);
  public static final Operation<Routes, SourceRef, RouteList> LIST_ROUTES = new Operation<>("list_routes",
      "Lists the routes of a source in the order in which they are looked at.", Right.READ, Effect.READ, Route.get("/sources/{source}/routes"),
      Routes.class, SourceRef.class, RouteList.class, Routes::list);
  public static final Operation<Routes, RouteRef, DeletedRoute> DELETE_ROUTE = new Operation<>("delete_route", "Removes a route.", Right.OPERATE,
      Effect.DESTROY, Route.delete("/sources/{source}/routes/{name}"), Routes.class, RouteRef.class, DeletedRoute.class, Routes::delete);
  public static final Operation<Routes, TestRoute, TestedRoutes> TEST_ROUTE = new Operation<>("test_route",
      "Shows which routes would take a webhook, what they would make and why others do not, and writes nothing.", Right.READ, Effect.READ,
      Route.post("/sources/{source}/test-route"), Routes.class, TestRoute.class, TestedRoutes.class, Routes::test);

  public static final Operation<Webhooks, ListWebhooks, WebhookPage> LIST_WEBHOOKS = new Operation<>("list_webhooks",
      "Lists what came from a source and how it stands, newest first.", Right.READ, Effect.READ, Route.get("/sources/{source}/webhooks"),
      Webhooks.class, ListWebhooks.class, WebhookPage.class, Webhooks::list);
  public static final Operation<Webhooks, WebhookRef, WebhookContent> GET_WEBHOOK = new Operation<>("get_webhook",
      "Answers one webhook with what was sent.", Right.READ, Effect.READ, Route.get("/webhooks/{webhook_id}"), Webhooks.class, WebhookRef.class,
      WebhookContent.class, Webhooks::get);
  public static final Operation<Webhooks, WebhookRef, Webhook> RETRY_WEBHOOK = new Operation<>("retry_webhook",
      "Routes a dead webhook anew.", Right.OPERATE, Effect.WRITE, Route.post("/webhooks/{webhook_id}/retry"), Webhooks.class, WebhookRef.class,
      Webhook.class, Webhooks::retry);

  public static final List<Operation<?, ?, ?>> ALL = List.of(PUT_SOURCE, LIST_SOURCES, GET_SOURCE, ROTATE_SOURCE_SECRET, DELETE_SOURCE, PUT_ROUTE,
      LIST_ROUTES, DELETE_ROUTE, TEST_ROUTE, LIST_WEBHOOKS, GET_WEBHOOK, RETRY_WEBHOOK);

  private SourceOperations() {}
}
