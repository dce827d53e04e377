package io.agentbus.door.bridge;

import io.vertx.core.Future;

/** One connection as its session sees it. Any thread. */
interface Link {
  Wire wire();

  /** The IP address of the client. */
  String address();

  /** Writes a frame behind those before it. @return completes when the socket has taken it */
  Future<Void> send(byte[] frame);

  /** It is known who is there now. */
  void welcome();

  /** Stops reading for a while, where the transport can. */
  void pause();

  /** Reads on. */
  void resume();

  /** Closes when what was sent has been taken, or soon. */
  void close();

  /** Closes at once. */
  void cut();
}
