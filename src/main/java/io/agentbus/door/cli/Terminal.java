package io.agentbus.door.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * What a command line program is given by its caller.
 *
 * @param in standard input
 * @param out standard output, UTF-8; flushed when the program ends
 * @param err standard error, UTF-8
 * @param interactive whether a person reads {@code out}
 * @param columns width of that person's terminal, asked for only when a table is drawn
 * @param environment the environment variables
 */
public record Terminal(InputStream in, PrintStream out, PrintStream err, boolean interactive, IntSupplier columns,
    Map<String, String> environment) {
  /** Width where nobody knows better. */
  static final int USUAL_COLUMNS = 100;
  private static final Path STDOUT = Path.of("/proc/self/fd/1");

  /** The terminal of this process. */
  public static Terminal ofProcess() {
    // UTF-8 whatever the locale says: JSON is UTF-8, and a cron job's locale is often plain ASCII.
    var out = new PrintStream(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16), false,
        StandardCharsets.UTF_8);
    var err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    var environment = System.getenv();
    return new Terminal(new FileInputStream(FileDescriptor.in), out, err, isTerminal(), () -> askColumns(environment),
        environment);
  }

  /** {@code System.console()} loads a whole line editor to tell this; Linux tells it by a link. */
  private static boolean isTerminal() {
    try {
      var target = Files.readSymbolicLink(STDOUT).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
    } catch (IOException | UnsupportedOperationException e) {
      // Not Linux: the slow way.
      var console = System.console();
      return console != null && console.isTerminal();
    }
  }

  private static int askColumns(Map<String, String> environment) {
    var given = environment.getOrDefault("COLUMNS", "");
    if (given.matches("[1-9]\\d{0,3}")) {
      return Integer.parseInt(given);
    }
    try {
      var stty = new ProcessBuilder("stty", "size").redirectInput(Path.of("/dev/tty").toFile())
          .redirectError(ProcessBuilder.Redirect.DISCARD).start();
      var size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip().split(" ");
      return stty.waitFor(1, TimeUnit.SECONDS) && size.length == 2 && !size[1].equals("0") ? Integer.parseInt(size[1])
          : USUAL_COLUMNS;
    } catch (IOException | NumberFormatException e) {
      // No terminal to ask after all.
      return USUAL_COLUMNS;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return USUAL_COLUMNS;
    }
  }
}
