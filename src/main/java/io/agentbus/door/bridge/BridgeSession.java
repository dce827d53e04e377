package io.agentbus.door.bridge;

import io.agentbus.bus.Addresses;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Caller;
import io.agentbus.op.Json;
import io.agentbus.op.Right;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One connection of either transport: who is behind it, what it listens to, what it has in flight. Frames are looked at
 * in turn, so that what a client sends after a register is done after it; operations are carried out beside each other.
 */
final class BridgeSession {
  private static final Logger LOG = LoggerFactory.getLogger(BridgeSession.class);
  private static final Duration FAULT_WINDOW = Duration.ofMinutes(1);
  /** Frames within that time that cannot be read or are not allowed, before a connection is closed for them. */
  private static final int MOST_FAULTS = 20;
  /** The same before it is known who is there. */
  private static final int MOST_FAULTS_OF_STRANGERS = 3;

  private final Bridge bridge;
  private final Link link;
  private final Wire wire;
  private final BridgeLimits limits;
  private final FrameQueue waiting;
  private final Outbox outbox;
  private final Answers answers;
  private final SessionCalls calls;
  private final AgentLine agentLine;
  /** By address. */
  private final Map<String, AutoCloseable> handlers = new ConcurrentHashMap<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  /** Within the current window; used where frames are looked at in turn. */
  private int faults;
  private long faultsSince = System.nanoTime();
  private final long since = System.nanoTime();
  private volatile long heard = since;
  private volatile @Nullable Caller caller;

  BridgeSession(Bridge bridge, Link link, @Nullable Caller caller) {
    this.bridge = bridge;
    this.link = link;
    this.wire = link.wire();
    this.limits = bridge.limits();
    this.caller = caller;
    this.waiting = new FrameQueue(link, limits, this::read);
    this.outbox = new Outbox(link, limits.queueBytes(), limits.queueFrames(), () -> cut(Denial.SLOW_CONSUMER));
    this.answers = new Answers(wire, outbox, closed::get);
    this.calls = new SessionCalls(bridge, answers, this::renewed);
    this.agentLine = new AgentLine(bridge.messages(), wire, limits, answers::tell);
  }

  /** Bytes that the next frame may have. */
  int frameLimit() {
    return isKnown() ? limits.frame() : limits.firstFrame();
  }

  /** Whether it is known who is there. */
  boolean isKnown() {
    return caller != null;
  }

  /** Takes a frame. On the connection's event loop. */
  void receive(byte[] frame) {
    heard = System.nanoTime();
    if (frame.length > frameLimit()) {
      close(Denial.FRAME_TOO_LARGE);
    } else if (frame.length == 0) {
      close(Denial.INVALID_LENGTH);
    } else if (!waiting.add(frame)) {
      close(Denial.TOO_MANY_FRAMES);
    }
  }

  /** The connection has ended. */
  void gone() {
    end(null);
  }

  /** Says why and closes. */
  void close(Denial why) {
    if (end(why)) {
      link.send(wire.error(why, ""));
      link.close();
    }
  }

  /** Closes without waiting for a client that does not read. */
  private void cut(Denial why) {
    if (end(why)) {
      link.send(wire.error(why, ""));
      link.cut();
    }
  }

  /** @param why it is closed here; null when the client has gone */
  private boolean end(@Nullable Denial why) {
    if (!closed.compareAndSet(false, true)) {
      return false;
    }
    var known = caller;
    LOG.atLevel(why == null || why == Denial.UNAVAILABLE ? Level.DEBUG : Level.INFO).addKeyValue("address", link.address())
        .addKeyValue("actor", known == null ? "-" : known.actor()).addKeyValue("reason", why == null ? "gone" : why.word(wire))
        .log("a bridge connection has ended");
    waiting.close();
    calls.end();
    handlers.keySet().forEach(this::leave);
    agentLine.close();
    bridge.left(this, link.address());
    return true;
  }

  /** Looks at the clock: closes who did not say in time who he is, or says nothing more. */
  void sweep(long now) {
    if (caller == null ? now - since > limits.login().toNanos() : now - heard > limits.idle().toNanos()) {
      close(Denial.TIMEOUT);
    }
  }

  /** Looks at the token again; a connection whose token has ended is closed. Virtual threads only. */
  void recheck() {
    try {
      renewed();
    } catch (ProblemException notNow) {
      LOG.debug("a bridge connection could not be checked", notNow);
    }
  }

  /** Whether operations are being carried out. */
  boolean busy() {
    return calls.busy();
  }

  /** The caller as its token is now. */
  private Caller renewed() {
    var known = caller;
    if (known == null) {
      throw ProblemException.of(ProblemCode.UNAUTHENTICATED, "Nobody has said who is there.");
    }
    try {
      var now = bridge.authenticator().renewed(known);
      caller = now;
      return now;
    } catch (ProblemException refusal) {
      if (refusal.code() == ProblemCode.UNAUTHENTICATED) {
        close(Denial.AUTH_ERROR);
      }
      throw refusal;
    }
  }

