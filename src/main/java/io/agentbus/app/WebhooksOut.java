package io.agentbus.app;

import io.agentbus.db.Database;
import io.agentbus.http.out.EgressGuard;
import io.agentbus.http.out.EgressRules;
import io.agentbus.http.out.Poster;
import io.agentbus.http.out.SystemHostNames;
import io.agentbus.op.Catalogue;
import io.agentbus.webhook.out.EndpointCare;
import io.agentbus.webhook.out.OutgoingWebhooks;
import io.agentbus.webhook.out.Patience;
import io.agentbus.webhook.out.WebhookOutOperations;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;

/**
 * What a node has for sending webhooks.
 *
 * @param target where deliveries leave
 * @param care of endpoints by their owners
 */
record WebhooksOut(OutgoingWebhooks target, EndpointCare care, Poster poster, SystemHostNames names) {

  static WebhooksOut open(Vertx vertx, Database database, BusSettings settings) {
    var config = settings.webhooks();
    var rules = EgressRules.of(config);
    var names = new SystemHostNames();
    var poster = new Poster(vertx, new EgressGuard(rules, names), config.tlsCa());
    var target = new OutgoingWebhooks(database, settings.secrets(), rules, poster, Patience.of(config.hold(), config.disableAfter()),
        Clock.systemUTC(), settings.version());
    return new WebhooksOut(target, new EndpointCare(target, database, Clock.systemUTC()), poster, names);
  }

  void bind(Catalogue catalogue) {
    catalogue.bindAll(WebhookOutOperations.ALL, care);
  }

  /** Breaks off what is under way: it is tried again. */
  Future<Void> stop() {
    names.close();
    return poster.stop();
  }
}
