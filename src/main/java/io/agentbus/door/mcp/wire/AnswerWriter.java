package io.agentbus.door.mcp.wire;

import io.agentbus.door.mcp.wire.Outbox.Frame;
import io.agentbus.http.Exchange;
import io.agentbus.http.MediaTypes;
import io.agentbus.http.SseWriter;
import io.agentbus.problem.ProblemException;
import io.vertx.core.http.HttpHeaders;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads an outbox into the answer of an HTTP request: one JSON document when everything is there within a moment, else a
 * stream of events. One thread.
 */
public final class AnswerWriter {
  /** How long a client waits for a plain answer before the stream begins. */
  private static final long PATIENCE_MILLIS = 1_000;
  /** How long work may take to end after nobody waits any more: a node that stops gives its last answers so. */
  private static final long LAST_WORDS_MILLIS = 5_000;
  private static final byte[] NOTHING = new byte[0];

  private final Exchange exchange;
  private final Outbox outbox;
  private final Form form;
  private final int reader;

  /**
   * How an answer is written.
   *
   * @param stream name of the stream in event ids, such as {@code 3}; null for events without ids, which cannot be asked for
   *     again
   * @param primes whether the stream begins with an event that has an id and nothing else
   * @param array whether a JSON document holds a list of answers
   */
  public record Form(@Nullable String stream, boolean primes, boolean array) {}

  /** Takes the outbox over from whoever reads it. */
  public AnswerWriter(Exchange exchange, Outbox outbox, Form form) {
    this.exchange = exchange;
    this.outbox = outbox;
    this.form = form;
    this.reader = outbox.attach();
  }

  /** Whether the client takes one of the two forms. */
  public static boolean accepts(Exchange exchange, String type) {
    return MediaTypes.accepts(exchange.request().getHeader(HttpHeaders.ACCEPT), type);
  }

  /** Writes the answer of a request. @param left called when the client goes before it is whole; must not wait */
  public void write(Runnable left) throws InterruptedException {
    var json = accepts(exchange, "application/json");
    var events = accepts(exchange, "text/event-stream");
    try (var _ = exchange.scope().onOver(() -> leave(left))) {
      if (json && endWith(gather(events))) {
        return;
      }
      stream(0, true);
    } catch (ProblemException tooManyStreams) {
      // A plain answer costs the node no stream.
      if (!json || !endWith(gather(false))) {
        throw tooManyStreams;
      }
    }
  }

  private boolean endWith(List<Frame> frames) {
    if (frames.isEmpty() || !outbox.isComplete()) {
      return false;
    }
    Refusals.headers(exchange, outbox.status());
    exchange.end(outbox.status(), "application/json", document(frames));
    return true;
  }

  /** Goes on with a stream behind the number of the event that the client saw last. */
  public void resume(int after, Runnable left) throws InterruptedException {
    try (var _ = exchange.scope().onOver(() -> leave(left))) {
      stream(after, false);
    }
  }

  private void leave(Runnable left) {
    if (outbox.isReadBy(reader)) {
      left.run();
    }
    outbox.wake();
  }

  /** The answers, when they all come before anything else does; else an empty list or some of them. */
  private List<Frame> gather(boolean events) throws InterruptedException {
    var answers = new ArrayList<Frame>(1);
    var deadline = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
    var after = 0;
    while (!outbox.isDone(after)) {
      var over = exchange.scope().over();
      var millis = over ? LAST_WORDS_MILLIS : events ? (deadline - System.nanoTime()) / 1_000_000
          : SseWriter.KEEP_ALIVE.toMillis();
      var frame = outbox.await(reader, after, millis, () -> !over && exchange.scope().over());
      if (frame != null) {
        after = frame.number();
        if (frame.isAnswer()) {
          answers.add(frame);
        } else if (events) {
          return List.of();
        }
      } else if (over || !outbox.isReadBy(reader) || events && millis <= 0) {
        return List.of();
      }
    }
    return answers;
  }

  private byte[] document(List<Frame> frames) {
    if (!form.array()) {
      return frames.getFirst().json();
    }
    var document = new ByteArrayOutputStream();
    document.write('[');
    for (var frame : frames) {
      if (document.size() > 1) {
        document.write(',');
      }
      document.writeBytes(frame.json());
    }
    document.write(']');
    return document.toByteArray();
  }

  private void stream(int from, boolean begins) throws InterruptedException {
    var after = from;
    try (var events = SseWriter.open(exchange)) {
      if (begins && form.primes()) {
        events.event(form.stream() + "-0", null, NOTHING);
        events.flush();
      }
      while (!outbox.isDone(after) && outbox.isReadBy(reader) && !exchange.scope().over()) {
        var frame = outbox.await(reader, after, SseWriter.KEEP_ALIVE.toMillis(), exchange.scope()::over);
        if (frame != null) {
          after = frame.number();
          events.event(idOf(frame), null, frame.json());
          events.flush();
        } else if (!outbox.isDone(after) && outbox.isReadBy(reader)) {
          events.keepAlive(null);
        }
      }
      lastWords(events, after);
    }
  }

  /** A node that stops lets work end early, and so there is an answer; to a client that has gone this says nothing. */
  private void lastWords(SseWriter events, int from) throws InterruptedException {
    var after = from;
    while (!outbox.isDone(after) && outbox.isReadBy(reader)) {
      var frame = outbox.await(reader, after, LAST_WORDS_MILLIS, () -> false);
      if (frame == null) {
        return;
      }
      after = frame.number();
      events.farewell(idOf(frame), frame.json());
    }
  }

  private @Nullable String idOf(Frame frame) {
    return form.stream() == null ? null : form.stream() + "-" + frame.number();
  }
}
