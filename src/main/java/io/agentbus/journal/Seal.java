package io.agentbus.journal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * One seal over a stretch of the journal. Its hash covers every other part of it but the signature, and the hash of the seal before, so that
 * nothing that was sealed can be changed without breaking every later seal.
 *
 * @param no 1, 2, 3 ...
 * @param from first position it covers
 * @param to last position it covers
 * @param rowsHash SHA-256 over position, id and digest of each row, in the order of positions
 * @param rowMarks the first {@value #MARK} bytes of each row's digest, in the same order; zeros where no row was found
 * @param previousHash hash of the seal before; {@link #none()} for the first
 * @param hash of this seal
 * @param signature of {@link #signed}, by the key
 * @param keyId which key signed
 * @param sealedAt by the database's clock, in whole microseconds
 */
public record Seal(long no, long from, long to, byte[] rowsHash, byte[] rowMarks, byte[] previousHash, byte[] hash, byte[] signature,
    String keyId, Instant sealedAt) {
  /** Bytes of a row's mark. */
  public static final int MARK = 8;
  private static final byte[] FORM = "agentbus seal 1\n".getBytes(StandardCharsets.US_ASCII);

  /** What the first seal has as the hash before it: 32 zeros. */
  public static byte[] none() {
    return new byte[32];
  }

  /** How many positions it covers. */
  public long rows() {
    return to - from + 1;
  }

  /** The hash that these parts must have. Fixed lengths first, so that no two seals have the same text. */
  public static byte[] hashOf(long no, long from, long to, byte[] rowsHash, byte[] rowMarks, byte[] previousHash, String keyId,
      Instant sealedAt) {
    var sha = sha256();
    sha.update(FORM);
    sha.update(ByteBuffer.allocate(32).putLong(no).putLong(from).putLong(to).putLong(micros(sealedAt)).array());
    for (var part : new byte[][] {previousHash, rowsHash, sha256().digest(rowMarks), keyId.getBytes(StandardCharsets.UTF_8)}) {
      sha.update(ByteBuffer.allocate(4).putInt(part.length).array());
      sha.update(part);
    }
    return sha.digest();
  }

  /** Whether the hash is that of the other parts. */
  public boolean hashHolds() {
    return Arrays.equals(hash, hashOf(no, from, to, rowsHash, rowMarks, previousHash, keyId, sealedAt));
  }

  /** Whether this seal goes on where {@code before} ends. */
  public boolean follows(Seal before) {
    return no == before.no + 1 && from == before.to + 1 && Arrays.equals(previousHash, before.hash);
  }

  /** Whether this is a first seal. */
  public boolean isFirst() {
    return no == 1 && from == 1 && Arrays.equals(previousHash, none());
  }

  /** What the signature signs: the hash, marked as that of a seal. */
  public static byte[] signed(byte[] hash) {
    return ByteBuffer.allocate(FORM.length + hash.length).put(FORM).put(hash).array();
  }

  /** The mark of the row at a position that the seal covers; null when the seal has no such mark. */
  byte @org.jspecify.annotations.Nullable [] mark(long position) {
    var at = (position - from) * MARK;
    return at < 0 || at + MARK > rowMarks.length ? null : Arrays.copyOfRange(rowMarks, (int) at, (int) at + MARK);
  }

  @Override
  public String toString() {
    return "seal " + no + " over " + from + ".." + to + " " + HexFormat.of().formatHex(hash);
  }

  private static long micros(Instant at) {
    return Math.addExact(Math.multiplyExact(at.getEpochSecond(), 1_000_000L), at.getNano() / 1_000);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
