package io.agentbus.app;

import io.agentbus.agent.OperatorToken;
import io.agentbus.bus.cluster.Cluster;
import io.agentbus.config.AgentbusConfig;
import io.agentbus.config.Home;
import io.agentbus.config.LockFile;
import io.agentbus.config.SecretFile;
import io.agentbus.crypto.SecretBox;
import io.agentbus.crypto.StateSeal;
import io.agentbus.db.Migrator;
import io.agentbus.db.embedded.PgSettings;
import io.agentbus.door.bridge.Bridge;
import io.agentbus.door.bridge.BridgeLimits;
import io.agentbus.door.bridge.SockJsDoor;
import io.agentbus.door.bridge.TcpDoor;
import io.agentbus.door.bus.BusDoor;
import io.agentbus.door.mcp.McpDoor;
import io.agentbus.door.memory.MemoryDoor;
import io.agentbus.door.mcp.bus.BusContent;
import io.agentbus.door.mcp.legacy.Sessions;
import io.agentbus.door.rest.RestDoor;
import io.agentbus.door.webhook.HookDoor;
import io.agentbus.door.webhook.WebhookDoor;
import io.agentbus.http.BearerGate;
import io.agentbus.http.HttpSettings;
import io.agentbus.http.ProofGate;
import io.agentbus.http.Site;
import io.agentbus.http.StatusPages;
import io.agentbus.http.WebServer;
import io.agentbus.job.RetryPolicy;
import io.agentbus.op.Limits;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One agentbus process: starts its parts in order and stops them in the opposite one. What started before a part failed is stopped
 * again.
 */
