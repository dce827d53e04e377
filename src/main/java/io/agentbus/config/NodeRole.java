package io.agentbus.config;

/** What a node runs. */
public enum NodeRole {
  /** The doors: REST, MCP, event bus, console. */
  API,
  /** Hands jobs to agents whose channel is push. */
  DISPATCH,
  /** Sweeps leases, fires standing orders, seals the journal, deletes what is old enough. */
  MAINTENANCE,
  /** Receives webhooks and drains inboxes. */
  INGRESS
}
