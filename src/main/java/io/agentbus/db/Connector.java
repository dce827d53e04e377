package io.agentbus.db;

import io.agentbus.config.DatabaseUrl;
import io.vertx.core.Completable;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.spi.PgDriver;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.spi.ConnectionFactory;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Makes connections to wherever the database is at that moment, in the time that they may take. The driver would wait for
 * ever for a program on that port that says nothing.
 */
final class Connector {
  private final Vertx vertx;
  private final Supplier<String> url;
  private final Map<String, String> settings;

  /**
   * @param url says where the database is now: {@code postgresql://user:password@host:port/database}
   * @param settings of the server, on top of those that every connection has
   */
  Connector(Vertx vertx, Supplier<String> url, Map<String, String> settings) {
    this.vertx = vertx;
    this.url = url;
    this.settings = settings;
  }

  /** Opens one connection, which belongs to the caller. */
  Future<SqlConnection> connect(Context context) {
    DatabaseUrl where;
    PgConnectOptions options;
    try {
      where = DatabaseUrl.of(url.get());
      options = Connecting.options(where);
    } catch (IllegalArgumentException unusable) {
      return Future.failedFuture(unusable);
    }
    settings.forEach(options::addProperty);
    // One factory a connection: closing it ends also what hangs halfway.
    var factory = PgDriver.INSTANCE.createConnectionFactory(vertx, Connecting.tcp(where));
    return factory.connect(context, options)
        .timeout(Connecting.connectLimit(where).toMillis(), TimeUnit.MILLISECONDS)
        .onSuccess(connection -> {
          Wire.keepAlive(connection);
          Wire.whenClosed(connection, () -> factory.close(Promise.promise()));
        })
        .onFailure(failure -> factory.close(Promise.promise()));
  }

  /** The driver for a pool that gets its connections here. */
  PgDriver driver() {
    return new PgDriver() {
      @Override
      public ConnectionFactory<PgConnectOptions> createConnectionFactory(Vertx ignored, NetClientOptions tcp) {
        return new ConnectionFactory<>() {
          @Override
          public Future<SqlConnection> connect(Context context, PgConnectOptions options) {
            return Connector.this.connect(context);
          }

          @Override
          public void close(Completable<Void> done) {
            done.succeed();
          }
        };
      }
    };
  }
}
