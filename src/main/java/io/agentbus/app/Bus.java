package io.agentbus.app;

import io.agentbus.agent.Directory;
import io.agentbus.agent.Presence;
import io.agentbus.agent.TokenAuthenticator;
import io.agentbus.bus.Messages;
import io.agentbus.bus.WakeUps;
import io.agentbus.campaign.CampaignOperations;
import io.agentbus.campaign.CampaignServices;
import io.agentbus.db.Database;
import io.agentbus.db.NamedQueries;
import io.agentbus.db.PgErrors;
import io.agentbus.dispatch.Claims;
import io.agentbus.event.EventLog;
import io.agentbus.event.PublisherRight;
import io.agentbus.event.Sequencer;
import io.agentbus.insight.JournalSealer;
import io.agentbus.insight.Metrics;
import io.agentbus.insight.NodeFacts;
import io.agentbus.insight.ReadLog;
import io.agentbus.job.Dependencies;
import io.agentbus.job.JobAttempts;
import io.agentbus.job.Jobs;
import io.agentbus.job.LeaseSweeps;
import io.agentbus.journal.StateChanges;
import io.agentbus.loop.Loop;
import io.agentbus.memorybus.MemoryLimits;
import io.agentbus.op.Catalogue;
import io.agentbus.webhook.in.SourceOperations;
import io.agentbus.webhook.in.WebhooksIn;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.util.List;
import java.util.function.Supplier;

/** The services of one node over one database, put together by hand, and the catalogue that offers them. */
public final class Bus {
  /** Every file of {@code sql/queries}. */
  public static final List<String> QUERIES = List.of("agent", "campaign", "control", "delivery", "event", "health", "idempotency", "inbox", "insight", "job", "memory", "queue",
      "refusal", "source", "subscription", "webhook_out");
  /** Connections for look-ups by callers that may hold one of the common pool already. */
  private static final int LOOKUP_CONNECTIONS = 4;

  private final Database database;
  private final Database lookups;
  private final WakeUps wakeUps;
  private final Messages messages;
  private final StateChanges changes = new StateChanges();
  private final AgentArea agents;
  private final EventArea events;
  private final InsightArea insight;
  private final InboxArea inbox;
  private final JobArea jobs;
  private final WebhooksOut webhooksOut;
  private final SubscriptionArea subscriptions;
  private final CampaignServices campaigns;
  private final MemoryArea memory;
  private final WebhooksIn webhooksIn;
  private final Catalogue catalogue;

  private Bus(Vertx vertx, Supplier<String> url, BusSettings settings, PrometheusMeterRegistry registry) {
    var queries = NamedQueries.load(QUERIES);
    database = Database.open(vertx, url, settings.poolSize(), queries);
    lookups = Database.open(vertx, url, LOOKUP_CONNECTIONS, queries);
    wakeUps = new WakeUps(settings.nodeName());
    messages = new Messages(vertx);
    insight = InsightArea.open(database, lookups, registry, settings);
    changes.hear(insight.metrics());
    agents = AgentArea.open(database, lookups, wakeUps, settings);
    var directory = agents.directory();
    var reads = insight.reads();
    events = EventArea.open(database, directory, wakeUps, settings.nodeName());
    inbox = InboxArea.open(vertx, url, queries, directory, agents.finder(), agents.agents(), reads, wakeUps, messages, settings.limits().inbox(),
        settings.pollMillis());
    jobs = JobArea.open(vertx, url, queries, database, lookups, agents, events.events(), inbox, reads, changes, wakeUps, settings);
    webhooksOut = WebhooksOut.open(vertx, database, settings);
    subscriptions = SubscriptionArea.open(database, directory, events.log(), inbox.inbox(), jobs.jobs(), messages, wakeUps, webhooksOut.target(),
        settings.limits().payload(), settings.nodeName());
    campaigns = CampaignServices.of(database, directory, jobs.jobs(), jobs.attempts(), jobs.overrides(), wakeUps, reads, inbox.inbox());
    memory = MemoryArea.open(database, directory, agents.agents(), wakeUps, reads, inbox, subscriptions, settings.version(),
        new MemoryLimits(settings.limits().memoryEntries(), settings.limits().memoryNamespaces()));
    webhooksIn = new WebhooksIn(database, directory, events.events(), jobs.jobs(), inbox.inbox(), wakeUps, settings.secrets(), Clock.systemUTC());

    catalogue = new Catalogue(database, settings.limits());
    jobs.bind(catalogue, directory, reads);
    events.bind(catalogue, reads);
    agents.bind(catalogue);
    insight.bind(catalogue);
    inbox.bind(catalogue);
    subscriptions.bind(catalogue);
    webhooksOut.bind(catalogue);
    memory.bind(catalogue);
    catalogue.bindAll(CampaignOperations.ALL, campaigns.all()).bindAll(SourceOperations.ALL, webhooksIn.services());
    database.run("job.keep_defaults", Tuple.of((short) settings.limits().attempts(), settings.limits().payload(), settings.nodeName()));
    PgErrors.await(wakeUps.open(vertx, url));
  }

