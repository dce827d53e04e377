package io.agentbus.problem;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds what a caller who wrote an unknown name most likely meant. */
public final class Suggestion {
  private Suggestion() {}

  /**
   * The known name nearest to {@code word}: the same but for case and separators, then one that begins or ends like it, then one
   * a few letters away.
   *
   * @return null when nothing is near enough to be worth saying
   */
  public static @Nullable String near(String word, Collection<String> known) {
    var plain = plain(word);
    if (plain.length() > 64) {
      return null;
    }
    String best = null;
    var bestCost = Integer.MAX_VALUE;
    for (var name : known) {
      var cost = cost(plain, plain(name));
      if (cost < bestCost) {
        best = name;
        bestCost = cost;
      }
    }
    return best;
  }

  /** {@code "; did you mean 'x'?"}, or nothing. */
  public static String words(String word, Collection<String> known) {
    var near = near(word, known);
    return near == null ? "" : "; did you mean '" + near + "'?";
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
  }

  private static int cost(String word, String name) {
    if (word.equals(name)) {
      return 0;
    }
    var edits = edits(word, name);
    if (edits <= Math.max(1, Math.min(word.length(), name.length()) / 3)) {
      return edits;
    }
    if (word.length() >= 3 && (name.startsWith(word) || name.endsWith(word))) {
      return 100 + name.length();
    }
    return name.length() >= 4 && (word.startsWith(name) || word.endsWith(name)) ? 200 - name.length() : Integer.MAX_VALUE;
  }

  /** Letters to insert, remove, replace or swap with their neighbour to get from one to the other. */
  private static int edits(String from, String to) {
    var costs = new int[from.length() + 1][to.length() + 1];
    for (var i = 0; i <= from.length(); i++) {
      for (var j = 0; j <= to.length(); j++) {
        if (i == 0 || j == 0) {
          costs[i][j] = i + j;
          continue;
        }
        var same = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
        costs[i][j] = Math.min(costs[i - 1][j - 1] + same, 1 + Math.min(costs[i - 1][j], costs[i][j - 1]));
        if (i > 1 && j > 1 && from.charAt(i - 1) == to.charAt(j - 2) && from.charAt(i - 2) == to.charAt(j - 1)) {
          costs[i][j] = Math.min(costs[i][j], costs[i - 2][j - 2] + 1);
        }
      }
    }
    return costs[from.length()][to.length()];
  }
}
