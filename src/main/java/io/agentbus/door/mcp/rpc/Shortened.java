package io.agentbus.door.mcp.rpc;

/** What a client chose, made fit to be told back: printable ASCII, cut short. */
public final class Shortened {
  private static final int LONGEST = 80;

  private Shortened() {}

  /** At most {@value #LONGEST} characters of the text; what is not printable becomes a question mark. */
  public static String of(String text) {
    var out = new StringBuilder(Math.min(text.length(), LONGEST + 3));
    for (var at = 0; at < text.length() && at < LONGEST; at++) {
      var c = text.charAt(at);
      out.append(c >= 0x20 && c < 0x7f ? c : '?');
    }
    return text.length() > LONGEST ? out.append("...").toString() : out.toString();
  }
}
