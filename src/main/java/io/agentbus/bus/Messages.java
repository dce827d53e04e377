package io.agentbus.bus;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The node's way onto the event bus: publishes, asks, and knows which addresses are listened at from within this process. Nothing here is
 * durable; what must not be lost stands in Postgres. Any thread, unless said otherwise.
 */
public final class Messages {
  private final Vertx vertx;
  /** By address, how many listen at it from within this process. */
  private final Map<String, Integer> listened = new ConcurrentHashMap<>();
  private final List<Runnable> beforeListening = new CopyOnWriteArrayList<>();
  private final List<Runnable> onListening = new CopyOnWriteArrayList<>();

  public Messages(Vertx vertx) {
    this.vertx = vertx;
  }

  /** A place at an address. */
  public interface Listening extends AutoCloseable {
    /** Done when the other members of the cluster know of it too. */
    Future<Void> ready();

    /** Leaves the address; again does nothing. */
    @Override
    void close();
  }

  /**
   * What became of a request.
   *
   * @see #ask
   */
  public sealed interface Asked {
    /** Somebody replied; what they said is not looked at. */
    record Replied() implements Asked {}

    /** Nobody is there. */
    record NoHandler() implements Asked {}

    /** Nobody replied in time, or the way to them is broken; they may have got the message. */
    record Unanswered(String why) implements Asked {}

    /** Who got it replied with a failure. */
    record Failed(int code, String text) implements Asked {}
  }

  /** Whether this node's bus has other members, or may get some. */
  public boolean clustered() {
    return vertx.isClustered();
  }

  /**
   * Listens at an address, which is known to {@link #listensAt} from before its first message until after its last. Whoever listens from
   * within a node does it here: a node without a cluster publishes what is listened to here, and nothing else.
   *
   * @param handler takes each message on an event loop and must not wait; what it throws is logged by Vert.x and answers nothing
   */
  public Listening listen(String address, Handler<Message<Object>> handler) {
    beforeListening.forEach(Runnable::run);
    listened.merge(address, 1, Integer::sum);
    var consumer = vertx.eventBus().<Object>consumer(address, handler);
    var ready = consumer.completion();
    onListening.forEach(Runnable::run);
    return new Listening() {
      private boolean left;

      @Override
      public Future<Void> ready() {
        return ready;
      }

      @Override
      public void close() {
        synchronized (this) {
          if (left) {
            return;
          }
          left = true;
        }
        consumer.unregister();
        listened.computeIfPresent(address, (_, many) -> many == 1 ? null : many - 1);
      }
    };
  }

  /** Whether somebody in this process listens at the address. */
  public boolean listensAt(String address) {
    return listened.containsKey(address);
  }

  /** Whether somebody in this process listens at any address that begins so. */
  public boolean listensBelow(String prefix) {
    return listened.keySet().stream().anyMatch(address -> address.startsWith(prefix));
  }

  /** Calls {@code hearer} before anybody begins to listen anywhere, on their thread. It must not wait. */
  public void beforeListening(Runnable hearer) {
    beforeListening.add(hearer);
  }

  /** Calls {@code hearer} when somebody has begun to listen somewhere, on their thread. It must not wait. */
  public void onListening(Runnable hearer) {
    onListening.add(hearer);
  }

  /** Publishes to all who listen at the address, here and in the cluster. Those of one thread arrive in its order. @param json an object in UTF-8 */
  public void publish(String address, byte[] json) {
    vertx.eventBus().publish(address, ExactJson.object(json));
  }

  /**
   * Sends a request to one of those who listen at the address and waits for the reply. Virtual threads only.
   *
   * @param json an object in UTF-8
   * @param patience how long to wait for the reply
   */
  public Asked ask(String address, byte[] json, Duration patience) {
    var options = new DeliveryOptions().setSendTimeout(patience.toMillis()).addHeader(RequestHeaders.TIMEOUT, Long.toString(patience.toMillis()));
    try {
      vertx.eventBus().request(address, ExactJson.object(json), options).await();
      return new Asked.Replied();
    } catch (ReplyException failure) {
      return switch (failure.failureType()) {
        case NO_HANDLERS -> new Asked.NoHandler();
        case RECIPIENT_FAILURE -> new Asked.Failed(failure.failureCode(), failure.getMessage() == null ? "" : failure.getMessage());
        case TIMEOUT -> new Asked.Unanswered("no reply within " + patience.toMillis() + " ms");
        default -> new Asked.Unanswered(String.valueOf(failure.getMessage()));
      };
    }
  }
}
