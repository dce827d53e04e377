package io.agentbus.door.bridge;

/** Why a frame is refused, in the words that the clients of each protocol know. */
enum Denial {
  ACCESS_DENIED("access_denied", "access_denied"),
  NOT_LOGGED_IN("access_denied", "not_logged_in"),
  AUTH_ERROR("auth_error", "auth_error"),
  INVALID_JSON("invalid_json", "invalid_json"),
  MISSING_TYPE("unknown_type", "missing_type"),
  UNKNOWN_TYPE("unknown_type", "invalid_type"),
  MISSING_ADDRESS("missing_address", "missing_address"),
  UNKNOWN_ADDRESS("unknown_address", "unknown_address"),
  INVALID_REPLY_ADDRESS("invalid_reply_address", "invalid_reply_address"),
  MAX_HANDLERS("max_handlers_reached", "max_handlers_reached"),
  MAX_ADDRESS_LENGTH("max_address_length_reached", "max_address_length_reached"),
  INVALID_LENGTH("invalid_length", "invalid_length"),
  FRAME_TOO_LARGE("frame_too_large", "frame_too_large"),
  TOO_MANY_FRAMES("too_many_frames", "too_many_frames"),
  TOO_MANY_CONNECTIONS("too_many_connections", "too_many_connections"),
  TIMEOUT("timeout", "timeout"),
  SLOW_CONSUMER("slow_consumer", "slow_consumer"),
  UNAVAILABLE("unavailable", "unavailable");

  private final String tcp;
  private final String sockJs;

  Denial(String tcp, String sockJs) {
    this.tcp = tcp;
    this.sockJs = sockJs;
  }

  String word(Wire wire) {
    return wire == Wire.TCP ? tcp : sockJs;
  }
}
