package io.agentbus.config;

/**
 * Where an effective value came from.
 *
 * @param place the file, the environment variable or the flag; empty for a default
 */
public record Origin(Kind kind, String place) {
  /** The layers, each of which wins over those before it. */
  public enum Kind { DEFAULT, MACHINE, FILE, ENVIRONMENT, COMMAND_LINE }

  static final Origin DEFAULT = new Origin(Kind.DEFAULT, "");

  @Override
  public String toString() {
    return switch (kind) {
      case DEFAULT -> "default";
      case MACHINE -> "this machine's " + place;
      case FILE -> place;
      case ENVIRONMENT -> "environment " + place;
      case COMMAND_LINE -> "command line " + place;
    };
  }
}
