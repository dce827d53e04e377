package io.agentbus;

import io.agentbus.app.Commands;
import io.agentbus.bench.BenchCommand;
import io.agentbus.demo.DemoCommand;
import java.util.List;

/** The program: {@code agentbus COMMAND ...}. */
public final class AgentBus {
  /** System property with the process id of the one whose end is this one's too. */
  public static final String PARENT = "agentbus.parent";

  private AgentBus() {}

  public static void main(String[] argv) {
    endWithParent();
    // Threads that a command left behind must not keep the program.
    System.exit(Commands.run(argv, List.of(new DemoCommand(), new BenchCommand())));
  }

  /** A process that another one started for itself, as the demo does, ends when that one is gone, however it went. */
  private static void endWithParent() {
    var parent = Long.getLong(PARENT);
    if (parent != null) {
      ProcessHandle.of(parent).ifPresentOrElse(handle -> handle.onExit().thenRun(() -> System.exit(1)), () -> System.exit(1));
    }
  }
}
