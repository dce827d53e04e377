package io.agentbus.op;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The events of the bus in the order of their positions, for doors that stream them. */
public interface EventFeed {
  /**
   * What a stream wants to see; null means any.
   *
   * @param namespace a namespace filter: exact, or with {@code *} for one segment and {@code **} for any number
   * @param topic exact, or with {@code *} and {@code **} in the same sense
   * @param sourceAgent name of the agent that emitted
   * @param sourceJobId the job it was emitted for
   * @param emittedOnly whether what the bus itself says of jobs and agents is left out, which a look is quicker without
   */
  record Filter(@Nullable String namespace, @Nullable String topic, @Nullable String sourceAgent,
      @Nullable UUID sourceJobId, boolean emittedOnly) {
    public Filter(@Nullable String namespace, @Nullable String topic, @Nullable String sourceAgent, @Nullable UUID sourceJobId) {
      this(namespace, topic, sourceAgent, sourceJobId, false);
    }
  }

  /**
   * One event.
   *
   * @param position its place in the order; greater than every earlier one, with gaps
   * @param topic its topic
   * @param json the event as {@code get_event} answers it: UTF-8, on one line
   */
  record Item(long position, String topic, byte[] json) {}

  /**
   * What one look found.
   *
   * @param items matching events by rising position
   * @param position everything up to here has been looked at: where to go on
   * @param gap whether events after the position asked for are no longer kept, so that the caller may have missed some
   */
  record Page(List<Item> items, long position, boolean gap) {}

  /** A registration of {@link #onNews}. */
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * The next matching events that the caller may see. Does not wait for new ones. Call from a virtual thread.
   *
   * @param position look behind this one; 0 for the oldest kept
   * @param limit most events to return, 1 to 500
   * @throws io.agentbus.problem.ProblemException {@code invalid_input} for a malformed filter, {@code not_found} for a
   *     namespace outside the caller's walls
   */
  Page after(Caller caller, Filter filter, long position, int limit);

  /** The position of the newest event; 0 when there is none. Call from a virtual thread. */
  long newest();

  /**
   * Calls {@code wake} when events may have been added. It may be called too often and from any thread, and must not
   * wait. The feed makes up for lost notifications by its own poll, so that a listener need not.
   */
  Subscription onNews(Runnable wake);
}
