package io.agentbus.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.client.Trees;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The Chromium of this machine with one page and without a window, driven by its DevTools protocol over a pipe: it ends when this process does.
 */
public final class Browser implements AutoCloseable {
  private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");
  private static final List<String> FLAGS = List.of("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-extensions", "--hide-scrollbars", "--remote-debugging-pipe");

  private final Process process;
  private final Map<Integer, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
  private final String session;
  private int calls;

  /** Where it is, if there is one. */
  public static Optional<Path> program() {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator)).flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable).findFirst();
  }

  /** @param folder for its profile and what it says */
  public Browser(Path folder) {
    var command = new ArrayList<>(List.of("/bin/sh", "-c", "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >&2", program().orElseThrow().toString()));
    command.addAll(FLAGS);
    command.add("--user-data-dir=" + folder.resolve("profile"));
    try {
      var builder = new ProcessBuilder(command).redirectError(folder.resolve("browser.err").toFile());
      builder.environment().put("TMPDIR", folder.toString());
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().name("browser").start(this::listen);
    var target = call("Target.createTarget", object().put("url", "about:blank"), null).get("targetId").asText();
    session = call("Target.attachToTarget", object().put("targetId", target).put("flatten", true), null).get("sessionId").asText();
  }

  /** Lets the page be so large, in CSS pixels. */
  public void size(int width, int height) {
    call("Emulation.setDeviceMetricsOverride", object().put("width", width).put("height", height).put("deviceScaleFactor", 1).put("mobile", width < 600),
        session);
  }

  /** Runs a script in every page before any of its own. */
  public void prepare(String script) {
    call("Page.enable", object(), session);
    call("Page.addScriptToEvaluateOnNewDocument", object().put("source", script), session);
  }

  public void go(String url) {
    call("Page.navigate", object().put("url", url), session);
  }

  /** What an expression of JavaScript, or the promise that it is, comes to in the page, as text. */
  public String eval(String expression) {
    var answer = call("Runtime.evaluate", object().put("expression", "(async () => String(await (" + expression + ")))()").put("returnByValue", true).put("awaitPromise", true),
        session);
    if (answer.has("exceptionDetails")) {
      throw new AssertionError(expression + ": " + answer.get("exceptionDetails"));
    }
    return answer.at("/result/value").asText();
  }

  /** The whole page as PNG. */
  public byte[] screenshot() {
    return Base64.getDecoder().decode(call("Page.captureScreenshot", object().put("captureBeyondViewport", true), session).get("data").asText());
  }

  private static ObjectNode object() {
    return Trees.MAPPER.createObjectNode();
  }

  private synchronized CompletableFuture<JsonNode> send(String method, ObjectNode params, @Nullable String to) {
    var message = object().put("id", ++calls).put("method", method).put("sessionId", to);
    message.set("params", params);
    if (to == null) {
      message.remove("sessionId");
    }
    var answer = new CompletableFuture<JsonNode>();
    waiting.put(calls, answer);
    try {
      // Messages end with a zero.
      var bytes = message.toString().getBytes(StandardCharsets.UTF_8);
      process.getOutputStream().write(Arrays.copyOf(bytes, bytes.length + 1));
      process.getOutputStream().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return answer;
  }

  private JsonNode call(String method, ObjectNode params, @Nullable String to) {
    try {
      var answer = send(method, params, to).get(JavaProgram.LONG.toSeconds(), TimeUnit.SECONDS);
      if (answer.has("error")) {
        throw new AssertionError(method + ": " + answer.get("error"));
      }
      return answer.get("result");
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError(method + " was not answered", e);
    }
  }

  private void listen() {
    try (var in = new BufferedInputStream(process.getInputStream())) {
      var message = new ByteArrayOutputStream();
      for (var one = in.read(); one >= 0; one = in.read()) {
        if (one != 0) {
          message.write(one);
          continue;
        }
        var answer = Trees.MAPPER.readTree(message.toByteArray());
        message.reset();
        var waits = waiting.remove(answer.path("id").asInt());
        if (waits != null) {
          waits.complete(answer);
        }
      }
    } catch (IOException end) {
      // It was closed.
    } finally {
      waiting.values().forEach(one -> one.completeExceptionally(new IOException("the browser ended")));
    }
  }

  @Override
  public void close() {
    var family = process.descendants().toList();
    process.destroyForcibly();
    family.forEach(ProcessHandle::destroyForcibly);
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
