package io.agentbus.door.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.client.CallFailed;
import io.agentbus.client.Refused;
import io.agentbus.client.Trees;
import io.agentbus.client.Unreachable;
import io.agentbus.problem.ProblemException;

/**
 * Why a command did not do what was asked, as it is told on standard error.
 *
 * @param problem the problem document
 * @param exitCode of the program
 */
record Complaint(ObjectNode problem, int exitCode) {
  static Complaint of(CallFailed failure) {
    return switch (failure) {
      case Refused refused -> new Complaint(refused.problem(), refused.exitCode());
      case Unreachable unreachable -> new Complaint(Trees.MAPPER.createObjectNode()
          .put("title", "No node answered.").put("code", "unreachable").put("detail", unreachable.getMessage()),
          unreachable.exitCode());
    };
  }

  static Complaint of(ProblemException refusal) {
    var code = refusal.code();
    var problem = Trees.MAPPER.createObjectNode()
        .put("title", code.meaning()).put("status", code.httpStatus()).put("code", code.wire())
        .put("detail", refusal.getMessage());
    if (!refusal.errors().isEmpty()) {
      var errors = problem.putArray("errors");
      refusal.errors().forEach(error ->
          errors.addObject().put("pointer", error.pointer()).put("detail", error.detail()));
    }
    return new Complaint(problem, code.exitCode());
  }

  /**
   * Prints it: the document with {@code json}, else one line, and one more for each field when several are at fault.
   */
  void print(Terminal terminal, boolean json) {
    if (json) {
      terminal.err().print(Answer.pretty(problem) + "\n");
      return;
    }
    var detail = problem.path("detail").asText(problem.path("title").asText());
    var errors = problem.path("errors");
    for (var error : errors) {
      var pointer = error.path("pointer").asText();
      if (!pointer.isEmpty() && detail.startsWith(pointer + ":")) {
        detail = flag(pointer) + detail.substring(pointer.length());
      }
    }
    terminal.err().print("agentbus: " + Words.clean(detail) + " ["
        + Words.clean(problem.path("code").asText("internal")) + "]\n");
    for (var error : errors) {
      var what = error.path("detail").asText();
      if (errors.size() > 1 || !detail.contains(what)) {
        terminal.err().print("  " + Words.clean(flag(error.path("pointer").asText()) + ": " + what) + "\n");
      }
    }
  }

  /** {@code /jobs/3/priority} is {@code --jobs /3/priority} to whoever typed it. */
  private static String flag(String pointer) {
    if (!pointer.startsWith("/")) {
      return pointer.isEmpty() ? "input" : pointer;
    }
    var end = pointer.indexOf('/', 1);
    var field = pointer.substring(1, end < 0 ? pointer.length() : end);
    return "--" + field.replace('_', '-') + (end < 0 ? "" : " " + pointer.substring(end));
  }
}
