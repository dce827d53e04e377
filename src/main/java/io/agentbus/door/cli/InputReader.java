package io.agentbus.door.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.client.Trees;
import io.agentbus.problem.FieldError;
import io.agentbus.problem.JsonFault;
import io.agentbus.problem.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** Makes the input of an operation from what was typed. Types only: what a value may be is for the node to judge. */
final class InputReader {
  /** No node can be set to take more in one body. */
  private static final int MOST_BYTES = 64 << 20;
  /** What is smaller is sent, and for the node to judge; for more it is asked first, instead of being sent what it will not read. */
  private static final int ASKED_FROM = 64 << 10;
  private final InputStream in;
  private final Clock clock;
  private final IntSupplier bodyLimit;
  private final List<FieldError> errors = new ArrayList<>();
  private @Nullable String stdinTakenBy;

  /** @param bodyLimit asks the node how many bytes it takes in one body; 0 when it does not say. Called for large values only */
  InputReader(InputStream in, Clock clock, IntSupplier bodyLimit) {
    this.in = in;
    this.clock = clock;
    this.bodyLimit = bodyLimit;
  }

  /**
   * The input record as JSON, with the fields that were given.
   *
   * @throws ProblemException {@code invalid_input} naming every value that cannot be of its field's type
   */
  ObjectNode read(List<InputFlag> fields, FlagValues values) {
    var input = Trees.MAPPER.createObjectNode();
    for (var field : fields) {
      if (values.has(field.flag().name())) {
        try {
          input.set(field.field(), value(field, values.all(field.flag().name())));
        } catch (ProblemException e) {
          errors.addAll(e.errors());
        }
      }
    }
    if (!errors.isEmpty()) {
      throw ProblemException.invalid(errors);
    }
    return input;
  }

  private JsonNode value(InputFlag field, List<String> typed) {
    return switch (field.shape()) {
      case TEXT, ID -> Trees.MAPPER.getNodeFactory().textNode(typed.getFirst());
      case SECRET -> Trees.MAPPER.getNodeFactory().textNode(secret(field, typed.getFirst()));
      case WHOLE -> whole(field, typed.getFirst());
      case DECIMAL -> decimal(field, typed.getFirst());
      case TRUTH -> Trees.MAPPER.getNodeFactory().booleanNode(truth(field, typed.getFirst()));
      case TIME -> Trees.MAPPER.getNodeFactory().textNode(time(field, typed.getFirst()));
      case JSON -> json(field, typed.getFirst());
      case TEXTS, NUMBERS, JSONS -> list(field, typed);
    };
  }

  private ArrayNode list(InputFlag field, List<String> typed) {
    var list = Trees.MAPPER.createArrayNode();
    for (var text : typed) {
      if (field.shape() == InputFlag.Shape.JSONS || text.stripLeading().startsWith("[")) {
        var read = json(field, text);
        if (read instanceof ArrayNode several) {
          list.addAll(several);
        } else {
          list.add(read);
        }
      } else {
        for (var part : text.split(",")) {
          if (!part.isBlank()) {
            list.add(field.shape() == InputFlag.Shape.NUMBERS ? decimal(field, part.strip())
                : Trees.MAPPER.getNodeFactory().textNode(part.strip()));
          }
        }
      }
    }
    return list;
  }

  private static JsonNode whole(InputFlag field, String typed) {
    try {
      return Trees.MAPPER.getNodeFactory().numberNode(new BigInteger(typed));
    } catch (NumberFormatException e) {
      throw wrong(field, "'" + typed + "' is not a whole number.");
    }
  }

  private static JsonNode decimal(InputFlag field, String typed) {
    try {
      return Trees.MAPPER.getNodeFactory().numberNode(new BigDecimal(typed));
    } catch (NumberFormatException e) {
      throw wrong(field, "'" + typed + "' is not a number.");
    }
  }

  private static boolean truth(InputFlag field, String typed) {
    return switch (typed) {
      case "true", "yes" -> true;
      case "false", "no" -> false;
      default -> throw wrong(field, "'" + typed + "' is neither true nor false.");
    };
  }

  /** RFC 3339 in UTC, from ISO 8601 with an offset; without one it is UTC, because the bus knows no other clock. */
  private String time(InputFlag field, String typed) {
    if (typed.equals("now")) {
      return clock.instant().toString();
    }
    try {
      return typed.length() == 10 ? LocalDate.parse(typed).atStartOfDay(ZoneOffset.UTC).toInstant().toString()
          : instant(typed).toString();
    } catch (DateTimeException e) {
      throw wrong(field, "'" + typed + "' is not a time such as 2026-08-01T10:00:00Z.");
    }
  }

  private static Instant instant(String typed) {
    try {
      return OffsetDateTime.parse(typed).toInstant();
    } catch (DateTimeException e) {
      return LocalDateTime.parse(typed).toInstant(ZoneOffset.UTC);
    }
  }

  private JsonNode json(InputFlag field, String typed) {
    var from = origin(typed);
    var what = from == null ? "the value" : from;
    var bytes = from == null ? typed.getBytes(StandardCharsets.UTF_8) : bytes(field, typed);
    try {
      var tree = Trees.MAPPER.readTree(bytes);
      if (tree.isMissingNode()) {
        throw wrong(field, what + " is empty, not JSON.");
      }
      return tree;
    } catch (IOException e) {
      var fault = JsonFault.in(bytes, Trees.MAX_DEPTH);
      throw wrong(field, what + (fault == null ? " nests too deep, or holds a number too long, to be read." : " is not JSON: " + fault + "."));
    }
  }

  private String secret(InputFlag field, String typed) {
    return origin(typed) == null ? typed : new String(bytes(field, typed), StandardCharsets.UTF_8).strip();
  }

  /** Where the value stands when it is not the argument itself: the name of a file, or standard input. */
  private static @Nullable String origin(String typed) {
    return typed.equals("-") ? "standard input" : typed.startsWith("@") ? typed.substring(1) : null;
  }

  private byte[] bytes(InputFlag field, String typed) {
    try (var stream = typed.equals("-") ? standardInput(field) : Files.newInputStream(Path.of(typed.substring(1)))) {
      var bytes = stream.readNBytes(MOST_BYTES + 1);
      var said = bytes.length <= ASKED_FROM ? 0 : bodyLimit.getAsInt();
      var most = said > 0 ? said : MOST_BYTES;
      if (bytes.length > most) {
        throw wrong(field, origin(typed) + " is larger than " + most + " bytes, the most that " + (said > 0 ? "the" : "any") + " node takes.");
      }
      return bytes;
    } catch (IOException | InvalidPathException e) {
      throw wrong(field, origin(typed) + " cannot be read: " + e);
    }
  }

  private InputStream standardInput(InputFlag field) {
    if (stdinTakenBy != null) {
      throw wrong(field, "standard input is already taken by " + stdinTakenBy + ".");
    }
    stdinTakenBy = field.flag().dashed();
    return in;
  }

  private static ProblemException wrong(InputFlag field, String detail) {
    return ProblemException.invalid("/" + field.field(), detail);
  }
}
