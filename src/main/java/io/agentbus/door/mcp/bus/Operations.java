package io.agentbus.door.mcp.bus;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.door.mcp.content.Asker;
import io.agentbus.op.Catalogue;
import io.agentbus.op.Invocation;
import io.agentbus.op.Json;
import io.agentbus.op.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** The catalogue, called for an asker. */
final class Operations {
  private final Catalogue catalogue;

  Operations(Catalogue catalogue) {
    this.catalogue = catalogue;
  }

  Catalogue catalogue() {
    return catalogue;
  }

  /** Carries out an operation. @throws io.agentbus.problem.ProblemException its refusals */
  Reply invoke(Asker asker, String operation, ObjectNode input, @Nullable String idempotencyKey) {
    return catalogue.invoke(new Invocation(operation, asker.caller(), input, idempotencyKey, asker.requestId()));
  }

  /** The same, and its answer as a tree. */
  ObjectNode call(Asker asker, String operation, ObjectNode input) {
    return tree(invoke(asker, operation, input, null));
  }

  static ObjectNode tree(Reply reply) {
    try {
      return (ObjectNode) Json.MAPPER.readTree(reply.json());
    } catch (IOException e) {
      throw new UncheckedIOException("an answer of the catalogue is not JSON", e);
    }
  }

  /** The input that names a job. */
  static ObjectNode job(String id) {
    return Json.MAPPER.createObjectNode().put("job_id", id);
  }
}
