package io.agentbus.bus;

/** The headers of requests at {@code agentbus.op.*} and of their replies. Case does not matter. */
public final class RequestHeaders {
  /** {@code Bearer <token>}: who calls. */
  public static final String AUTHORIZATION = "authorization";
  /** Makes a request safe to repeat. */
  public static final String IDEMPOTENCY_KEY = "idempotency-key";
  /** Names the request in answers, logs and the journal; also a header of the reply. */
  public static final String REQUEST_ID = "request-id";
  /** After how many milliseconds the caller waits no more: its send time-out. */
  public static final String TIMEOUT = "timeout";
  /** Of a reply: {@code true} when it is the kept one of an earlier request with the same key. */
  public static final String IDEMPOTENCY_REPLAYED = "idempotency-replayed";

  private RequestHeaders() {}
}
