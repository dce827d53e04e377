package io.agentbus.door.mcp.legacy;

import io.agentbus.door.mcp.rpc.RpcError;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The id of an event: {@code 3-7} is the seventh message of the third stream of a session.
 *
 * @param stream {@link Shelf#COMMON} for the one that belongs to no request
 * @param number 0 for the event that only says how ids look
 */
record EventId(int stream, int number) {
  private static final Pattern FORM = Pattern.compile("(\\d{1,9})-(\\d{1,9})");

  /** The id in a Last-Event-ID header; null when there is none. @throws RpcError for what is no id of ours */
  static @Nullable EventId of(@Nullable String header) {
    if (header == null || header.isBlank()) {
      return null;
    }
    var parts = FORM.matcher(header.strip());
    if (!parts.matches()) {
      throw RpcError.invalidRequest("This Last-Event-ID is not the id of an event of this session.");
    }
    return new EventId(Integer.parseInt(parts.group(1)), Integer.parseInt(parts.group(2)));
  }
}
