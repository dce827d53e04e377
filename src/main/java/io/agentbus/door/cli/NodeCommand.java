package io.agentbus.door.cli;

import java.util.List;

/** A command that is no operation of the bus: it starts, prepares or looks at a node. */
public interface NodeCommand {
  /** The word after {@code agentbus}, such as {@code up}. */
  String name();

  /** One line for the overview, in the present tense. */
  String summary();

  /**
   * Runs the command in the calling thread. Options are best declared with {@link FlagSet}, which answers {@code
   * --help}, carries the global options and refuses what it does not know.
   *
   * @param args every argument but the command's name; global options given before the name come first
   * @return exit code: 0, or one of the catalogue's (2 bad input, 3 not found, 4 refused, 5 no right, 6 unreachable, 1
   *     a defect)
   * @throws io.agentbus.problem.ProblemException or {@link io.agentbus.client.CallFailed} for a refusal, which the
   *     caller prints and turns into its exit code
   */
  int run(List<String> args, Terminal terminal) throws Exception;
}
