package io.agentbus.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of bodies that are held although nobody knows yet who sent them: bounded for all together. When there is no room, the bodies go
 * that have held most of it for longest (bytes times time), and make room for those that come in faster: to begin a body and not to end it
 * keeps nobody else out. Addresses count for nothing here, since all senders behind a proxy have one. Any thread; holds no more than there
 * are bodies under way.
 */
final class StrangerBodies {
  private final long most;
  private final LongSupplier nanos;
  private final Set<Place> places = new HashSet<>();
  private long held;

  /** @param most bytes of all together */
  StrangerBodies(long most) {
    this(most, System::nanoTime);
  }

  StrangerBodies(long most, LongSupplier nanos) {
    this.most = most;
    this.nanos = nanos;
  }

  /** What one body holds; it begins with nothing. */
  final class Place {
    private final Runnable lost;
    private final long since = nanos.getAsLong();
    private long bytes;
    private boolean whole;
    private boolean over;

    private Place(Runnable lost) {
      this.lost = lost;
    }

    /** Takes more bytes; false when there is no room, or the place was lost or given back. */
    boolean take(long more) {
      var losers = makeRoom(this, more);
      if (losers == null) {
        return false;
      }
      losers.forEach(loser -> loser.lost.run());
      return true;
    }

    /** Says that the body is whole: it is looked at now, and keeps its place until it is given back. False when the place was lost. */
    boolean keep() {
      synchronized (StrangerBodies.this) {
        whole = !over;
        return whole;
      }
    }

    /** Gives everything back; a second time does nothing. */
    void giveBack() {
      synchronized (StrangerBodies.this) {
        leave(this);
      }
    }

    private double weight(long more, long now) {
      return (double) (bytes + more) * (now - since);
    }
  }

  /** @param lost called when the place goes to others, before the body is whole: its bytes count no more. Any thread; must not wait */
  Place place(Runnable lost) {
    return new Place(lost);
  }

  /** Who loses the place for these bytes; null when there is no room for them, and then nobody does. */
  private synchronized @Nullable List<Place> makeRoom(Place taker, long more) {
    if (taker.over) {
      return null;
    }
    var losers = new ArrayList<Place>();
    var missing = held + more - most;
    if (missing > 0) {
      var now = nanos.getAsLong();
      var heavier = places.stream().filter(place -> place != taker && !place.whole && place.weight(0, now) > taker.weight(more, now))
          .sorted(Comparator.comparingDouble((Place place) -> place.weight(0, now)).reversed()).iterator();
      while (missing > 0 && heavier.hasNext()) {
        var loser = heavier.next();
        missing -= loser.bytes;
        losers.add(loser);
      }
      if (missing > 0) {
        return null;
      }
      losers.forEach(this::leave);
    }
    places.add(taker);
    taker.bytes += more;
    held += more;
    return losers;
  }

  private void leave(Place place) {
    if (!place.over) {
      place.over = true;
      places.remove(place);
      held -= place.bytes;
    }
  }

  /** Bytes held now. */
  synchronized long held() {
    return held;
  }
}
