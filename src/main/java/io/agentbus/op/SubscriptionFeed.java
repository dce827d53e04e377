package io.agentbus.op;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The events of one subscription in the order of their positions, for doors that stream them. */
public interface SubscriptionFeed {
  /** What a client follows. Call from virtual threads. */
  interface Following {
    /** Where to begin: behind this position. */
    long position();

    /**
     * The next events that the subscription means and the caller may see. Does not wait for new ones.
     *
     * @param position look behind this one
     * @param limit most events to return, 1 to 500
     * @throws io.agentbus.problem.ProblemException when it may not be followed any more: it is gone, or paused
     */
    EventFeed.Page after(Caller caller, long position, int limit);

    /** The client has everything up to here: a later one that says nothing begins behind it. */
    void seen(long position);
  }

  /**
   * Begins to follow a subscription whose target is a stream.
   *
   * @param after the last position that the client has; null = from where the one before came to
   * @throws io.agentbus.problem.ProblemException {@code not_found}; {@code invalid_transition} when it is no stream or not active
   */
  Following follow(Caller caller, UUID subscription, @Nullable Long after);
}
