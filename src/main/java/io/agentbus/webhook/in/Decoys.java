package io.agentbus.webhook.in;

import io.agentbus.crypto.Tokens;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.webhook.in.scheme.Scheme;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * Stands in for sources that are not there, so that nobody finds out by trying which are: a request to one is held to a secret like any
 * other, which nobody knows. The same name has the same scheme each time, for as long as the node runs.
 */
final class Decoys {
  private static final int TOLERANCE_SECONDS = 300;

  private final String salt = UUID.randomUUID().toString();

  LiveSource of(String name) {
    var drawn = Tokens.digest(salt + " " + name);
    var scheme = Scheme.values()[Byte.toUnsignedInt(drawn[0]) % Scheme.values().length];
    var source = new WebhookSource(new UUID(0, 0), name, NamespacePath.DEFAULT, scheme.wire(), "", true, null, TOLERANCE_SECONDS, scheme.maxBody(), 0, 0,
        List.of(), List.of(), 0, 0, Instant.EPOCH, "", Instant.EPOCH);
    return new LiveSource(source, scheme, List.of(new LiveSource.Key(drawn, null)));
  }
}
