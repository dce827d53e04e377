package io.agentbus.problem;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a text stops being JSON (RFC 8259), and what would be right there. For the answer to whoever wrote it: a parser's own words are about
 * the parser.
 *
 * @param line from 1; 0 when it is not known
 * @param column of the character in its line, from 1
 * @param what a sentence without its full stop, such as {@code '}' stands where a value is expected}
 */
public record JsonFault(int line, int column, String what) {

  /** The fault with its place, such as {@code line 1, column 7: '}' stands where a value is expected}. */
  @Override
  public String toString() {
    return line == 0 ? what : "line " + line + ", column " + column + ": " + what;
  }

  /** The first fault of a text in UTF-8; null when it is JSON, or nests deeper than {@code maxDepth} before a fault is found. */
  public static @Nullable JsonFault in(byte[] utf8, int maxDepth) {
    try {
      return in(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString(), maxDepth);
    } catch (CharacterCodingException notText) {
      return new JsonFault(0, 0, "the bytes are not UTF-8");
    }
  }

  /** The same of a text. */
  public static @Nullable JsonFault in(String text, int maxDepth) {
    try {
      new Scan(text, maxDepth).document();
      return null;
    } catch (Scan.Stop stop) {
      return stop.what == null ? null : at(text, stop.at, stop.what);
    }
  }

  private static JsonFault at(String text, int at, String what) {
    var line = 1;
    var start = 0;
    for (var i = 0; i < at; i++) {
      if (text.charAt(i) == '\n') {
        line++;
        start = i + 1;
      }
    }
    return new JsonFault(line, text.codePointCount(start, at) + 1, what);
  }

  /** One walk over the text by the grammar. */
  private static final class Scan {
    private static final int LONGEST_WORD = 20;
    private final String text;
    private final int maxDepth;
    private int at;

    /** Ends the walk; without words when it went too deep. */
    private static final class Stop extends RuntimeException {
      private final int at;
      private final transient @Nullable String what;

      Stop(int at, @Nullable String what) {
        super(null, null, false, false);
        this.at = at;
        this.what = what;
      }
    }

    Scan(String text, int maxDepth) {
      this.text = text;
      this.maxDepth = maxDepth;
      // A mark of the byte order is no part of the text.
      this.at = text.startsWith("\uFEFF") ? 1 : 0;
    }

    void document() {
      space();
      value(1, "a value");
      space();
      if (at < text.length()) {
        throw new Stop(at, found() + " stands behind the end of the JSON, which is one value");
      }
    }

    private void value(int depth, String expected) {
      if (depth > maxDepth + 1) {
        throw new Stop(at, null);
      }
      switch (peek()) {
        case '{' -> object(depth);
        case '[' -> array(depth);
        case '"' -> string();
        case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
        default -> word(expected);
      }
    }

    private void object(int depth) {
      at++;
      space();
      var names = new HashSet<String>();
      if (peek() != '}') {
        member(names, depth, "a name in double quotes, or '}',");
        while (goesOn('}')) {
          member(names, depth, "another name in double quotes");
        }
      }
      at++;
    }

    private void member(Set<String> names, int depth, String expected) {
      if (peek() != '"') {
        throw expected(expected, peek() == '}' ? ": take the comma before it away" : peek() == '\'' ? ", not in single ones" : "");
      }
      var from = at;
      var name = string();
      if (!names.add(name)) {
        throw new Stop(from, "the name " + brief(name) + " is given twice in one object");
      }
      space();
      if (peek() != ':') {
        throw expected("':' behind the name " + brief(name), "");
      }
      at++;
      space();
      value(depth + 1, "the value of " + brief(name));
      space();
    }

    private void array(int depth) {
      at++;
      space();
      if (peek() != ']') {
        value(depth + 1, "a value, or ']',");
        space();
        while (goesOn(']')) {
          value(depth + 1, "another value");
          space();
        }
      }
      at++;
    }

