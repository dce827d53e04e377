package io.agentbus.bus;

/** The addresses of the event bus that others may know. What travels on them is described in docs/bus.md. */
public final class Addresses {
  /** Where a bridge's client says once who it is: {@code {"token": ...}}. */
  public static final String AUTH = "agentbus.auth";
  /** Before the name of an operation: requests, answered as through any door. */
  public static final String OPERATION = "agentbus.op.";
  /** Before a topic: each event, published. */
  public static final String EVENT = "agentbus.event.";
  /** Before {@code <namespace>.<name>} of an agent whose channel is {@code eventbus}: its jobs, as requests. */
  public static final String AGENT = "agentbus.agent.";

  /** Before {@code <namespace>.<name>} of an agent whose channel is {@code eventbus}: that its inbox got something, published. */
  public static final String INBOX = "agentbus.inbox.";

  private Addresses() {}

  /**
   * @param namespace such as {@code acme/web}
   * @param name of the agent
   */
  public static String inbox(String namespace, String name) {
    return INBOX + namespace + "." + name;
  }

  /** @param name such as {@code enqueue_job} */
  public static String operation(String name) {
    return OPERATION + name;
  }

  /** @param topic such as {@code build.done} */
  public static String event(String topic) {
    return EVENT + topic;
  }

  /**
   * @param namespace such as {@code acme/web}
   * @param name of the agent
   */
  public static String agent(String namespace, String name) {
    return AGENT + namespace + "." + name;
  }
}
