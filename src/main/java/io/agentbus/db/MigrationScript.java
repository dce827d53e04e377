package io.agentbus.db;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * One file of {@code sql/migrations}: {@code V0001__core.sql} runs once, {@code R__views.sql} runs again whenever it
 * has changed.
 *
 * @param file its name
 * @param version the digits after V; empty for a repeatable one
 * @param description the words after {@code __}
 * @param text what runs
 */
record MigrationScript(String file, String version, String description, String text) {

  /** The folder on the class path. */
  static final String FOLDER = "sql/migrations";

  private static final Pattern NAME = Pattern.compile("(?:V(\\d{1,9})|R)__(\\w+)\\.sql");

  /** In the order in which they run: versions by number, then repeatable ones by description. */
  private static final Comparator<MigrationScript> ORDER =
      Comparator.comparing(MigrationScript::repeatable).thenComparing(MigrationScript::number)
          .thenComparing(MigrationScript::description);

  boolean repeatable() {
    return version.isEmpty();
  }

  /** The version as a number; 0 for a repeatable one. */
  int number() {
    return repeatable() ? 0 : Integer.parseInt(version);
  }

  /** The number that Flyway keeps with what it ran: the CRC-32 of the lines without their ends. */
  int checksum() {
    var crc = new CRC32();
    text.lines().forEach(line -> crc.update(line.getBytes(StandardCharsets.UTF_8)));
    return (int) crc.getValue();
  }

  /**
   * What the class path brings; empty when there are none.
   *
   * @throws IllegalStateException when a file bears a name of another form, or two bear one version
   */
  static List<MigrationScript> all() {
    var loader = MigrationScript.class.getClassLoader();
    var folder = loader.getResource(FOLDER);
    if (folder == null) {
      return List.of();
    }
    try {
      var scripts = new ArrayList<MigrationScript>();
      if (folder.openConnection() instanceof JarURLConnection jar) {
        var prefix = FOLDER + "/";
        var entries = jar.getJarFile().stream().filter(e -> e.getName().startsWith(prefix) && !e.isDirectory());
        for (var entry : entries.toList()) {
          try (var in = jar.getJarFile().getInputStream(entry)) {
            scripts.add(of(entry.getName().substring(prefix.length()),
                new String(in.readAllBytes(), StandardCharsets.UTF_8)));
          }
        }
      } else {
        try (var files = Files.list(Path.of(folder.toURI()))) {
          for (var file : files.toList()) {
            scripts.add(of(file.getFileName().toString(), Files.readString(file)));
          }
        }
      }
      scripts.sort(ORDER);
      for (var i = 1; i < scripts.size(); i++) {
        if (ORDER.compare(scripts.get(i - 1), scripts.get(i)) == 0) {
          throw new IllegalStateException(
              "two migrations are one: " + scripts.get(i - 1).file + " and " + scripts.get(i).file);
        }
        if (!scripts.get(i).repeatable() && scripts.get(i).number() == scripts.get(i - 1).number()) {
          throw new IllegalStateException(
              "two migrations have one version: " + scripts.get(i - 1).file + " and " + scripts.get(i).file);
        }
      }
      return List.copyOf(scripts);
    } catch (IOException e) {
      throw new UncheckedIOException("the migrations on the class path cannot be read: " + e, e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the migrations are at no readable place: " + folder, e);
    }
  }

  static MigrationScript of(String file, String text) {
    var name = NAME.matcher(file);
    if (!name.matches()) {
      throw new IllegalStateException("the migration " + file + " must be named V0001__what.sql or R__what.sql");
    }
    var version = name.group(1) == null ? "" : name.group(1);
    return new MigrationScript(file, version, name.group(2).replace('_', ' '), text);
  }
}