  private void read(byte[] json) {
    try {
      handle(Frame.read(json));
    } catch (Frame.Unreadable unreadable) {
      fault(unreadable.denial, "");
    } catch (RuntimeException defect) {
      LOG.error("a frame could not be handled", defect);
      close(Denial.UNAVAILABLE);
    }
  }

  private void handle(Frame frame) {
    if (frame.type() == Frame.Type.PING) {
      var pong = wire.pong();
      if (pong != null) {
        outbox.send(pong);
      }
    } else if (frame.type() == Frame.Type.SEND && frame.address().equals(Addresses.AUTH)) {
      login(frame);
    } else if (caller == null) {
      deny(frame, Denial.NOT_LOGGED_IN, "Send {\"token\": ...} to " + Addresses.AUTH + " first.");
    } else {
      switch (frame.type()) {
        case SEND -> send(frame);
        case REGISTER -> register(frame);
        case UNREGISTER -> unregister(frame);
        default -> deny(frame, Denial.ACCESS_DENIED, "Clients publish nothing here; " + Addresses.operation("emit_event")
            + " states an event, which is kept and told to all.");
      }
    }
  }

  private void login(Frame frame) {
    try {
      var found = bridge.callerOf(link.address(), frame.body());
      var known = caller;
      if (known != null && !known.actor().equals(found.actor())) {
        throw ProblemException.of(ProblemCode.FORBIDDEN, "This connection is that of " + known.actor() + "; open another one.");
      }
      caller = found;
      link.welcome();
      answers.reply(frame, Map.of(), Json.text(Login.answer(found)).getBytes(StandardCharsets.UTF_8));
    } catch (ProblemException refusal) {
      answers.refuse(frame, refusal);
      if (frame.replyAddress() == null) {
        outbox.send(wire.error(Denial.AUTH_ERROR, refusal.getMessage()));
      }
      if (!countFault()) {
        close(Denial.AUTH_ERROR);
      }
    }
  }

  private void send(Frame frame) {
    var address = frame.address();
    if (address.startsWith(Addresses.OPERATION)) {
      calls.begin(frame, address.substring(Addresses.OPERATION.length()));
    } else if (!agentLine.answer(frame)) {
      deny(frame, Denial.ACCESS_DENIED, "Nothing can be sent to this address.");
    }
  }

  private void register(Frame frame) {
    var address = frame.address();
    if (handlers.containsKey(address)) {
      return;
    }
    if (handlers.size() >= limits.handlers()) {
      deny(frame, Denial.MAX_HANDLERS, "A connection is registered at " + limits.handlers() + " addresses at most.");
      return;
    }
    try {
      var now = renewed();
      var handler = address.startsWith(Addresses.EVENT) ? bridge.events(address, now, (namespace, json) -> event(address, namespace, json))
          : address.startsWith(Addresses.INBOX)
              ? MailLine.open(bridge.messages(), address, now, json -> answers.tell(wire.message(address, null, Map.of(), json, false)))
          : address.startsWith(Addresses.AGENT) ? agentLine.open(address, now) : null;
      if (handler == null) {
        deny(frame, Denial.ACCESS_DENIED, "Nothing is told at this address.");
        return;
      }
      handlers.put(address, handler);
      if (closed.get()) {
        leave(address);
      }
    } catch (ProblemException refusal) {
      var isOutage = refusal.code().httpStatus() >= 500;
      deny(frame, isOutage ? Denial.UNAVAILABLE : Denial.ACCESS_DENIED, refusal.getMessage());
    }
  }

  private void unregister(Frame frame) {
    if (!leave(frame.address()) && wire == Wire.TCP) {
      outbox.send(wire.error(Denial.UNKNOWN_ADDRESS, ""));
    }
  }

  private boolean leave(String address) {
    var handler = handlers.remove(address);
    if (handler == null) {
      return false;
    }
    try {
      handler.close();
    } catch (Exception failure) {
      LOG.warn("an address could not be left", failure);
    }
    return true;
  }

  private void event(String address, NamespacePath namespace, byte[] json) {
    var now = caller;
    if (now != null && now.may(Right.READ) && now.sees(namespace)) {
      answers.tell(wire.message(address, null, Map.of(), json, false));
    }
  }

  /** Refuses what no operation is there to refuse. Where the client listens for an answer, it hears of it there. */
  private void deny(Frame frame, Denial denial, String detail) {
    var hearer = frame.type() == Frame.Type.REGISTER ? frame.address() : frame.replyAddress();
    if (hearer == null) {
      fault(denial, detail);
    } else if (countFault()) {
      outbox.send(wire.error(denial, detail, hearer, frame.address()));
    } else {
      close(denial);
    }
  }

  private void fault(Denial denial, String detail) {
    if (countFault()) {
      outbox.send(wire.error(denial, detail));
    } else {
      close(denial);
    }
  }

  private boolean countFault() {
    var now = System.nanoTime();
    if (now - faultsSince > FAULT_WINDOW.toNanos()) {
      faults = 0;
      faultsSince = now;
    }
    return ++faults < (caller == null ? MOST_FAULTS_OF_STRANGERS : MOST_FAULTS);
  }
}
