package io.agentbus.subscription;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/** Ids of deliveries: made from the subscription and the event (UUID version 8), so that a repetition bears the same. */
final class DeliveryIds {
  private DeliveryIds() {}

  static UUID of(UUID subscription, UUID event) {
    var both = ByteBuffer.allocate(32).putLong(subscription.getMostSignificantBits()).putLong(subscription.getLeastSignificantBits())
        .putLong(event.getMostSignificantBits()).putLong(event.getLeastSignificantBits()).array();
    var hash = ByteBuffer.wrap(sha256(both));
    return new UUID(hash.getLong() & 0xFFFF_FFFF_FFFF_0FFFL | 0x8000L, hash.getLong() & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L);
  }

  static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
