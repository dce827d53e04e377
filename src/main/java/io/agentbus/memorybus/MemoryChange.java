package io.agentbus.memorybus;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.op.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What somebody wants done to an entry, with namespaces in full. Every verb that makes, changes or removes an entry is one of these, and
 * {@link MemoryGate} is the one place that lets it pass, has it wait or denies it: {@link DeedsPolicy} says what each amounts to.
 */
sealed interface MemoryChange {

  /** The word of it, in answers and in the queue. */
  String action();

  /** The entry as it is now; null for one that is yet to be. */
  @Nullable UUID entry();

  /** Where that entry is, or is to be. */
  Place at();

  /** Where it or a copy of it goes; null when it stays. */
  @Nullable Place to();

  /** What {@link PendingActions} reads it from again. */
  ObjectNode payload();

  /** The spaces that are held for it, in any order. */
  default List<Integer> spaces() {
    var ids = new ArrayList<>(List.of(at().id()));
    if (to() != null) {
      ids.add(to().id());
    }
    return ids;
  }

  /** A new entry, or new content for the one of its title. */
  record Store(StoreMemory in, Place at) implements MemoryChange {
    @Override
    public String action() {
      return "store";
    }

    @Override
    public @Nullable UUID entry() {
      return null;
    }

    @Override
    public @Nullable Place to() {
      return null;
    }

    @Override
    public ObjectNode payload() {
      return Json.MAPPER.<ObjectNode>valueToTree(in).put("namespace", at.path().value());
    }

    /** Whether the entry of its title gets the new content. */
    boolean merges() {
      return "merge".equals(in.onConflict());
    }

    /** Whether a title that is taken is an error. */
    boolean insistsOnTitle() {
      return in.onConflict() == null || in.onConflict().equals("error");
    }
  }

  /** Other values for an entry, and perhaps another place. */
  record Update(UpdateMemory in, Place at, @Nullable Place to) implements MemoryChange {
    @Override
    public String action() {
      return "update";
    }

    @Override
    public UUID entry() {
      return in.id();
    }

    @Override
    public ObjectNode payload() {
      return Json.MAPPER.<ObjectNode>valueToTree(in).put("namespace", to == null ? null : to.path().value());
    }
  }

  /** The end of an entry. */
  record Delete(UUID entry, Place at) implements MemoryChange {
    @Override
    public String action() {
      return "delete";
    }

    @Override
    public @Nullable Place to() {
      return null;
    }

    @Override
    public ObjectNode payload() {
      return Json.MAPPER.createObjectNode().put("id", entry.toString());
    }
  }

  /** A long life, or a copy in a namespace above. */
  record Promote(UUID entry, Place at, @Nullable Place to) implements MemoryChange {
    @Override
    public String action() {
      return "promote";
    }

    @Override
    public ObjectNode payload() {
      return Json.MAPPER.createObjectNode().put("id", entry.toString()).put("to_namespace", to == null ? null : to.path().value());
    }
  }
}
