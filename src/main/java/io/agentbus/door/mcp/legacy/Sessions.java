package io.agentbus.door.mcp.legacy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.door.mcp.rpc.Revision;
import io.agentbus.door.mcp.rpc.RpcError;
import io.agentbus.op.Caller;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The sessions of a node: few enough, each with its owner, and none for ever. Any thread. */
public final class Sessions {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int ID_BYTES = 32;
  /** Bytes that may be kept, over all sessions, for clients that come back. */
  private static final long KEPT_BYTES = 32L << 20;

  /**
   * How many, and for how long.
   *
   * @param idle a session in which nothing happened for so long is over
   * @param most on a node
   * @param mostOfOne of one principal; one more ends his that was idle for longest
   */
  public record Limits(Duration idle, int most, int mostOfOne) {
    public static final Limits DEFAULT = new Limits(Duration.ofMinutes(30), 5_000, 100);
  }

  private final Limits limits;
  private final Map<String, Session> sessions = new ConcurrentHashMap<>();
  private final AtomicLong allowance = new AtomicLong(KEPT_BYTES);

  public Sessions(Limits limits) {
    this.limits = limits;
  }

  /** Whose a session is: an agent keeps his when his token is rotated, anybody else has one token. */
  static String principal(Caller caller) {
    return caller.isAgent() ? "agent " + caller.agentNo() : "token " + caller.tokenId() + " " + caller.name();
  }

  /** Begins one. @throws RpcError (429) when the node has as many as it may */
  synchronized Session begin(Caller caller, Revision revision, ObjectNode capabilities, String view, SessionWatch watch) {
    var principal = principal(caller);
    endIdle();
    var own = sessions.values().stream().filter(session -> session.principal().equals(principal)).toList();
    if (own.size() >= limits.mostOfOne()) {
      end(own.stream().max(Comparator.comparingLong(Session::idleNanos)).orElseThrow());
    } else if (sessions.size() >= limits.most()) {
      throw RpcError.of(RpcError.INVALID_REQUEST, 429, "This node has as many sessions as it may; end some, or use"
          + " revision 2026-07-28, which has none.", null);
    }
    var bytes = new byte[ID_BYTES];
    RANDOM.nextBytes(bytes);
    var id = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    var session = new Session(id, principal, revision, capabilities, view, new Shelf(allowance), watch);
    sessions.put(id, session);
    return session;
  }

  /** The session of that id if it is his; null for one that is not, is over, or never was: nobody is told which. */
  @Nullable Session find(String id, Caller caller) {
    var session = sessions.get(id);
    if (session == null || !session.principal().equals(principal(caller))) {
      return null;
    }
    if (session.idleNanos() > limits.idle().toNanos()) {
      end(session);
      return null;
    }
    session.touch();
    return session;
  }

  void end(Session session) {
    if (sessions.remove(session.id(), session)) {
      session.end();
    }
  }

  private void endIdle() {
    sessions.values().stream().filter(session -> session.idleNanos() > limits.idle().toNanos()).toList().forEach(this::end);
  }

  /** Sessions kept now. */
  int size() {
    return sessions.size();
  }
}
