package io.agentbus.app;

import io.agentbus.agent.AccessTokens;
import io.agentbus.agent.AgentFinder;
import io.agentbus.agent.AgentOperations;
import io.agentbus.agent.AgentTokens;
import io.agentbus.agent.Agents;
import io.agentbus.agent.Directory;
import io.agentbus.agent.IdentityChanges;
import io.agentbus.agent.Presence;
import io.agentbus.agent.Tickets;
import io.agentbus.agent.TokenAuthenticator;
import io.agentbus.bus.Messages;
import io.agentbus.bus.WakeUps;
import io.agentbus.campaign.CampaignOperations;
import io.agentbus.campaign.CampaignServices;
import io.agentbus.config.Home;
import io.agentbus.config.WebhooksConfig;
import io.agentbus.control.ControlOperations;
import io.agentbus.control.Pauses;
import io.agentbus.crypto.SecretBox;
import io.agentbus.crypto.SigningKey;
import io.agentbus.db.Database;
import io.agentbus.db.HotConnection;
import io.agentbus.db.NamedQueries;
import io.agentbus.db.PgErrors;
import io.agentbus.dispatch.Claims;
import io.agentbus.dispatch.DispatchOperations;
import io.agentbus.event.EventList;
import io.agentbus.event.EventLog;
import io.agentbus.event.EventOperations;
import io.agentbus.event.Events;
import io.agentbus.event.PublisherRight;
import io.agentbus.event.Sequencer;
import io.agentbus.insight.Audits;
import io.agentbus.insight.HealthReader;
import io.agentbus.insight.InsightOperations;
import io.agentbus.insight.JournalList;
import io.agentbus.insight.JournalSealer;
import io.agentbus.insight.JournalVerifier;
import io.agentbus.insight.Metrics;
import io.agentbus.insight.NodeFacts;
import io.agentbus.insight.ReadLog;
import io.agentbus.insight.SealExport;
import io.agentbus.job.Dependencies;
import io.agentbus.job.JobAttempts;
import io.agentbus.job.JobBatches;
import io.agentbus.job.JobChanges;
import io.agentbus.job.JobExplainer;
import io.agentbus.job.JobList;
import io.agentbus.job.JobOperations;
import io.agentbus.job.JobOverrides;
import io.agentbus.job.JobTimelines;
import io.agentbus.job.Jobs;
import io.agentbus.job.LeaseSweeps;
import io.agentbus.job.Outage;
import io.agentbus.job.QueueStore;
import io.agentbus.job.RetryPolicy;
import io.agentbus.journal.StateChanges;
import io.agentbus.loop.Loop;
import io.agentbus.memorybus.MemoryLimits;
import io.agentbus.op.Catalogue;
import io.agentbus.op.Limits;
import io.agentbus.webhook.in.SourceOperations;
import io.agentbus.webhook.in.WebhooksIn;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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
  private final JobBatches batches;
  private final InboxArea inbox;
  private final WebhooksOut webhooksOut;
  private final MemoryArea memory;
  private final WebhooksIn webhooksIn;
  private final SubscriptionArea subscriptions;
  private final Jobs jobs;
  private final JobAttempts attempts;
  private final Claims claims;
  private final Directory directory;
  private final LeaseSweeps sweeps;
  private final Dependencies dependencies;
  private final TokenAuthenticator authenticator;
  private final EventLog eventLog;
  private final Sequencer sequencer;
  private final PublisherRight publisherRight;
  private final Presence presence;
  private final ReadLog reads;
  private final PrometheusMeterRegistry registry;
  private final Metrics metrics;
  private final NodeFacts facts;
  private final IntFunction<JournalSealer> sealerFor;
  private final CampaignServices campaigns;
  private final List<Loop> loops = new CopyOnWriteArrayList<>();
  private final Catalogue catalogue;

  private Bus(Vertx vertx, Supplier<String> url, BusSettings settings, PrometheusMeterRegistry registry) {
    this.registry = registry;
    var queries = NamedQueries.load(QUERIES);
    database = Database.open(vertx, url, settings.poolSize(), queries);
    lookups = Database.open(vertx, url, LOOKUP_CONNECTIONS, queries);
    wakeUps = new WakeUps(settings.nodeName());
    messages = new Messages(vertx);
    reads = new ReadLog(lookups);
    metrics = new Metrics(registry, database);
    changes.hear(metrics);
    facts = new NodeFacts(settings.nodeName(), settings.version(), settings.roles(), Instant.now(), () -> List.copyOf(loops),
        settings.members());
    var key = SigningKey.open(settings.home());
    var export = new SealExport(settings.home());
    sealerFor = rowsPerSeal -> new JournalSealer(database, key, export, settings.nodeName(), rowsPerSeal);

    directory = new Directory(lookups);
    presence = new Presence(database, settings.nodeName());
    authenticator = new TokenAuthenticator(lookups, presence);
    var finder = new AgentFinder(directory);
    var identity = new IdentityChanges(directory, authenticator, wakeUps::changes);
    wakeUps.hearChanges(identity::forget);
    var agents = new Agents(directory, finder, presence, identity);
    var agentTokens = new AgentTokens(directory, finder, presence, identity);
    var accessTokens = new AccessTokens(directory, identity, Clock.systemUTC(), settings.limits());
    var pauses = new Pauses(directory, finder, identity, wakeUps);

    var queues = new QueueStore(lookups);
    var jobChanges = new JobChanges(changes, queues);
    batches = new JobBatches(vertx, url, queries, wakeUps, jobChanges, settings.retryPolicy());
    dependencies = new Dependencies(database, wakeUps, jobChanges);
    var events = new Events(directory, wakeUps);
    eventLog = new EventLog(database);
    sequencer = new Sequencer(database);
    publisherRight = new PublisherRight(database, settings.nodeName());
    inbox = InboxArea.open(vertx, url, queries, directory, finder, agents, reads, wakeUps, messages, settings.limits().inbox(), settings.pollMillis());
    webhooksOut = WebhooksOut.open(vertx, database, settings);
    jobs = new Jobs(directory, queues, batches, dependencies, reads, jobChanges);
    attempts = new JobAttempts(jobs, batches, dependencies, events, inbox.inbox(), inbox.urgent(), queues, directory, jobChanges, settings.retryPolicy());
    subscriptions = SubscriptionArea.open(database, directory, eventLog, inbox.inbox(), jobs, messages, wakeUps, webhooksOut.target(), settings.nodeName());
    var overrides = new JobOverrides(jobs, dependencies, queues, directory, wakeUps, jobChanges);
    sweeps = new LeaseSweeps(database, dependencies, batches, wakeUps, jobChanges, settings.retryPolicy(), settings.outage());
    claims = new Claims(vertx, new HotConnection(vertx, "claim", url, queries), lookups, directory, agents, presence, jobs, attempts, jobChanges, queues,
        inbox.waits(), inbox.urgent(), wakeUps, settings.pollMillis());

    campaigns = CampaignServices.of(database, directory, jobs, attempts, overrides, wakeUps, reads, inbox.inbox());
    memory = MemoryArea.open(database, directory, agents, wakeUps, reads, inbox, subscriptions, settings.version(),
        new MemoryLimits(settings.limits().memoryEntries(), settings.limits().memoryNamespaces()));
    webhooksIn = new WebhooksIn(database, directory, events, jobs, inbox.inbox(), wakeUps, settings.secrets(), Clock.systemUTC());

    catalogue = new Catalogue(database, settings.limits())
        .bindAll(JobOperations.ALL, jobs, new JobList(directory, reads), new JobExplainer(jobs, queues, directory, reads), new JobTimelines(jobs, reads),
            attempts, overrides, sweeps)
        .bindAll(DispatchOperations.ALL, claims)
        .bindAll(EventOperations.ALL, events, new EventList(eventLog, reads))
        .bindAll(AgentOperations.ALL, agents, agentTokens, accessTokens, new Tickets(directory))
        .bindAll(ControlOperations.ALL, pauses)
        .bindAll(CampaignOperations.ALL, campaigns.all())
        .bindAll(InsightOperations.ALL, new HealthReader(database, facts), new JournalList(),
            new JournalVerifier(settings.home(), key, export), new Audits(Clock.systemUTC()));
    inbox.bind(catalogue);
    memory.bind(catalogue);
    catalogue.bindAll(SourceOperations.ALL, webhooksIn.services());
    subscriptions.bind(catalogue);
    webhooksOut.bind(catalogue);
    database.run("job.keep_defaults", Tuple.of((short) settings.limits().attempts(), settings.limits().payload(), settings.nodeName()));
    PgErrors.await(wakeUps.open(vertx, url));
  }

  /**
   * What a node sets of its services.
   *
   * @param nodeName unique among the nodes of the database
   * @param version of the program
   * @param roles what the node runs
   * @param home where the node keeps the key with which it seals
   * @param poolSize connections of the common pool
   * @param retryPolicy back-off after failed attempts
   * @param pollMillis longest time for which a lost wake-up is not noticed
   * @param limits of inputs
   * @param outage what is not charged to leases
   * @param members says which nodes are in the cluster of this one now; null = it is in none
   * @param secrets closes secrets that are stored
   * @param webhooks whom it may call
   */
  public record BusSettings(String nodeName, String version, List<String> roles, Home home, int poolSize, RetryPolicy retryPolicy,
      long pollMillis, Limits limits, Outage outage, @Nullable Supplier<List<String>> members, SecretBox secrets,
      WebhooksConfig webhooks) {
    /** Settings with the key of the home. */
    public BusSettings(String nodeName, String version, List<String> roles, Home home, int poolSize, RetryPolicy retryPolicy, long pollMillis,
        Limits limits, Outage outage, @Nullable Supplier<List<String>> members) {
      this(nodeName, version, roles, home, poolSize, retryPolicy, pollMillis, limits, outage, members, SecretBox.open(home, null),
          WebhooksConfig.defaults());
    }

    /** Settings with the usual limits. */
    public BusSettings(String nodeName, String version, List<String> roles, Home home, int poolSize, RetryPolicy retryPolicy, long pollMillis) {
      this(nodeName, version, roles, home, poolSize, retryPolicy, pollMillis, Limits.DEFAULT, Outage.DEFAULT, null);
    }

    public static BusSettings defaults(String nodeName, Home home) {
      return new BusSettings(nodeName, "test", List.of("api"), home, 16, RetryPolicy.DEFAULT, 2_000);
    }
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
    return authenticator;
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
    return jobs;
  }

  /** Workers' verbs, without a door in between. */
  public JobAttempts attempts() {
    return attempts;
  }

  /** Hands out jobs, without a door in between and so without its limit on one claim. */
  public Claims claims() {
    return claims;
  }

  /** Who is known. */
  public Directory directory() {
    return directory;
  }

  public LeaseSweeps sweeps() {
    return sweeps;
  }

  public EventLog feed() {
    return eventLog;
  }

  public Sequencer sequencer() {
    return sequencer;
  }

  public Dependencies dependencies() {
    return dependencies;
  }

  public WakeUps wakeUps() {
    return wakeUps;
  }

  /** This node's wish to publish the events for all nodes of its cluster. */
  public PublisherRight publisherRight() {
    return publisherRight;
  }

  /** The way onto the event bus. */
  public Messages messages() {
    return messages;
  }

  /** All metrics in the Prometheus text format. */
  public String scrape() {
    return registry.scrape();
  }

  public Presence presence() {
    return presence;
  }

  public ReadLog reads() {
    return reads;
  }

  public Metrics metrics() {
    return metrics;
  }

  /** What the node knows of itself. */
  public NodeFacts facts() {
    return facts;
  }

  public JournalSealer sealer(int rowsPerSeal) {
    return sealerFor.apply(rowsPerSeal);
  }

  /** Campaigns, without a door in between. */
  public CampaignServices campaigns() {
    return campaigns;
  }

  /** Makes a loop's progress part of the heartbeat and of the metrics. */
  public void watch(Loop loop) {
    loops.add(loop);
    metrics.watch(loop);
  }

  /** Answers those who wait for work or messages and takes no more claims. */
  public Future<Void> stopClaims() {
    inbox.stopWaits();
    return claims.stop();
  }

  /** Lets no new claims wait and closes all connections once what is in flight is answered. */
  public Future<Void> stop() {
    return claims.stop()
        .compose(ignored -> Future.join(batches.stop(), inbox.stop(), webhooksOut.stop(), wakeUps.close()))
        .eventually(() -> Future.join(database.stop(), lookups.stop()))
        .mapEmpty();
  }
}
