package io.agentbus.op;

import java.util.regex.Pattern;

/**
 * One verb of the bus, declared once. REST route, API document, MCP tool, bus address {@code agentbus.op.<name>} and
 * CLI subcommand are all made from this.
 *
 * @param name the verb with underscores, such as {@code enqueue_job}
 * @param summary one sentence in the present tense
 * @param right what a caller's token needs
 * @param effect what it does to the store
 * @param route where REST offers it
 * @param service the class that carries it out
 * @param input record of the input; every component is an input field in snake_case
 * @param output record of the answer
 * @param handler the service's method
 */
public record Operation<S, I extends Record, O>(String name, String summary, Right right, Effect effect, Route route,
    Class<S> service, Class<I> input, Class<O> output, Handler<S, I, O> handler) {
  private static final Pattern NAME = Pattern.compile("[a-z]+(_[a-z]+)+|[a-z]+");

  public Operation {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("operation name '" + name + "' is not words joined by underscores");
    }
  }

  /** The work: called on a virtual thread, may wait; throws {@link io.agentbus.problem.ProblemException} to refuse. */
  @FunctionalInterface
  public interface Handler<S, I, O> {
    O handle(S service, Call call, I input);
  }
}
