package io.agentbus.config;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

@Timeout(20)
class BurstAppenderTest {
  private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();

  @Test
  void lines_come_in_order_and_the_last_of_them_before_the_stop_ends() {
    var stream = new ByteArrayOutputStream();
    var appender = appender(stream, 10_000);

    IntStream.range(0, 2_000).forEach(i -> appender.doAppend(event("line " + i)));
    appender.stop();

    assertThat(stream.toString().lines().map(line -> line.replaceAll(".*\"(line \\d+)\".*", "$1")))
        .containsExactlyElementsOf(IntStream.range(0, 2_000).mapToObj(i -> "line " + i).toList());
  }

  @Test
  void many_lines_are_few_writes() throws InterruptedException {
    var bursts = new Semaphore(0);
    var held = new CountDownLatch(1);
    var appender = appender(new OutputStream() {
      @Override
      public void write(int one) {}

      @Override
      public void write(byte[] bytes, int from, int length) {
        bursts.release();
        try {
          held.await();
        } catch (InterruptedException stopping) {
          Thread.currentThread().interrupt();
        }
      }
    }, 10_000);

    appender.doAppend(event("first"));
    bursts.acquire();
    IntStream.range(0, 500).forEach(i -> appender.doAppend(event("line " + i)));
    held.countDown();
    bursts.acquire();
    appender.stop();

    assertThat(bursts.availablePermits()).isZero();
  }

  @Test
  void nobody_waits_for_a_stream_that_stands_still_and_what_was_dropped_is_counted() throws InterruptedException {
    var writing = new CountDownLatch(1);
    var released = new CountDownLatch(1);
    var written = new ByteArrayOutputStream();
    var appender = appender(new OutputStream() {
      @Override
      public void write(int one) {
        written.write(one);
        writing.countDown();
        try {
          released.await();
        } catch (InterruptedException stopping) {
          Thread.currentThread().interrupt();
        }
      }
    }, 4);

    appender.doAppend(event("held"));
    writing.await();
    IntStream.range(0, 1_000).forEach(i -> appender.doAppend(event("line " + i)));
    released.countDown();
    appender.stop();

    var lines = written.toString().lines().toList();
    assertThat(lines).last().asString().contains("\"level\":\"WARN\"").endsWith("\"dropped\":996}");
    assertThat(lines).filteredOn(line -> line.contains("\"line ")).hasSize(4);
  }

  private BurstAppender appender(OutputStream stream, int lines) {
    var encoder = new JsonLineEncoder();
    encoder.start();
    var appender = new BurstAppender();
    appender.setContext(context);
    appender.setName("test");
    appender.setQueueSize(lines);
    appender.setEncoder(encoder);
    appender.setStream(stream);
    appender.start();
    return appender;
  }

  private ILoggingEvent event(String message) {
    return new LoggingEvent(BurstAppenderTest.class.getName(), context.getLogger("journal"), Level.INFO, message, null, null);
  }
}
