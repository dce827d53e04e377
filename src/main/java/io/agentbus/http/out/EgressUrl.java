package io.agentbus.http.out;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An address that a caller named for us to send to, in the one form that all programs read alike. Names are looked up
 * later, at each request: {@link EgressGuard}.
 *
 * @param tls whether it is {@code https}
 * @param host a name in lower case, or a literal address, IPv6 without brackets
 * @param address the literal address; null for a name
 * @param port 1 to 65535
 * @param target path and query, as they go on the request line
 */
public record EgressUrl(boolean tls, String host, @Nullable InetAddress address, int port, String target) {
  /** Longest one taken. */
  public static final int MAX_LENGTH = 2_000;

  private static final Pattern NAME = Pattern.compile("(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*");
  /** 2130706433, 0177.0.0.1, 0x7f.1, 127.1: programs differ in what address they take these for. */
  private static final Pattern ODD_NUMBER = Pattern.compile("(.*\\.)?(\\d+|0x[0-9a-f]*)");

  /**
   * Reads a URL and holds it to what can be known without looking its name up.
   *
   * @throws IllegalArgumentException with the end of a sentence about the URL, which does not repeat it
   */
  public static EgressUrl parse(String text, EgressRules rules) {
    var uri = uri(text);
    var scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("https") && !scheme.equals("http")) {
      throw new IllegalArgumentException("must begin with https:// or http://");
    }
    if (rules.httpsOnly() && !scheme.equals("https")) {
      throw new IllegalArgumentException("must begin with https://, the only scheme that this node sends by");
    }
    if (uri.getRawAuthority() != null && uri.getRawAuthority().indexOf('@') >= 0) {
      throw new IllegalArgumentException("must not hold a user or password; use a header");
    }
    if (uri.getHost() == null) {
      throw new IllegalArgumentException("must hold a host name or an address, such as https://example.com/hook");
    }
    if (uri.getRawFragment() != null) {
      throw new IllegalArgumentException("must not hold a fragment: it is never sent");
    }
    var tls = scheme.equals("https");
    var port = uri.getPort() < 0 ? tls ? 443 : 80 : uri.getPort();
    if (port < 1 || port > 65_535 || !rules.allowsPort(port)) {
      throw new IllegalArgumentException("must name a port that this node sends to, " + (rules.ports().isEmpty()
          ? "80, 443 or one from 1024 on" : "one of " + rules.ports()) + ", not " + port);
    }
    var host = uri.getHost().toLowerCase(Locale.ROOT);
    var address = host.startsWith("[") ? bracketed(host) : Cidr.literal(host);
    if (address == null && (ODD_NUMBER.matcher(host).matches() || !NAME.matcher(host).matches())) {
      throw new IllegalArgumentException("must hold a host name, or an address as four numbers from 0 to 255 joined by dots");
    }
    // By RFC 6761 this name means the loopback address everywhere: its owner hears so now rather than at the first delivery.
    var known = host.equals("localhost") || host.endsWith(".localhost") ? InetAddress.getLoopbackAddress() : address;
    if (known != null && rules.denial(known) != null) {
      throw new IllegalArgumentException("must not lead to " + known.getHostAddress() + ", which " + rules.denial(known));
    }
    var path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    return new EgressUrl(tls, host.startsWith("[") ? host.substring(1, host.length() - 1) : host, address, port,
        uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery());
  }

  /** The host as it stands in a {@code Host} header, without the port. */
  public String authority() {
    return host.indexOf(':') < 0 ? host : "[" + host + "]";
  }

  /** Without path and query, which may hold what only its owner should see. */
  public String origin() {
    return (tls ? "https://" : "http://") + authority() + (port == (tls ? 443 : 80) ? "" : ":" + port);
  }

  private static URI uri(String text) {
    if (text.length() > MAX_LENGTH) {
      throw new IllegalArgumentException("must have at most " + MAX_LENGTH + " characters");
    }
    if (text.chars().anyMatch(c -> c <= ' ' || c >= 0x7f)) {
      throw new IllegalArgumentException("must hold no blanks and nothing but ASCII: percent-encode the rest");
    }
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("must be a URL, such as https://example.com/hook", e);
    }
  }

  private static InetAddress bracketed(String host) {
    var address = Cidr.literal(host.substring(1, host.length() - 1));
    if (address == null) {
      throw new IllegalArgumentException("must hold an IPv6 address without a zone in its brackets");
    }
    return address;
  }
}