public final class Node {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);
  /** How long a stop waits for one part, so that it ends in any case. */
  private static final long STOP_SECONDS = 20;

  private record Part(String name, Stopping stop) {}

  private interface Stopping {
    void run() throws Exception;
  }

  private final AgentbusConfig config;
  private final Home home;
  private final Deque<Part> started = new ArrayDeque<>();
  private @Nullable String baseUrl;
  private int busPort;

  private Node(AgentbusConfig config) {
    this.config = config;
    this.home = Home.open(config.node().home());
  }

  /**
   * Starts a node and waits until it serves.
   *
   * @throws RuntimeException with a sentence for the operator when it cannot; nothing is left running then
   */
  public static Node start(AgentbusConfig config) {
    var node = new Node(config);
    try {
      node.startParts();
      return node;
    } catch (Throwable failure) {
      node.stop();
      throw failure;
    }
  }

  /** Where clients on this machine reach it. */
  public String baseUrl() {
    if (baseUrl == null) {
      throw new IllegalStateException("the node does not serve");
    }
    return baseUrl;
  }

  /** The port of the TCP bridge to the event bus. */
  public int busPort() {
    return busPort;
  }

  /** Stops serving, lets what is under way end, and releases everything. Again does nothing. */
  public void stop() {
    while (!started.isEmpty()) {
      var part = started.pop();
      try {
        part.stop().run();
      } catch (Exception failure) {
        LOG.atWarn().setCause(failure).addKeyValue("part", part.name()).log("a part of the node did not stop cleanly");
      }
    }
  }

  private void startParts() {
    LockFile lock = home.lock();
    started.push(new Part("home", lock::close));
    var secrets = openSecrets();
    var url = startDatabase();
    var migrator = new Migrator(url.get());
    migrator.migrate();
    var metrics = new NodeMetrics();
    started.push(new Part("metrics", metrics::close));
    var cluster = config.bus().cluster().enabled() ? new Cluster(config.bus().cluster(), config.node().name(), migrator.databaseId()) : null;
    var vertx = startVertx(metrics, cluster);
    started.push(new Part("vertx", () -> wait(vertx.close())));
    var settings = new BusSettings(config.node().name(), Commands.VERSION, roles(), home, config.database().poolSize(), retryPolicy(),
        config.limits().poll().toMillis(), limits(), Verticles.outage(config), cluster == null ? null : cluster::members,
        secrets, config.webhooks());
    var bus = Bus.open(vertx, url, settings, metrics.registry());
    started.push(new Part("bus", () -> wait(bus.stop())));
    OperatorToken.ensure(home, bus.database());
    var verticles = Verticles.deploy(vertx, bus, config);
    started.push(new Part("verticles", () -> wait(verticles.stop())));
    serve(vertx, bus, verticles, cluster, metrics);
  }

  /** Before anything else starts: without its key a node could not do what it takes on. */
  private SecretBox openSecrets() {
    try {
      return SecretBox.open(home, config.secrets().keyFile());
    } catch (IllegalStateException noKey) {
      throw ProblemException.of(ProblemCode.UNAVAILABLE, String.valueOf(noKey.getMessage())).causedBy(noKey);
    }
  }

  private Vertx startVertx(NodeMetrics metrics, @Nullable Cluster cluster) {
    try {
      return wait(metrics.vertx(cluster));
    } catch (RuntimeException failure) {
      if (cluster == null) {
        throw failure;
      }
      throw ProblemException.of(ProblemCode.UNAVAILABLE, "This node cannot listen for its cluster on " + config.bus().cluster().listen() + ", ports "
          + config.bus().cluster().port() + " and " + config.bus().cluster().busPort() + " (" + failure.getMessage()
          + "): stop what uses them, or choose others with --cluster-port and bus.cluster.bus-port.");
    }
  }

  /** Starts the node's own Postgres when it has one. @return says where the database is now */
  private Supplier<String> startDatabase() {
    var given = config.database().url();
    if (given != null) {
      return given::reveal;
    }
    var embedded = config.database().embedded();
    var postgres = OwnPostgres.start(home, PgSettings.defaults()
        .withSize(embedded.maxConnections(), embedded.sharedBuffers().bytes() / 1024 + "kB"));
    started.push(new Part("postgres", postgres::stop));
    started.push(new Part("postgres keeper", () -> wait(postgres.letGo())));
    return postgres::databaseUrl;
  }

  private void serve(Vertx vertx, Bus bus, Verticles verticles, @Nullable Cluster cluster, NodeMetrics metrics) {
    var http = HttpSettings.of(config.http(), config.limits());
    var site = new Site();
    var gate = new BearerGate(bus.authenticator(), http.limits().authFailures());
    new RestDoor(bus.catalogue(), gate, bus.feed(), bus.subscriptions().streams()).mount(site);
    new MemoryDoor(bus.catalogue(), gate).mount(site);
    new McpDoor(new BusContent(bus.catalogue(), bus.feed(), Commands.VERSION), gate, StateSeal.open(home), sessionLimits()).mount(site);
    var receiver = bus.webhooksIn().receiver(Verticles.mostWaiting(config));
    metrics.watch("agentbus.webhooks.unproven", "Webhooks refused because nothing proved them, since the start", receiver::unprovenCount);
    metrics.watch("agentbus.webhooks.taken", "Webhooks taken, since the start", receiver::takenCount);
    metrics.watch("agentbus.webhooks.repeated", "Webhooks that had been taken before, since the start", receiver::repeatedCount);
    new WebhookDoor(receiver, new ProofGate(http.limits().authFailures())).mount(site);
    new HookDoor(bus.webhooksIn().hooks(), new BearerGate(bus.authenticator(), http.limits().authFailures())).mount(site);
    StatusPages.mount(site, new NodeHealth(bus, verticles.loops(), cluster), bus::scrape);
    var onTheBus = wait(BusDoor.open(vertx, bus.catalogue(), gate));
    started.push(new Part("bus door", () -> wait(onTheBus.stop())));
    var bridge = new Bridge(vertx, bus.catalogue(), gate, bus.authenticator(), bus.feed(), bus.messages(), bridgeLimits());
    bus.wakeUps().hearChanges(bridge::recheck);
    metrics.watch("agentbus.bridge.connections", "Connections of the bridges to the event bus", bridge::connections);
    metrics.watch("agentbus.bridge.calls", "Operations that the bridges' clients wait for", bridge::calls);
    new SockJsDoor(vertx, bridge).mount(site);
    var tcp = listen(config.bus().port(), "--bus-port", TcpDoor.listen(vertx, http.listen().withPort(config.bus().port()),
        http.deadlines().header(), bridge));
    started.push(new Part("tcp bridge", () -> wait(tcp.stop())));
    busPort = tcp.port();
    var server = listen(http.listen().port(), "--port", WebServer.start(vertx, http, NodeThreads.eventLoops(), site));
    baseUrl = server.baseUrl();
    started.push(new Part("http", () -> {
      Files.deleteIfExists(home.nodeUrl());
      // Those who wait for work are answered first, so that nobody has to be cut off.
      wait(bus.stopClaims());
      wait(bridge.stop(Duration.ofSeconds(5)));
      wait(server.stop(Duration.ofSeconds(10)));
    }));
    writeNodeUrl();
  }

  private <T> T listen(int port, String flag, Future<T> listening) {
    try {
      return wait(listening);
    } catch (IllegalStateException failure) {
      if (failure.getCause() instanceof BindException) {
        throw ProblemException.of(ProblemCode.UNAVAILABLE, "Port " + port + " of " + config.http().listen()
            + " cannot be listened on (" + failure.getCause().getMessage() + "): stop what uses it, or choose another with " + flag + ".");
      }
      throw failure;
    }
  }

  /** Tells the command line on this machine where the node is. */
  private void writeNodeUrl() {
    try {
      SecretFile.write(home.nodeUrl(), baseUrl() + "\n");
    } catch (IOException failure) {
      throw new IllegalStateException(home.nodeUrl() + " cannot be written: " + failure.getMessage(), failure);
    }
  }

  private List<String> roles() {
    return config.node().roles().stream().map(role -> role.name().toLowerCase(Locale.ROOT)).toList();
  }

  /** Seconds are rounded so that nothing outside the configured bounds is taken. */
  private Limits limits() {
    var set = config.limits();
    return new Limits(set.payload().toInt(), set.result().toInt(), set.body().toInt(), set.bulk(), set.claim(), set.page(), set.pageMax(),
        (int) set.leaseMin().plusMillis(999).toSeconds(), (int) set.leaseMax().toSeconds(), (int) config.jobs().defaultLease().toSeconds(),
        (int) set.waitMax().toSeconds(), config.jobs().maxAttempts(), set.inbox(), set.memoryEntries(), set.memoryNamespaces());
  }

  private Sessions.Limits sessionLimits() {
    return new Sessions.Limits(config.mcp().sessionIdle(), config.mcp().maxSessions(), config.mcp().maxSessionsPerCaller());
  }

  private BridgeLimits bridgeLimits() {
    var set = config.bus().bridge();
    var usual = BridgeLimits.DEFAULT;
    // One address may not take every place, as over HTTP.
    var perAddress = Math.max(1, set.maxConnections() / 4 * 3);
    return new BridgeLimits(Math.min(set.maxFrame().toInt(), config.limits().body().toInt()), usual.firstFrame(), set.maxHandlers(), set.maxCalls(),
        set.maxQueue().toInt(), usual.queueFrames(), set.maxConnections(), perAddress, usual.login(), set.idleTimeout(), usual.halfFrame(),
        usual.reply(), usual.replies());
  }

  private RetryPolicy retryPolicy() {
    return new RetryPolicy(config.jobs().retryBase().toMillis() / 1_000.0, config.jobs().retryCap().toMillis() / 1_000.0);
  }

  private static <T> T wait(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException late) {
      throw new IllegalStateException("no answer after " + STOP_SECONDS + " s", late);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interrupted);
    } catch (java.util.concurrent.ExecutionException failure) {
      throw failure.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(failure.getCause());
    }
  }
}
