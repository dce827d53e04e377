package io.agentbus.testkit;

import io.agentbus.client.NodeClient;
import io.agentbus.config.Home;
import io.agentbus.db.embedded.EmbeddedPostgres;
import io.agentbus.db.embedded.PgSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A real node in a process of its own, which can be killed, stopped and started again: the same home, name and port.
 * What it started and left behind ends with it.
 */
public final class NodeProcess implements AutoCloseable {
  private final Path folder;
  private final String name;
  private final @Nullable String databaseUrl;
  private final List<JavaProgram> workers = new ArrayList<>();
  private @Nullable JavaProgram program;
  private @Nullable URI url;
  private int busPort;
  private int starts;
  private boolean watched;

  private NodeProcess(Path folder, String name, @Nullable String databaseUrl) {
    this.folder = folder;
    this.name = name;
    this.databaseUrl = databaseUrl;
  }

  /**
   * Starts a node over a database that is there, and waits until it serves.
   *
   * @param folder of the test; several nodes may share it
   * @param flags further flags of {@code agentbus up}
   */
  public static NodeProcess over(PgDatabase database, Path folder, String name, String... flags) {
    return over(database.url(), folder, name, flags);
  }

  /** The same by a URL of its own, which may set how the server treats this node's connections. */
  public static NodeProcess over(String databaseUrl, Path folder, String name, String... flags) {
    return started(new NodeProcess(folder, name, databaseUrl), flags);
  }

  /** Starts a node with a Postgres of its own, and waits until it serves. */
  public static NodeProcess alone(Path folder, String name, String... flags) {
    return started(new NodeProcess(folder, name, null), flags);
  }

  private static NodeProcess started(NodeProcess node, String... flags) {
    try {
      node.up(flags);
      return node;
    } catch (Throwable failure) {
      node.close();
      throw failure;
    }
  }

  /** Starts it, on the port it had before if there was one, and waits until it serves. */
  public void up(String... flags) {
    var port = url == null ? "0" : Integer.toString(url.getPort());
    var arguments = new ArrayList<>(List.of("up", "--home", home().folder().toString(), "--name", name, "--port", port,
        "--bus-port", "0"));
    if (databaseUrl != null) {
      arguments.addAll(List.of("--database-url", databaseUrl));
    }
    arguments.addAll(List.of(flags));
    program = JavaProgram.start(folder, name + "-" + ++starts, Map.of(), arguments);
    var line = program.awaitLine(one -> one.contains(" serves at "));
    url = URI.create(line.substring(line.lastIndexOf(' ') + 1));
    busPort = Integer.parseInt(line.replaceFirst(".*event bus on port (\\d+),.*", "$1"));
    endWithThisProcess();
  }

  public URI url() {
    return url;
  }

  /** The port of its TCP bridge. */
  public int busPort() {
    return busPort;
  }

  public JavaProgram program() {
    return program;
  }

  public Home home() {
    return new Home(folder.resolve(name));
  }

  /** What its database says. */
  public Truth truth() {
    return new Truth(databaseUrl == null ? line(home().databaseUrl()) : databaseUrl);
  }

  /** The token of its home's first start. */
  public String operatorToken() {
    return line(home().operatorToken());
  }

  /** A caller with the operator's token. */
  public HttpCaller operator() {
    return caller(operatorToken());
  }

  public HttpCaller caller(@Nullable String token) {
    return new HttpCaller(new NodeClient(url, token));
  }

  /**
   * Calls an operation and hangs up as soon as the answer begins: the node has done what it was asked, and cannot know
   * that nobody heard.
   *
   * @return the status line of the answer
   */
  public String callAndHangUp(String token, String operation, String input) {
    try (var socket = new Socket(url.getHost(), url.getPort())) {
      var body = input.getBytes(StandardCharsets.UTF_8);
      var head = String.join("\r\n", "POST /api/v1/op/" + operation + " HTTP/1.1", "Host: " + url.getAuthority(),
          "Authorization: Bearer " + token, "Content-Type: application/json", "Content-Length: " + body.length, "", "");
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().write(body);
      return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII)).readLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Registers an agent as people do. @param concurrency 0 = not limited @return its token */
  public String registerAgent(String namespace, String agent, int concurrency) {
    var invited = operator().call("create_join_token", "{\"namespace\": \"%s\"}".formatted(namespace));
    var registered = caller(null).call("register_agent", "{\"join_token\": %s, \"name\": \"%s\", \"concurrency\": %d}"
        .formatted(invited.get("join_token"), agent, concurrency));
    return registered.get("agent_token").asText();
  }

  /** Asks for a job as the operator. @param fields further fields of the input, as JSON @return its id */
  public String enqueue(String fields) {
    return operator().call("enqueue_job", "{\"subject\": \"story\", " + fields + "}").get("id").asText();
  }

  /**
   * Starts a worker of this node's machine: {@code agentbus work}. It ends with the node at the latest. Workers of one
   * folder share what they know of their agents; their commands find that folder as {@code DIR}.
   */
  public JavaProgram worker(String agent, List<String> flags, String... command) {
    var arguments = new ArrayList<>(List.of("work", "--agent", agent));
    arguments.addAll(flags);
    arguments.add("--");
    arguments.addAll(List.of(command));
    var log = "worker-" + agent + "-" + name + "-" + workers.size();
    var worker = JavaProgram.start(folder, log, environment(), arguments);
    workers.add(worker);
    return worker;
  }

  /** Runs {@code agentbus <arguments>} against this node to its end. */
  public JavaProgram cli(String... arguments) {
    var run = JavaProgram.start(folder, "cli-" + name + "-" + arguments[0], environment(), List.of(arguments));
    workers.add(run);
    run.awaitExit();
    return run;
  }

  /** SIGKILL. Its Postgres, when it is its own, lives on. */
  public void kill9() {
    program.kill9();
  }

  /** SIGTERM. @return its exit code */
  public int stop() {
    return program.stop();
  }

  @Override
  public void close() {
    workers.forEach(JavaProgram::close);
    if (program != null) {
      program.close();
    }
    if (databaseUrl == null) {
      EmbeddedPostgres.stopLeft(home().folder(), PgSettings.defaults());
    }
  }

  private Map<String, String> environment() {
    var environment = new HashMap<String, String>();
    environment.put("AGENTBUS_URL", url.toString());
    environment.put("AGENTBUS_TOKEN", operatorToken());
    environment.put("AGENTBUS_HOME", folder.resolve("workers").toString());
    environment.put("DIR", folder.toString());
    return environment;
  }

  /** A Postgres of its own outlives a node that is killed, so it would outlive a test that is killed too. */
  private void endWithThisProcess() {
    if (databaseUrl == null && !watched) {
      watched = true;
      try {
        var postgres = EmbeddedPostgres.start(home().folder(), PgSettings.defaults());
        TestPostgres.endWithThisProcess(home().folder(), postgres);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static String line(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
