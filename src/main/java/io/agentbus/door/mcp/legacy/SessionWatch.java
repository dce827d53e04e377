package io.agentbus.door.mcp.legacy;

import io.agentbus.door.mcp.content.Asker;
import io.agentbus.door.mcp.content.Content;
import io.agentbus.door.mcp.content.Follower;
import io.agentbus.door.mcp.content.Notice;
import io.agentbus.door.mcp.content.Wish;
import io.agentbus.door.mcp.rpc.RpcError;
import io.agentbus.door.mcp.wire.Bell;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a session is to be told of. It begins with the first subscription, not with the stream that tells: what changes
 * while nobody listens is told to who comes back. Any thread.
 */
final class SessionWatch {
  private final Content content;
  private final Set<String> uris = new TreeSet<>();
  private final Set<Notice> pending = new LinkedHashSet<>();
  private @Nullable Follower follower;
  /** Rung when the stream has something to look at; null when nobody listens. */
  private volatile @Nullable Bell listener;
  private boolean ended;
  private int told;

  SessionWatch(Content content) {
    this.content = content;
  }

  /** Tells of a resource from now on. @throws RpcError for one that nobody tells of, and for one too many */
  synchronized void subscribe(Asker asker, String uri) {
    if (uris.contains(uri)) {
      return;
    }
    if (uris.size() >= Wish.MOST) {
      throw RpcError.invalidParams("A session is told of at most " + Wish.MOST + " resources.");
    }
    uris.add(uri);
    var next = follow(asker);
    if (!next.agreed().uris().contains(uri)) {
      uris.remove(uri);
      next.close();
      throw RpcError.noSuchResource(uri).withCode(RpcError.RESOURCE_NOT_FOUND);
    }
    replace(next);
  }

  synchronized void unsubscribe(Asker asker, String uri) {
    if (uris.remove(uri)) {
      replace(follow(asker));
      pending.removeIf(notice -> notice instanceof Notice.ResourceUpdated updated && updated.uri().equals(uri));
    }
  }

  private Follower follow(Asker asker) {
    return content.follow(asker, Wish.ofSession(uris), this::ring);
  }

  /** The new one begins before the old one ends, so that nothing falls between them. */
  private void replace(Follower next) {
    if (follower != null) {
      pending.addAll(follower.next());
      follower.close();
    }
    follower = next;
    if (ended) {
      next.close();
    }
    ring();
  }

  /** Looks from now on, if it did not before. */
  synchronized void begin(Asker asker) {
    if (follower == null) {
      replace(follow(asker));
    }
  }

  /** What changed since the last time, each once. */
  synchronized List<Notice> next(Asker asker) {
    begin(asker);
    pending.addAll(follower.next());
    var notices = List.copyOf(pending);
    pending.clear();
    return notices;
  }

  /** Whether this is now the one who listens; false when there is another. */
  synchronized boolean listen(Bell bell) {
    if (listener != null) {
      return false;
    }
    listener = bell;
    return true;
  }

  synchronized void stopListening(Bell bell) {
    if (listener == bell) {
      listener = null;
    }
  }

  /** The number of the next event of the common stream: connections follow one another, its numbers go on. */
  synchronized int number() {
    return told++;
  }

  boolean isHeard() {
    return listener != null;
  }

  private void ring() {
    var bell = listener;
    if (bell != null) {
      bell.ring();
    }
  }

  synchronized void end() {
    ended = true;
    if (follower != null) {
      follower.close();
    }
    ring();
  }
}
