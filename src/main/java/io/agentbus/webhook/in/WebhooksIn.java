package io.agentbus.webhook.in;

import io.agentbus.agent.Directory;
import io.agentbus.bus.WakeUps;
import io.agentbus.crypto.SecretBox;
import io.agentbus.db.Database;
import io.agentbus.event.Events;
import io.agentbus.inbox.Inbox;
import io.agentbus.job.Jobs;
import java.time.Clock;

/** The services of webhooks from outside, put together. */
public final class WebhooksIn {
  private final Database database;
  private final LiveSources live;
  private final Clock clock;
  private final Sources sources;
  private final Routes routes;
  private final Webhooks webhooks;
  private final WebhookRouter router;
  private final Hooks hooks;

  /** @param clock by which signed times are judged */
  public WebhooksIn(Database database, Directory directory, Events events, Jobs jobs, Inbox inbox, WakeUps wakeUps, SecretBox box, Clock clock) {
    this.database = database;
    this.clock = clock;
    live = new LiveSources(database, box);
    wakeUps.hearChanges(live::forget);
    var compiled = new CompiledRoutes();
    router = new WebhookRouter(database, directory, events, jobs, inbox, compiled);
    sources = new Sources(directory, box, wakeUps::changes);
    routes = new Routes(directory, compiled, clock);
    webhooks = new Webhooks(directory, router::accepted);
    hooks = new Hooks(database, live, directory, jobs, inbox);
  }

  /** What carries the operations out. */
  public Object[] services() {
    return new Object[] {sources, routes, webhooks};
  }

  /** What takes webhooks. @param backlog most webhooks of a source that may wait for their route */
  public Receiver receiver(long backlog) {
    return new Receiver(database, live, clock, backlog, router::accepted);
  }

  public WebhookRouter router() {
    return router;
  }

  public Hooks hooks() {
    return hooks;
  }
}
