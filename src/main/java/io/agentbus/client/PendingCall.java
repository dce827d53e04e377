package io.agentbus.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.problem.ProblemCode;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One call that has not been answered yet. */
public final class PendingCall {
  /** Largest answer kept in memory: more than a full page of the largest jobs a node hands out by default. */
  private static final int MAX_ANSWER = 256 << 20;

  private final URI base;
  private final HttpURLConnection connection;
  private final byte @Nullable [] body;
  private volatile boolean aborted;

  PendingCall(URI base, HttpURLConnection connection, byte @Nullable [] body) {
    this.base = base;
    this.connection = connection;
    this.body = body;
  }

  /**
   * Gives up from any thread: {@link #answer} then ends with {@link Unreachable}. The node may still carry the call
   * out.
   */
  public void abort() {
    aborted = true;
    connection.disconnect();
  }

  /** Sends the call and waits. Once per call. */
  public JsonNode answer() throws CallFailed {
    try {
      if (aborted) {
        throw new Unreachable("The call was given up before it was sent.");
      }
      if (body != null) {
        connection.setRequestMethod("POST");
        connection.setDoOutput(true);
        connection.setRequestProperty("Content-Type", "application/json");
        try (var out = connection.getOutputStream()) {
          out.write(body);
        }
      }
      var status = connection.getResponseCode();
      var bytes = read(status < 400 ? connection.getInputStream() : connection.getErrorStream());
      return status >= 200 && status < 300 ? document(bytes) : refuse(status, bytes);
    } catch (IOException e) {
      throw new Unreachable(aborted ? "The call was given up." : reason(e), e);
    }
  }

  private String reason(IOException e) {
    return switch (e) {
      case ConnectException _ -> "No node answers at " + base + ": " + e.getMessage()
          + ". Start one with './agentbus up', or name"
          + " another with --url or " + NodeAccess.URL_VARIABLE + ".";
      case UnknownHostException _ -> "No node answers at " + base + ": the host '" + base.getHost() + "' is not known.";
      case SocketTimeoutException _ -> "The node at " + base
          + " did not answer in time. The call may still have been carried out.";
      default -> "The connection to the node at " + base + " broke before its answer: " + e.getMessage()
          + ". The call may still have been carried out.";
    };
  }

  private static byte[] read(@Nullable InputStream stream) throws IOException {
    if (stream == null) {
      return new byte[0];
    }
    try (stream) {
      var bytes = stream.readNBytes(MAX_ANSWER);
      if (bytes.length == MAX_ANSWER && stream.read() >= 0) {
        throw new IOException("the answer is larger than " + (MAX_ANSWER >> 20) + " MiB");
      }
      return bytes;
    }
  }

  private JsonNode document(byte[] bytes) throws Refused {
    try {
      var tree = Trees.MAPPER.readTree(bytes);
      return tree.isMissingNode() ? Trees.MAPPER.createObjectNode() : tree;
    } catch (JsonProcessingException e) {
      if (body == null) {
        return Trees.MAPPER.getNodeFactory().textNode(new String(bytes, StandardCharsets.UTF_8));
      }
      throw foreign(502, "What " + base + " answers is not JSON: is it an agentbus node?");
    } catch (IOException e) {
      throw foreign(502, "What " + base + " answers cannot be read: " + e.getMessage());
    }
  }

  private JsonNode refuse(int status, byte[] bytes) throws Refused {
    try {
      var tree = Trees.MAPPER.readTree(bytes);
      if (tree instanceof ObjectNode problem && problem.path("code").isTextual()) {
        throw new Refused(status, problem);
      }
      var made = foreign(status, "The node at " + base + " answered HTTP " + status + ".");
      made.problem().set("answer", tree);
      throw made;
    } catch (IOException e) {
      throw foreign(status, "The node at " + base + " answered HTTP " + status + " without saying why.");
    }
  }

  /** A problem document for what came from something between us and the node, or from no node at all. */
  private static Refused foreign(int status, String detail) {
    var code = switch (status) {
      case 401 -> ProblemCode.UNAUTHENTICATED;
      case 403 -> ProblemCode.FORBIDDEN;
      case 404 -> ProblemCode.NOT_FOUND;
      case 413 -> ProblemCode.PAYLOAD_TOO_LARGE;
      case 429 -> ProblemCode.LIMIT_EXCEEDED;
      case 502, 503, 504 -> ProblemCode.UNAVAILABLE;
      default -> ProblemCode.INTERNAL;
    };
    return new Refused(status, Trees.MAPPER.createObjectNode()
        .put("title", code.meaning()).put("status", status).put("code", code.wire()).put("detail", detail));
  }
}
