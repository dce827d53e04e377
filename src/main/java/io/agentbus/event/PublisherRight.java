package io.agentbus.event;

import io.agentbus.db.Database;
import io.agentbus.id.Ids;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The right to publish for all nodes of a cluster: one row of the database. One instance is one start of one node. */
public final class PublisherRight {
  private final Database database;
  private final String node;
  private final UUID holder = Ids.next();

  /** @param node name of the node, for people */
  public PublisherRight(Database database, String node) {
    this.database = database;
    this.node = node;
  }

  /**
   * Takes or renews the right.
   *
   * @param published up to where everything was published since it was taken; null when it is to be taken
   * @param freeAfter how long a right lasts that is not renewed
   * @return the position from which to go on; null when another node has it
   */
  @Nullable Long hold(@Nullable Long published, Duration freeAfter) {
    var parameters = Tuple.tuple().addUUID(holder).addString(node).addLong(published).addDouble(freeAfter.toMillis() / 1_000.0);
    for (var row : database.run("event.publish", parameters)) {
      return row.getLong("position");
    }
    return null;
  }

  /** Gives it back. */
  Future<Void> giveUp(long published) {
    return database.runAsync("event.publish_no_more", Tuple.of(holder, published)).mapEmpty();
  }
}
