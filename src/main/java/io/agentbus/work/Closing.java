package io.agentbus.work;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.client.Trees;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a command's end means for its job.
 *
 * @param operation the finishing verb
 * @param input of it, without job and fence
 * @param output what the command printed, when the input carries it as the result, which a node may find unfit
 */
record Closing(String operation, ObjectNode input, @Nullable Captured output) {
  /** The most of a command's stderr that is kept: with the words before it, a reason may have 4,000 letters. */
  static final int MAX_ERROR_BYTES = 3900;
  /** {@code EX_TEMPFAIL} of sysexits.h: not now. */
  private static final int NOT_NOW = 75;
  /** Before the job may be claimed again after {@link #NOT_NOW}: this worker is free, and would take it at once. */
  private static final int NOT_NOW_SECONDS = 15;
  /** {@code EX_DATAERR} of sysexits.h: never. */
  private static final int NEVER = 65;
  /** Room for the names around the text and the note beside it. */
  private static final int ROOM = 256;

  /**
   * By exit code: 0 completes, 75 releases uncounted, 65 fails for good, anything else is tried again.
   *
   * @param mostBytes of a result that the node takes
   */
  static Closing of(int exitCode, Captured stdout, Captured stderr, int mostBytes) {
    return switch (exitCode) {
      case 0 -> completed(stdout, mostBytes);
      case NOT_NOW -> release("exit code 75" + said(stderr), NOT_NOW_SECONDS);
      case NEVER -> fail("exit code 65" + said(stderr), false);
      default -> fail("exit code " + exitCode + said(stderr), true);
    };
  }

  private static Closing completed(Captured stdout, int mostBytes) {
    return new Closing("complete_job", Trees.MAPPER.createObjectNode().set("result", result(stdout, mostBytes)), stdout);
  }

  static Closing fail(String error, boolean retry) {
    return new Closing("fail_job", Trees.MAPPER.createObjectNode().put("last_error", error).put("retry", retry), null);
  }

  static Closing release(String reason, int delaySeconds) {
    return new Closing("release_job",
        Trees.MAPPER.createObjectNode().put("reason", reason).put("delay_seconds", delaySeconds), null);
  }

  /** The closing in place of one whose result the node does not take: the work is done, and that is kept. */
  Closing withoutResult(String why) {
    var result = Trees.MAPPER.createObjectNode().put("refused", why)
        .put("note", "The command succeeded; what it printed was refused as a result.");
    return new Closing(operation, Trees.MAPPER.createObjectNode().set("result", result), null);
  }

  /** The same with less of what the command printed. */
  Closing within(int mostBytes) {
    return output == null ? this : completed(output, mostBytes);
  }

  private static ObjectNode result(Captured stdout, int mostBytes) {
    var text = stdout.text();
    if (!stdout.isCut()) {
      try {
        if (Trees.MAPPER.readTree(text) instanceof ObjectNode object
            && object.toString().getBytes(StandardCharsets.UTF_8).length <= mostBytes) {
          return object;
        }
      } catch (IOException e) {
        // Not JSON: then it is text, which is as good a result.
      }
    }
    var kept = fitting(text, mostBytes - ROOM);
    var result = Trees.MAPPER.createObjectNode().put("stdout", kept);
    if (stdout.isCut() || kept.length() < text.length()) {
      result.put("note", "The first part of " + stdout.total() + " bytes.");
    }
    return result;
  }

  /** The longest beginning that takes at most {@code limit} bytes as a JSON string. */
  static String fitting(String text, int limit) {
    var clean = text.replace('\0', '\uFFFD');
    var bytes = 2;
    for (var at = 0; at < clean.length(); at += Character.charCount(clean.codePointAt(at))) {
      var point = clean.codePointAt(at);
      bytes += switch (point) {
        case '"', '\\', '\n', '\r', '\t', '\b', '\f' -> 2;
        default -> point < ' ' ? 6 : point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
      };
      if (bytes > limit) {
        return clean.substring(0, at);
      }
    }
    return clean;
  }

  private static String said(Captured stderr) {
    var text = stderr.text().replace('\0', '\uFFFD').strip();
    return text.isEmpty() ? "" : ": " + (stderr.isCut() ? "..." : "") + text;
  }
}
