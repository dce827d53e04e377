package io.agentbus.memorybus;

import io.agentbus.memorybus.GovernancePolicy.Deed;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a change amounts to. By whatever verb something is done, it needs what doing it needs: an entry is not removed by changing its end. */
final class DeedsPolicy {
  private DeedsPolicy() {}

  /**
   * What is known of the entry that a change is done to.
   *
   * @param owner who stored it first
   * @param endsSooner whether its life would end sooner than it does
   * @param outlives whether it would live for good, which it does not, or longer than it does and than its tier gives from now
   */
  record Target(String owner, boolean endsSooner, boolean outlives) {}

  /** The deeds of a change, in the order in which they are asked for. @param target null for an entry that is yet to be */
  static List<PlacedDeed> of(MemoryChange change, @Nullable Target target) {
    var at = change.at();
    var to = change.to();
    var owner = target == null ? null : target.owner();
    var deeds = new ArrayList<PlacedDeed>();
    switch (change) {
      case MemoryChange.Store _, MemoryChange.Update _ -> {
        deeds.add(new PlacedDeed(at, Deed.WRITE, owner));
        // To be carried upwards is to be promoted, and so is to be kept for good, or for as long as one likes.
        if (target != null && (target.outlives() || to != null && to.path().covers(at.path()))) {
          deeds.add(new PlacedDeed(at, Deed.PROMOTE, owner));
        }
        // Where it is not found any more, or not for as long, it has been removed.
        if (target != null && (target.endsSooner() || to != null)) {
          deeds.add(new PlacedDeed(at, Deed.DELETE, owner));
        }
      }
      case MemoryChange.Delete _ -> deeds.add(new PlacedDeed(at, Deed.DELETE, owner));
      case MemoryChange.Promote _ -> deeds.add(new PlacedDeed(at, Deed.PROMOTE, owner));
    }
    if (to != null) {
      deeds.add(new PlacedDeed(to, Deed.WRITE, null));
    }
    return deeds;
  }

  /** What it takes to say what an entry has to do with others. It changes no words, and so it waits for no approval. */
  static PlacedDeed ofLink(Place at, String owner) {
    return new PlacedDeed(at, Deed.WRITE, owner);
  }
}
