package io.agentbus.client;

import io.agentbus.config.Home;
import io.agentbus.problem.ProblemException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which node to call and with which token.
 *
 * @param url base URL, {@code http} or {@code https}, without a slash at the end
 * @param token to show, or null when none was found
 * @param home the home folder; need not exist
 */
public record NodeAccess(URI url, @Nullable String token, Path home) {
  /** Names the node in the environment. */
  public static final String URL_VARIABLE = "AGENTBUS_URL";
  /** Carries the token in the environment. */
  public static final String TOKEN_VARIABLE = "AGENTBUS_TOKEN";
  private static final Pattern LOOPBACK = Pattern.compile("localhost|\\[::1]|127(\\.\\d{1,3}){3}");
  private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]{1,4096}");

  /**
   * Finds the node: what was given, else the environment, else what the node of the home folder wrote there. The
   * operator token of the home is shown only to the node of that home or to this machine, never to a stranger named by
   * URL.
   *
   * @param url given on the command line, or null; likewise {@code token} and {@code home}
   * @throws ProblemException {@code invalid_input}: no URL, or a token that cannot be sent
   * @throws Unreachable when nothing names a node
   */
  public static NodeAccess find(@Nullable String url, @Nullable String token, @Nullable String home,
      Map<String, String> environment) throws Unreachable {
    var files = new Home((home == null ? Home.location(environment) : Path.of(home)).toAbsolutePath());
    var nodeUrl = files.nodeUrl();
    var written = line(nodeUrl);
    var named = url != null ? url : present(environment.get(URL_VARIABLE));
    var base = named != null ? named : written;
    if (base == null) {
      throw new Unreachable("No node runs here: there is no " + nodeUrl
          + ". Start one with './agentbus up', or name one with --url or " + URL_VARIABLE + ".");
    }
    var address = address(base, url != null ? "--url" : named != null ? URL_VARIABLE : nodeUrl.toString());
    var shown = token != null ? token : present(environment.get(TOKEN_VARIABLE));
    if (shown == null && (named == null || isOwn(address, written))) {
      shown = line(files.operatorToken());
    }
    if (shown != null && !TOKEN.matcher(shown).matches()) {
      throw ProblemException.invalid("",
          "The token holds characters that no token has (blanks, line ends or letters outside"
          + " ASCII): give it with --token or " + TOKEN_VARIABLE + " as it was shown.");
    }
    return new NodeAccess(address, shown, files.folder());
  }

  private static URI address(String text, String from) {
    try {
      var parsed = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
      if (parsed.getHost() != null && ("http".equals(parsed.getScheme()) || "https".equals(parsed.getScheme()))
          && parsed.getRawQuery() == null && parsed.getRawFragment() == null && parsed.getRawUserInfo() == null) {
        return parsed;
      }
      throw ProblemException.invalid("", from + ": '" + text
          + "' is not the base URL of a node, such as http://127.0.0.1:7070");
    } catch (URISyntaxException e) {
      throw ProblemException.invalid("", from + ": '" + text + "' is not a URL: " + e.getMessage());
    }
  }

  private static boolean isOwn(URI address, @Nullable String written) {
    var host = address.getHost();
    return address.toString().equals(written) || LOOPBACK.matcher(host).matches();
  }

  private static @Nullable String present(@Nullable String value) {
    return value == null || value.isBlank() ? null : value.strip();
  }

  private static @Nullable String line(Path file) throws Unreachable {
    try {
      return Files.isReadable(file) ? present(Files.readString(file)) : null;
    } catch (IOException e) {
      throw new Unreachable(file + " cannot be read: " + e, e);
    }
  }
}