    /** Steps over a comma; false at the end of the object or array. */
    private boolean goesOn(char end) {
      if (peek() == end) {
        return false;
      }
      if (peek() != ',') {
        throw expected("',' or '" + end + "'", "");
      }
      at++;
      space();
      return true;
    }

    /** Steps over a text in quotes; answers it with its escapes undone. */
    private String string() {
      var start = at++;
      var content = new StringBuilder();
      while (true) {
        if (at == text.length()) {
          throw new Stop(start, "the double quote that stands here is never closed");
        }
        var c = text.charAt(at);
        if (c == '"') {
          at++;
          return content.toString();
        }
        if (c < ' ') {
          throw new Stop(at, (c == '\n' ? "a line break stands" : found() + " stands") + " within quotes, where it is written as "
              + (c == '\n' ? "\\n" : c == '\t' ? "\\t" : c == '\r' ? "\\r" : "\\u%04x".formatted((int) c)));
        }
        content.append(c == '\\' ? escape() : c);
        at++;
      }
    }

    /** Reads an escape; stays on its last character. */
    private char escape() {
      var start = at++;
      var kind = at < text.length() ? text.charAt(at) : ' ';
      var plain = "\"\\/bfnrt".indexOf(kind);
      if (plain >= 0) {
        return "\"\\/\b\f\n\r\t".charAt(plain);
      }
      if (kind == 'u' && at + 4 < text.length() && text.substring(at + 1, at + 5).matches("[0-9a-fA-F]{4}")) {
        at += 4;
        return (char) Integer.parseInt(text.substring(at - 3, at + 1), 16);
      }
      throw new Stop(start, "a backslash within quotes begins none of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX; by itself it is written as \\\\");
    }

    private void number() {
      var start = at;
      if (peek() == '-') {
        at++;
      }
      var zero = peek() == '0';
      digits();
      if (zero && at - start > (text.charAt(start) == '-' ? 2 : 1)) {
        throw new Stop(start, "a number does not begin with 0, unless it is 0 or goes on with a point");
      }
      if (peek() == '.') {
        at++;
        digits();
      }
      if (peek() == 'e' || peek() == 'E') {
        at++;
        if (peek() == '+' || peek() == '-') {
          at++;
        }
        digits();
      }
    }

    private void digits() {
      var start = at;
      while (peek() >= '0' && peek() <= '9') {
        at++;
      }
      if (at == start) {
        throw expected("a digit", "");
      }
    }

    private void word(String expected) {
      var end = at;
      while (end < text.length() && Character.isLetterOrDigit(text.charAt(end))) {
        end++;
      }
      var word = text.substring(at, end);
      switch (word) {
        case "true", "false", "null" -> at = end;
        case "" -> throw expected(expected, switch (peek()) {
          case '\'' -> ": text stands in double quotes, not in single ones";
          case '/' -> ": JSON has no comments";
          case ']', '}' -> ", perhaps after a comma too many";
          default -> "";
        });
        default -> throw new Stop(at, "the word " + brief(word) + " stands where " + expected
            + " is expected: the only words are true, false and null, and text stands in double quotes");
      }
    }

    private Stop expected(String expected, String hint) {
      return new Stop(at, found() + (at == text.length() ? " comes" : " stands") + " where " + expected + " is expected" + hint);
    }

    private String found() {
      if (at >= text.length()) {
        return "the end";
      }
      var point = text.codePointAt(at);
      return switch (Character.getType(point)) {
        case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED,
            Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> "the character U+%04X".formatted(point);
        default -> "'" + Character.toString(point) + "'";
      };
    }

    private static String brief(String word) {
      var safe = word.codePoints().map(point -> Character.isISOControl(point) || Character.getType(point) == Character.FORMAT ? '?' : point)
          .limit(LONGEST_WORD).collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append);
      return "\"" + safe + (word.codePointCount(0, word.length()) > LONGEST_WORD ? "..." : "") + "\"";
    }

    private void space() {
      while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
        at++;
      }
    }

    /** The next character; U+0000 at the end, which nothing takes for anything. */
    private char peek() {
      return at < text.length() ? text.charAt(at) : 0;
    }
  }
}
