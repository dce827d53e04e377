package io.agentbus.db;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The statements of {@code sql/queries/*.sql}. A block starts with {@code -- name: <feature>.<verb>} and runs to the next; each
 * name stands once in all files. Parameters are positional ({@code $1}).
 */
public final class NamedQueries {
  private static final Pattern NAME = Pattern.compile("(?m)^-- name: *(\\S+) *$");
  private final Map<String, String> texts = new LinkedHashMap<>();

  private NamedQueries() {}

  /**
   * Reads the files of these features from the class path.
   *
   * @throws IllegalStateException when a file is absent or a name stands twice
   */
  public static NamedQueries load(List<String> features) {
    var queries = new NamedQueries();
    for (var feature : features) {
      queries.add(feature, read("/sql/queries/" + feature + ".sql"));
    }
    return queries;
  }

  /** The text of a statement; a name that stands nowhere is a defect of the caller. */
  public String text(String name) {
    var text = texts.get(name);
    if (text == null) {
      throw new IllegalArgumentException("no statement is named '" + name + "' in sql/queries");
    }
    return text;
  }

  /** All names, in file order. */
  public Collection<String> names() {
    return texts.keySet();
  }

  private void add(String feature, String file) {
    var heads = NAME.matcher(file).results().toList();
    for (var i = 0; i < heads.size(); i++) {
      var name = heads.get(i).group(1);
      var end = i + 1 < heads.size() ? heads.get(i + 1).start() : file.length();
      var text = file.substring(heads.get(i).end(), end).strip();
      if (text.endsWith(";")) {
        text = text.substring(0, text.length() - 1);
      }
      if (!name.startsWith(feature + ".")) {
        throw new IllegalStateException("statement '" + name + "' stands in " + feature + ".sql, so its name must begin with it");
      }
      if (texts.put(name, text) != null) {
        throw new IllegalStateException("statement '" + name + "' stands twice in sql/queries");
      }
    }
  }

  private static String read(String resource) {
    try (InputStream in = NamedQueries.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("no " + resource + " on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
