package io.agentbus.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** What a run was measured on. */
final class Machine {
  private static final Path MEMORY = Path.of("/proc/meminfo");
  private static final Path LOAD = Path.of("/proc/loadavg");
  private static final Pattern TOTAL = Pattern.compile("MemTotal: +(\\d+) kB");
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

  private Machine() {}

  /** The facts that stand above every result. @param plan name of the plan @param server version of Postgres and where it stands */
  static Map<String, String> facts(String plan, Instant at, String server) {
    var facts = new LinkedHashMap<String, String>();
    facts.put("plan", plan);
    facts.put("at", at.truncatedTo(ChronoUnit.SECONDS).toString());
    facts.put("commit", commit());
    facts.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
    facts.put("memory", memory());
    facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version") + " " + System.getProperty("os.arch"));
    facts.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
    facts.put("postgres", server);
    facts.put("load at start", load());
    return facts;
  }

  /** The commit of the folder in which the program runs, with {@code -dirty} when files differ from it. */
  static String commit() {
    try {
      var git = new ProcessBuilder("git", "describe", "--always", "--dirty", "--exclude=*").redirectError(ProcessBuilder.Redirect.DISCARD).start();
      var said = new String(git.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8).strip();
      return git.waitFor(10, TimeUnit.SECONDS) && git.exitValue() == 0 && !said.isEmpty() ? said : "unknown";
    } catch (IOException noGit) {
      return "unknown";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "unknown";
    }
  }

  /** Resident memory of a process in MB, or NaN where the system does not tell. */
  static double residentMegabytes(long pid) {
    try {
      var found = RESIDENT.matcher(Files.readString(Path.of("/proc/" + pid + "/status")));
      return found.find() ? Long.parseLong(found.group(1)) / 1024.0 : Double.NaN;
    } catch (IOException notLinux) {
      return Double.NaN;
    }
  }

  private static String memory() {
    try {
      var found = TOTAL.matcher(Files.readString(MEMORY));
      return found.find() ? String.format(Locale.ROOT, "%.1f GB", Long.parseLong(found.group(1)) / 1048576.0) : "unknown";
    } catch (IOException notLinux) {
      return "unknown";
    }
  }

  private static String load() {
    try {
      return String.join(" ", java.util.Arrays.asList(Files.readString(LOAD).split(" ")).subList(0, 3));
    } catch (IOException notLinux) {
      return "unknown";
    }
  }
}
