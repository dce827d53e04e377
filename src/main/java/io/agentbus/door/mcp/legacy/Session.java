package io.agentbus.door.mcp.legacy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.door.mcp.content.Asker;
import io.agentbus.door.mcp.rpc.Revision;
import io.agentbus.door.mcp.rpc.RpcError;
import io.agentbus.door.mcp.wire.LogLevel;
import io.agentbus.op.Caller;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What a node keeps of one client between its requests. Any thread. */
final class Session {
  private static final int MOST_CALLS = 64;

  private final String id;
  private final String principal;
  private final Revision revision;
  private final ObjectNode capabilities;
  private final String view;
  private final Questions questions = new Questions();
  private final Shelf shelf;
  private final SessionWatch watch;
  private final Map<String, RunningCall> calls = new ConcurrentHashMap<>();
  private volatile LogLevel logLevel = LogLevel.INFO;
  private volatile long usedAt = System.nanoTime();
  private volatile boolean ended;

  /**
   * @param principal whose it is, from {@link Sessions#principal}
   * @param view part of the content that its address named
   */
  Session(String id, String principal, Revision revision, ObjectNode capabilities, String view, Shelf shelf,
      SessionWatch watch) {
    this.id = id;
    this.principal = principal;
    this.revision = revision;
    this.capabilities = capabilities;
    this.view = view;
    this.shelf = shelf;
    this.watch = watch;
  }

  String id() {
    return id;
  }

  String principal() {
    return principal;
  }

  Revision revision() {
    return revision;
  }

  Questions questions() {
    return questions;
  }

  Shelf shelf() {
    return shelf;
  }

  SessionWatch watch() {
    return watch;
  }

  /** Who asks in a request of this session. @param caller as its token says now */
  Asker asker(Caller caller, String requestId) {
    return new Asker(caller, view, revision, capabilities, requestId);
  }

  void touch() {
    usedAt = System.nanoTime();
  }

  /** How long nothing has come; 0 while something goes on. */
  long idleNanos() {
    return calls.isEmpty() && !watch.isHeard() ? System.nanoTime() - usedAt : 0;
  }

  LogLevel logLevel() {
    return logLevel;
  }

  void logLevel(LogLevel level) {
    logLevel = level;
  }

  /** Takes a call on. @throws RpcError for an id that is in use, or one call too many */
  void begin(JsonNode requestId, RunningCall call) {
    if (calls.size() >= MOST_CALLS) {
      throw RpcError.of(RpcError.INVALID_REQUEST, 429, "A session has at most " + MOST_CALLS + " requests under way.", null);
    }
    if (calls.putIfAbsent(requestId.toString(), call) != null) {
      throw RpcError.invalidRequest("A request with this id is still under way in this session.");
    }
    if (ended) {
      call.abandon();
    }
  }

  void end(JsonNode requestId) {
    calls.remove(requestId.toString());
    touch();
  }

  /** The client wants no answer any more; an id that is not known is none of ours. */
  void cancel(JsonNode requestId) {
    var call = calls.get(requestId.toString());
    if (call != null) {
      call.cancel();
    }
  }

  boolean hasEnded() {
    return ended;
  }

  /** Ends everything that goes on in it. */
  void end() {
    ended = true;
    calls.values().forEach(RunningCall::abandon);
    questions.end();
    shelf.clear();
    watch.end();
  }
}
