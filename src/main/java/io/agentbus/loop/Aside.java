package io.agentbus.loop;

import io.vertx.core.Future;
import io.vertx.core.Promise;

/** Work that waits, for those who must not: on a virtual thread of its own. */
public final class Aside {
  private Aside() {}

  /** Runs the work; the future ends with it, and fails with what it throws. */
  public static Future<Void> run(String name, Runnable work) {
    var done = Promise.<Void>promise();
    Thread.ofVirtual().name(name).start(() -> {
      try {
        work.run();
        done.complete();
      } catch (Throwable failure) {
        done.fail(failure);
      }
    });
    return done.future();
  }
}
