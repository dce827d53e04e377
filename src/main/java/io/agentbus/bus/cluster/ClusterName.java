package io.agentbus.bus.cluster;

import io.agentbus.config.ClusterConfig;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The name that a node must show to be let in. Members compare nothing else, and it travels readable, so that it is made
 * of the secret in a way that does not lead back: HMAC-SHA-256 over the cluster's name and the database, with the secret
 * as its key. Nodes of two databases never meet, whatever their lists of members say.
 */
final class ClusterName {
  private static final String ALGORITHM = "HmacSHA256";
  private static final String PURPOSE = "agentbus cluster 1";
  private static final String NO_SECRET = "none";

  private ClusterName() {}

  /** @param databaseId the same for all who are connected to one database, and for nobody else */
  static String of(ClusterConfig config, String databaseId) {
    var key = config.secret() == null ? NO_SECRET : config.secret().reveal();
    try {
      var mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), ALGORITHM));
      var proof = mac.doFinal(String.join("\n", PURPOSE, config.name(), databaseId).getBytes(StandardCharsets.UTF_8));
      return config.name() + "-" + HexFormat.of().formatHex(proof);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }
}
