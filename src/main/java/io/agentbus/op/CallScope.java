package io.agentbus.op;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Whether anyone still waits for the answer of the call that runs on this thread. A door ends the scope when its client
 * has gone away or the node stops; a handler that waits (a long poll, a delegation) looks at {@link #over} after every
 * wait and before it takes anything on the caller's behalf, and returns early with what it has.
 *
 * <p>Nothing is interrupted: a statement in flight ends as it would, so that no transaction is left in an unknown
 * state.
 *
 * <pre>{@code
 * var scope = CallScope.current();
 * try (var waking = scope.onOver(signal::wake)) {
 *   while (!scope.over() && clock.before(deadline)) { ... }
 * }
 * }</pre>
 */
public final class CallScope {
  private static final ScopedValue<CallScope> CURRENT = ScopedValue.newInstance();
  /** For calls from within the node, for which there is no client that could leave. */
  private static final CallScope ENDLESS = new CallScope();

  private final AtomicBoolean over = new AtomicBoolean();
  private final Set<Waking> wakings = ConcurrentHashMap.newKeySet(1);

  /** The scope of the call that this thread carries out; one that never ends where no door opened one. */
  public static CallScope current() {
    return CURRENT.isBound() ? CURRENT.get() : ENDLESS;
  }

  /** Runs the work of one call with this as {@link #current}. */
  public <T, X extends Throwable> T call(ScopedValue.CallableOp<T, X> work) throws X {
    return ScopedValue.where(CURRENT, this).call(work);
  }

  /** Whether the answer is no longer wanted. Any thread. */
  public boolean over() {
    return over.get();
  }

  /**
   * Calls {@code wake} once when the scope ends, at once if it has ended. It runs on the thread that ends the scope,
   * possibly an event loop: it must not wait.
   *
   * @return close it when the wait is over
   */
  public Waking onOver(Runnable wake) {
    var waking = new Waking(this, wake);
    if (this != ENDLESS) {
      wakings.add(waking);
      if (over.get()) {
        waking.fire();
      }
    }
    return waking;
  }

  /** Ends the scope and wakes who waits in it; again does nothing. Any thread. */
  public void end() {
    if (this != ENDLESS && over.compareAndSet(false, true)) {
      wakings.forEach(Waking::fire);
    }
  }

  /** A registration of {@link #onOver}. */
  public static final class Waking implements AutoCloseable {
    private final CallScope scope;
    private final Runnable wake;

    private Waking(CallScope scope, Runnable wake) {
      this.scope = scope;
      this.wake = wake;
    }

    private void fire() {
      if (scope.wakings.remove(this)) {
        wake.run();
      }
    }

    @Override
    public void close() {
      scope.wakings.remove(this);
    }
  }
}
