package io.agentbus.http.out;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A range of addresses, such as {@code 10.0.0.0/8} or {@code fc00::/7}.
 *
 * @param network its first address; the bits behind {@code bits} are zero
 * @param bits of the address that all of the range have in common
 */
public record Cidr(InetAddress network, int bits) {
  private static final Pattern QUAD = Pattern.compile("(0|[1-9]\\d{0,2})(\\.(0|[1-9]\\d{0,2})){3}");

  /**
   * Reads one; an address without a length is itself alone.
   *
   * @throws IllegalArgumentException with the end of a sentence: {@code must be ...}
   */
  public static Cidr parse(String text) {
    var slash = text.indexOf('/');
    var network = literal(slash < 0 ? text : text.substring(0, slash));
    if (network == null || slash >= 0 && !text.substring(slash + 1).matches("\\d{1,3}")) {
      throw wrong();
    }
    var longest = network.getAddress().length * Byte.SIZE;
    var bits = slash < 0 ? longest : Integer.parseInt(text.substring(slash + 1));
    if (bits > longest) {
      throw wrong();
    }
    if (!Arrays.equals(masked(network.getAddress(), bits), network.getAddress())) {
      throw new IllegalArgumentException("must be a range whose first address is named, such as "
          + of(masked(network.getAddress(), bits)).getHostAddress() + "/" + bits);
    }
    return new Cidr(network, bits);
  }

  /** An address as people write it, without asking anybody; null when {@code text} is none. IPv6 without brackets and without a zone. */
  public static @Nullable InetAddress literal(String text) {
    // Java itself also takes 127.1, 2130706433 and 0177.0.0.1 for addresses, and programs differ in what they take them for.
    if (!QUAD.matcher(text).matches() && (text.indexOf(':') < 0 || text.indexOf('%') >= 0)) {
      return null;
    }
    try {
      return unmapped(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** An IPv4 address that an IPv6 one stands for ({@code ::ffff:127.0.0.1}), or the address itself. */
  public static InetAddress unmapped(InetAddress address) {
    var bytes = address.getAddress();
    if (bytes.length != 16) {
      return address;
    }
    for (var i = 0; i < 12; i++) {
      if (bytes[i] != (i < 10 ? 0 : (byte) 0xff)) {
        return address;
      }
    }
    return of(Arrays.copyOfRange(bytes, 12, 16));
  }

  /** Whether an address lies in the range. Those of another family do not. */
  public boolean contains(InetAddress address) {
    var bytes = unmapped(address).getAddress();
    return bytes.length == network.getAddress().length && Arrays.equals(masked(bytes, bits), network.getAddress());
  }

  @Override
  public String toString() {
    return network.getHostAddress() + "/" + bits;
  }

  /** Whether it is a range of IPv4. */
  public boolean isV4() {
    return network instanceof Inet4Address;
  }

  private static byte[] masked(byte[] address, int bits) {
    var masked = new byte[address.length];
    for (var i = 0; i < address.length; i++) {
      var kept = Math.clamp(bits - i * 8L, 0, 8);
      masked[i] = (byte) (address[i] & 0xff << 8 - kept);
    }
    return masked;
  }

  private static InetAddress of(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("addresses have 4 or 16 bytes", e);
    }
  }

  private static IllegalArgumentException wrong() {
    return new IllegalArgumentException("must be a range of addresses, such as 10.0.0.0/8 or fd00::/8");
  }
}
