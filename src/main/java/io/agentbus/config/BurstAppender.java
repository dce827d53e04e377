package io.agentbus.config;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.joran.spi.ConsoleTarget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * Writes log lines in bursts. Who logs only puts the event into a bounded queue; one thread encodes what has gathered for
 * {@value #GATHER_MILLIS} ms and hands it to the stream at once, so that a thousand lines are one call of the system. When whoever reads
 * the stream stands still the queue fills and further lines are dropped: nobody waits for a terminal. How many they were is said in a
 * line of its own.
 */
public final class BurstAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
  private static final long GATHER_MILLIS = 5;
  /** Bytes written at once, but for the line that goes over them. */
  private static final int BURST = 256 << 10;
  private static final long STOP_MILLIS = 1_000;

  private int queueSize = 16_384;
  private @Nullable Encoder<ILoggingEvent> encoder;
  private OutputStream stream = ConsoleTarget.SystemErr.getStream();
  private BlockingQueue<ILoggingEvent> queue = new ArrayBlockingQueue<>(1);
  private final AtomicLong dropped = new AtomicLong();
  private @Nullable Thread writer;

  /** Lines that may wait to be written. */
  public void setQueueSize(int lines) {
    queueSize = lines;
  }

  /** Turns events into lines. */
  public void setEncoder(Encoder<ILoggingEvent> encoder) {
    this.encoder = encoder;
  }

  /** Where the lines go; stderr unless set. */
  public void setStream(OutputStream stream) {
    this.stream = stream;
  }

  @Override
  public void start() {
    if (encoder == null) {
      addError("the appender " + name + " has no encoder");
      return;
    }
    queue = new ArrayBlockingQueue<>(queueSize);
    super.start();
    writer = Thread.ofPlatform().daemon().name("log-" + name).start(this::writeAll);
  }

  /** Writes out what waits, then ends. */
  @Override
  public void stop() {
    if (!isStarted()) {
      return;
    }
    super.stop();
    var current = writer;
    if (current != null) {
      current.interrupt();
      try {
        current.join(STOP_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  protected void append(ILoggingEvent event) {
    event.prepareForDeferredProcessing();
    if (!queue.offer(event)) {
      dropped.incrementAndGet();
    }
  }

  private void writeAll() {
    var burst = new ByteArrayOutputStream(BURST);
    while (isStarted()) {
      try {
        var first = queue.poll(1, TimeUnit.SECONDS);
        if (first == null) {
          continue;
        }
        encode(burst, first);
        LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(GATHER_MILLIS));
        write(burst);
      } catch (InterruptedException stopping) {
        break;
      }
    }
    write(burst);
  }

  /** What has gathered, in as many bursts as it needs. */
  private void write(ByteArrayOutputStream burst) {
    do {
      for (var next = queue.poll(); next != null; next = burst.size() < BURST ? queue.poll() : null) {
        encode(burst, next);
      }
      var missing = dropped.getAndSet(0);
      if (missing > 0) {
        encode(burst, gap(missing));
      }
      hand(burst);
    } while (!queue.isEmpty());
  }

  private ILoggingEvent gap(long missing) {
    var event = new LoggingEvent();
    event.setLoggerContext((LoggerContext) getContext());
    event.setLoggerName(BurstAppender.class.getName());
    event.setLevel(Level.WARN);
    event.setInstant(Instant.now());
    event.setMessage("log lines were dropped here: they came faster than they were read");
    event.addKeyValuePair(new KeyValuePair("dropped", missing));
    return event;
  }

  private void hand(ByteArrayOutputStream burst) {
    if (burst.size() == 0) {
      return;
    }
    try {
      burst.writeTo(stream);
      stream.flush();
    } catch (IOException e) {
      addError("log lines could not be written", e);
    }
    burst.reset();
  }

  private void encode(ByteArrayOutputStream burst, ILoggingEvent event) {
    try {
      if (encoder != null) {
        burst.writeBytes(encoder.encode(event));
      }
    } catch (RuntimeException e) {
      // One line that cannot be written must not end the thread that writes all others.
      addError("a log line could not be encoded", e);
    }
  }
}
