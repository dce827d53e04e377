package io.agentbus.door.mcp.content;

import java.util.List;

/** A watch on behalf of one stream. Used by one thread. */
public interface Follower extends AutoCloseable {
  /** The part of the wish that is watched. */
  Wish agreed();

  /** What changed since the last time, each once; does not wait for more. */
  List<Notice> next();

  @Override
  void close();
}
