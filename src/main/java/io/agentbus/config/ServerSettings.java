package io.agentbus.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The {@code options} of a database URL: settings of the server for this connection, as its command line takes them. */
final class ServerSettings {
  /** Statements and the reading of their rows rely on them. */
  private static final Set<String> OURS = Set.of("timezone", "datestyle", "intervalstyle", "client_encoding",
      "extra_float_digits", "default_transaction_isolation");

  private static final Pattern SETTING = Pattern.compile("([A-Za-z_][A-Za-z0-9_.-]*)=(.*)", Pattern.DOTALL);

  private ServerSettings() {}

  /**
   * Reads {@code -c name=value --name=value}; a backslash keeps the next character from meaning anything.
   *
   * @return values by name in lower case, in their order; the last of one name counts
   * @throws IllegalArgumentException when it holds anything else, or a setting that agentbus must make itself
   */
  static Map<String, String> of(String options) {
    var settings = new LinkedHashMap<String, String>();
    var words = words(options).iterator();
    while (words.hasNext()) {
      var word = words.next();
      var given = word.equals("-c") && words.hasNext() ? words.next() : word.replaceFirst("^(--|-c)", "");
      var setting = SETTING.matcher(given);
      if (!word.startsWith("-") || !setting.matches()) {
        throw DatabaseUrl.refused("has options with '" + word + "'; they may hold settings of the server, as -c name=value");
      }
      var name = setting.group(1).toLowerCase(Locale.ROOT).replace('-', '_');
      if (OURS.contains(name)) {
        throw DatabaseUrl.refused("has options with " + name + ", which agentbus sets itself: leave it out");
      }
      if (name.equals("application_name")) {
        throw DatabaseUrl.refused("has options with application_name, which is a parameter of its own");
      }
      if (setting.group(2).chars().anyMatch(c -> c < ' ')) {
        throw DatabaseUrl.refused("has a control character in options, in the value of " + name);
      }
      settings.put(name, setting.group(2));
    }
    return Collections.unmodifiableMap(settings);
  }

  private static List<String> words(String options) {
    var words = new ArrayList<String>();
    var word = new StringBuilder();
    var inWord = false;
    for (var i = 0; i < options.length(); i++) {
      var c = options.charAt(i);
      if (Character.isWhitespace(c)) {
        if (inWord) {
          words.add(word.toString());
        }
        word.setLength(0);
        inWord = false;
        continue;
      }
      inWord = true;
      word.append(c == '\\' && i + 1 < options.length() ? options.charAt(++i) : c);
    }
    if (inWord) {
      words.add(word.toString());
    }
    return words;
  }
}
