package io.agentbus.door.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One flag of a command.
 *
 * @param name without the dashes, such as {@code target-agent}
 * @param kind how many values it takes
 * @param label stands for the value in the help, such as {@code NUMBER}
 * @param help one sentence or more, for people
 * @param required whether the command is refused without it
 * @param positional place among the arguments without a flag, from 0; -1 for none
 * @param candidates values that a shell may offer; empty when they are not a closed list
 */
public record Flag(String name, Kind kind, String label, String help, boolean required, int positional,
    List<String> candidates) {
  /** How many values a flag takes. */
  public enum Kind {
    /** None: it is there or not. */
    SWITCH,
    /** None, {@code true} or {@code false}. */
    BOOLEAN,
    /** Exactly one. */
    ONE,
    /** One each time it is given. */
    MANY
  }

  /** A flag without a value. */
  public static Flag toggle(String name, String help) {
    return new Flag(name, Kind.SWITCH, "", help, false, -1, List.of());
  }

  /** An optional flag with one value. */
  public static Flag one(String name, String label, String help) {
    return new Flag(name, Kind.ONE, label, help, false, -1, List.of());
  }

  /** An optional flag that may be repeated. */
  public static Flag many(String name, String label, String help) {
    return new Flag(name, Kind.MANY, label, help, false, -1, List.of());
  }

  /** The same flag, but the command is refused without it. */
  public Flag must() {
    return new Flag(name, kind, label, help, true, positional, candidates);
  }

  /** The same flag, also taken from the arguments without a flag. */
  public Flag at(int position) {
    return new Flag(name, kind, label, help, required, position, candidates);
  }

  /** The same flag, no longer required because the program knows its value: {@code what} says which. */
  Flag known(String what) {
    return new Flag(name, kind, label, help + " Here: " + what + ".", false, positional, candidates);
  }

  String dashed() {
    return "--" + name;
  }

  /** The field that the flag fills, when it fills one. */
  String field() {
    return name.replace('-', '_');
  }

  static @Nullable Flag find(List<Flag> flags, String name) {
    return flags.stream().filter(flag -> flag.name().equals(name)).findFirst().orElse(null);
  }
}
