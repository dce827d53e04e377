package io.agentbus.op;

/** A limit of a {@link Field} that the operator of a node sets; {@link Limits} has the numbers. */
public enum Limit {
  /** None: the annotation's own numbers hold on every node. */
  NONE,
  /** Bytes of a job's or an event's payload. */
  PAYLOAD,
  /** Bytes of a job's result. */
  RESULT,
  /** Entries of a list that is written whole or not at all. */
  BULK,
  /** Jobs of one claim. */
  CLAIM,
  /** Entries of a page, and how many they are when nobody says. */
  PAGE,
  /** Seconds of a lease, both ends. */
  LEASE,
  /** The same, with the usual length when nobody says. */
  NEW_LEASE,
  /** Seconds for which a call may wait. */
  WAIT,
  /** Attempts of a job when nobody says. */
  ATTEMPTS
}
