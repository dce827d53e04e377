package io.agentbus.app;

/**
 * How a node shares the machine's cores between its event loops, which do all input and output, and the threads that carry its virtual
 * ones, which do the work of calls. Together they are as many as there are cores. With the libraries' own choice, two loops a core and a
 * carrier a core, they stood in each other's way: a call cost a third more on two cores, nearly all of it in threads that woke each other.
 */
final class NodeThreads {
  private static final String CARRIERS = "jdk.virtualThreadScheduler.parallelism";

  private NodeThreads() {}

  /** Call before the first virtual thread of the process; what was set with {@code -D} stays. */
  static void start() {
    if (System.getProperty(CARRIERS) == null) {
      System.setProperty(CARRIERS, Integer.toString(carriers(cores())));
    }
  }

  static int eventLoops() {
    return eventLoops(cores());
  }

  static int eventLoops(int cores) {
    return Math.max(1, cores / 2);
  }

  static int carriers(int cores) {
    return Math.max(1, cores - eventLoops(cores));
  }

  private static int cores() {
    return Runtime.getRuntime().availableProcessors();
  }
}
