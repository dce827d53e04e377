package io.agentbus.http;

/**
 * What a node knows of its own health. Called on virtual threads, without a token and often: answer from memory or in
 * one short query.
 */
public interface Health {
  /** Liveness: whether the process makes progress. A node that fails this should be restarted. */
  HealthReport live();

  /** Readiness: whether calls can be served now. A node that fails this should get none. */
  HealthReport ready();
}
