package io.agentbus.app;

import io.agentbus.bus.cluster.Cluster;
import io.agentbus.config.ClusterConfig;
import io.agentbus.config.ConfigLoader;
import io.agentbus.config.NodeLogging;
import io.agentbus.db.Database;
import io.agentbus.db.Migrator;
import io.agentbus.db.NamedQueries;
import io.agentbus.http.HttpSettings;
import io.agentbus.http.WebServer;
import io.agentbus.op.Schemas;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import org.slf4j.LoggerFactory;

/**
 * What the launcher runs once after a build, so that the JVM can write a start-up cache of the classes it saw
 * ({@code -XX:AOTCacheOutput}): {@code cli} does what commands do, {@code node} what a node does on its way up, and {@code cluster} what
 * one that joins others does. What is in the cache is loaded at every start with it, so that the cluster has one of its own. The training
 * takes neither a database nor a home and leaves nothing behind.
 */
public final class AotTraining {
  private static final int LONGEST_SECONDS = 20;
  /** Nothing listens on port 1: connections are refused at once. */
  private static final String NOBODY = "127.0.0.1:1";

  /** Classes that load the cluster library when they are looked at. */
  private static final String CLUSTER = "io/agentbus/bus/cluster/";
  /** The same of the library for expressions, which most starts never need. */
  private static final String EXPRESSIONS = "io/agentbus/cel/";

  private AotTraining() {}

  /** @param argv {@code cli}, {@code node} or {@code cluster} */
  public static void main(String[] argv) throws Exception {
    CompletableFuture.delayedExecutor(LONGEST_SECONDS, TimeUnit.SECONDS).execute(() -> Runtime.getRuntime().halt(1));
    var kind = argv.length == 1 ? argv[0] : "cli";
    if (kind.equals("cluster")) {
      joinNobody();
    }
    if (!kind.equals("cli")) {
      node(kind.equals("cluster"));
    } else {
      command("help");
      command("help", "enqueue-job");
      command("health");
      command("enqueue-job", "--subject", "training", "--payload", "{}");
      command("list-jobs", "--json");
      command("openapi");
    }
  }

  private static void command(String... words) {
    var argv = new String[words.length + 4];
    System.arraycopy(new String[] {"--url", "http://" + NOBODY, "--token", "none"}, 0, argv, 0, 4);
    System.arraycopy(words, 0, argv, 4, words.length);
    Commands.run(argv, List.of());
  }

  /** A cluster of one, on ports that nobody knows. */
  private static void joinNobody() throws Exception {
    var settings = new ClusterConfig(true, "training", null, "127.0.0.1", null, 0, 0, List.of(NOBODY), false, null, null, null);
    var vertx = new Cluster(settings, "none", "none").join(Vertx.builder(), new VertxOptions().setPreferNativeTransport(false))
        .toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private static void node(boolean clustered) throws Exception {
    NodeLogging.start(ConfigLoader.load(Map.of(), Map.of(), null).config().logging());
    LoggerFactory.getLogger(AotTraining.class).atInfo().addKeyValue("node", "none").log("training");
    VerticleDescriptor.all();
    Commands.operations().forEach(Schemas::input);
    Commands.operations().forEach(Schemas::output);
    var database = "postgresql://agentbus:none@" + NOBODY + "/agentbus";
    refused(() -> new Migrator(database).pending());
    var vertx = ClusterHidden.during(() -> Vertx.vertx(new VertxOptions().setPreferNativeTransport(false)));
    refused(() -> Database.open(vertx, database, 4, NamedQueries.load(Bus.QUERIES)).run("health.ping", Tuple.tuple()));
    serveOnce(vertx);
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    // What only a database that answers would bring in.
    for (var member : new Class<?>[] {AotTraining.class, Tuple.class, PgConnection.class}) {
      loadJarOf(member, clustered);
    }
  }

  private static void serveOnce(Vertx vertx) throws Exception {
    var server = WebServer.start(vertx, HttpSettings.onLoopback(0), 1, exchange ->
        exchange.end(200, "text/plain", new byte[0]))
        .toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    try (var client = HttpClient.newHttpClient()) {
      client.send(HttpRequest.newBuilder(URI.create(server.baseUrl())).build(), HttpResponse.BodyHandlers.discarding());
    }
  }

  /** Goes as far as the refused connection. */
  private static void refused(Runnable attempt) {
    try {
      attempt.run();
    } catch (RuntimeException expected) {
      LoggerFactory.getLogger(AotTraining.class).debug("refused, as nobody listens", expected);
    }
  }

  private static void loadJarOf(Class<?> member, boolean clustered) throws IOException, URISyntaxException {
    var path = Path.of(member.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (var jar = new JarFile(path.toFile())) {
      jar.stream().map(entry -> entry.getName()).filter(name -> name.endsWith(".class") && !name.contains("-info"))
          .filter(name -> (clustered || !name.startsWith(CLUSTER)) && !name.startsWith(EXPRESSIONS))
          .forEach(name -> load(name.substring(0, name.length() - ".class".length()).replace('/', '.')));
    }
  }

  private static void load(String name) {
    try {
      // Asking for the methods links the class, and only linked classes are kept; its initialiser does not run.
      Class.forName(name, false, AotTraining.class.getClassLoader()).getDeclaredMethods();
    } catch (ClassNotFoundException | LinkageError optional) {
      LoggerFactory.getLogger(AotTraining.class).debug("needs a library that is not here: {}", name, optional);
    }
  }
}
