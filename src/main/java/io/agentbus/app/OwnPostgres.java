package io.agentbus.app;

import io.agentbus.config.Home;
import io.agentbus.db.embedded.EmbeddedPostgres;
import io.agentbus.db.embedded.PgSettings;
import io.agentbus.loop.Loop;
import io.vertx.core.Future;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Postgres of a node's home, kept running: nobody else would notice that it was killed, or ran out of memory. */
final class OwnPostgres {
  private static final Logger LOG = LoggerFactory.getLogger(OwnPostgres.class);
  private static final Duration LOOK_EVERY = Duration.ofMillis(500);

  private final Home home;
  private final PgSettings settings;
  private volatile EmbeddedPostgres postgres;
  private final Loop keeper = Loop.every("own-postgres", LOOK_EVERY, this::look);

  private OwnPostgres(Home home, PgSettings settings) {
    this.home = home;
    this.settings = settings;
    this.postgres = EmbeddedPostgres.start(home.folder(), settings);
  }

  /** Starts it, or takes over the one that an earlier node left, and looks after it until {@link #letGo}. Waits. */
  static OwnPostgres start(Home home, PgSettings settings) {
    var own = new OwnPostgres(home, settings);
    own.keeper.start();
    return own;
  }

  /** Where it serves now: the same in all its lives, unless another program takes its port in between. A secret. */
  String databaseUrl() {
    return postgres.databaseUrl();
  }

  /** Lets it end if it will: from now on nobody starts it again. */
  Future<Void> letGo() {
    return keeper.stop();
  }

  /** Stops it, after {@link #letGo}. Waits. */
  void stop() {
    postgres.stop();
  }

  private void look() {
    if (postgres.runs()) {
      return;
    }
    LOG.warn("the Postgres of this node has ended; starting it again");
    var again = EmbeddedPostgres.start(home.folder(), settings);
    if (again.port() != postgres.port()) {
      LOG.warn("another program has taken port {} of this node's Postgres, which serves on {} now", postgres.port(), again.port());
    }
    postgres = again;
  }
}
