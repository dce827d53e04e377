package io.agentbus.work;

import io.agentbus.namespace.NamespacePath;
import io.agentbus.problem.ProblemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a worker was started with.
 *
 * @param agent name of the agent that it works as
 * @param namespace of that agent; null for the one of the token
 * @param concurrency commands at once, 1 to 100
 * @param leaseSeconds length of a lease, 1 to 86,400
 * @param timeout longest run of one command; null for no limit but the job's own
 * @param maxJobs ends after this many jobs; 0 for never
 * @param capabilities of the agent, when it is registered
 * @param tags of the agent, when it is registered
 * @param drain how long running commands may go on after the worker was told to stop
 * @param home the home folder, where tokens of agents are kept
 * @param command the command and its arguments
 */
public record WorkerSettings(String agent, @Nullable String namespace, int concurrency, int leaseSeconds,
    @Nullable Duration timeout,
    int maxJobs, List<String> capabilities, List<String> tags, Duration drain, Path home, List<String> command) {
  /** The agent's name becomes a file's. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:@-]{0,99}");

  /** @throws ProblemException {@code invalid_input}: a name that no agent or namespace can have */
  public WorkerSettings {
    if (!NAME.matcher(agent).matches()) {
      throw ProblemException.invalid("/agent", "'" + agent
          + "' is not the name of an agent: letters, digits, '.', '_', ':', '@' and '-'.");
    }
    if (namespace != null && !namespace.matches(NamespacePath.PATTERN)) {
      throw ProblemException.invalid("/namespace", "must be " + NamespacePath.SHAPE + "; not '" + namespace + "'.");
    }
    capabilities = List.copyOf(capabilities);
    tags = List.copyOf(tags);
    command = List.copyOf(command);
  }
}