  /** Connects to a migrated database. Waits. */
  public static Bus open(Vertx vertx, String url, BusSettings settings) {
    return open(vertx, () -> url, settings, new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
  }

  /** The same with the meters beside others, over a database that may move. @param url says where it is now */
  static Bus open(Vertx vertx, Supplier<String> url, BusSettings settings, PrometheusMeterRegistry registry) {
    return new Bus(vertx, url, settings, registry);
  }

  public Catalogue catalogue() {
    return catalogue;
  }

  public TokenAuthenticator authenticator() {
    return agents.authenticator();
  }

  /** Where changes of state are told. */
  public StateChanges changes() {
    return changes;
  }

  public Database database() {
    return database;
  }

  /** Webhooks from outside. */
  public WebhooksIn webhooksIn() {
    return webhooksIn;
  }

  /** Subscriptions, and what moves their deliveries on. */
  public SubscriptionArea subscriptions() {
    return subscriptions;
  }

  /** Inboxes, without a door in between. */
  public InboxArea inbox() {
    return inbox;
  }

  /** The memory bus, without a door in between. */
  public MemoryArea memory() {
    return memory;
  }

  /** Enqueues and reads, without a door in between. */
  public Jobs jobs() {
    return jobs.jobs();
  }

  /** Workers' verbs, without a door in between. */
  public JobAttempts attempts() {
    return jobs.attempts();
  }

  /** Hands out jobs, without a door in between and so without its limit on one claim. */
  public Claims claims() {
    return jobs.claims();
  }

  /** Who is known. */
  public Directory directory() {
    return agents.directory();
  }

  public LeaseSweeps sweeps() {
    return jobs.sweeps();
  }

  public EventLog feed() {
    return events.log();
  }

  public Sequencer sequencer() {
    return events.sequencer();
  }

  public Dependencies dependencies() {
    return jobs.dependencies();
  }

  public WakeUps wakeUps() {
    return wakeUps;
  }

  /** This node's wish to publish the events for all nodes of its cluster. */
  public PublisherRight publisherRight() {
    return events.publisherRight();
  }

  /** The way onto the event bus. */
  public Messages messages() {
    return messages;
  }

  /** All metrics in the Prometheus text format. */
  public String scrape() {
    return insight.registry().scrape();
  }

  public Presence presence() {
    return agents.presence();
  }

  public ReadLog reads() {
    return insight.reads();
  }

  public Metrics metrics() {
    return insight.metrics();
  }

  /** What the node knows of itself. */
  public NodeFacts facts() {
    return insight.facts();
  }

  public JournalSealer sealer(int rowsPerSeal) {
    return insight.sealer(rowsPerSeal);
  }

  /** Campaigns, without a door in between. */
  public CampaignServices campaigns() {
    return campaigns;
  }

  /** Makes a loop's progress part of the heartbeat and of the metrics. */
  public void watch(Loop loop) {
    insight.watch(loop);
  }

  /** Answers those who wait for work or messages and takes no more claims. */
  public Future<Void> stopClaims() {
    inbox.stopWaits();
    return jobs.claims().stop();
  }

  /** Lets no new claims wait and closes all connections once what is in flight is answered. */
  public Future<Void> stop() {
    return jobs.claims().stop()
        .compose(ignored -> Future.join(jobs.batches().stop(), inbox.stop(), webhooksOut.stop(), wakeUps.close()))
        .eventually(() -> Future.join(database.stop(), lookups.stop()))
        .mapEmpty();
  }
}
