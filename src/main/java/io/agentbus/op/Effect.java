package io.agentbus.op;

/** What an operation does to the store; doors derive method, annotations and confirmation from it. */
public enum Effect {
  READ,
  WRITE,
  /** Ends or removes something that cannot be had back by the opposite call. */
  DESTROY
}
