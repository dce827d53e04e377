package io.agentbus.op;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says of one component of an input or output record what its Java type does not: the schema, the CLI flag's help and
 * the checks are all made from it.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD})
public @interface Field {
  /** One line for a reader of the API: meaning, unit, what absence means. */
  String value();

  /** In an input: must be given, and a text not empty. In an output: never null (every component is always there). */
  boolean required() default false;

  /** Smallest number allowed. */
  long min() default Long.MIN_VALUE;

  /** Largest number allowed. */
  long max() default Long.MAX_VALUE;

  /**
   * Longest text allowed, or of each text of a list, in characters; in an input {@link FieldShape#DEFAULT_MAX_LENGTH}
   * unless set.
   */
  int maxLength() default -1;

  /** Most entries of a list or map; in an input {@link FieldShape#DEFAULT_MAX_ITEMS} unless set. */
  int maxItems() default -1;

  /**
   * Largest JSON, in bytes of UTF-8, of a component that holds any JSON; in an input {@link
   * FieldShape#DEFAULT_MAX_BYTES} unless set.
   */
  int maxBytes() default -1;

  /** Regular expression that a text, or each text of a list, must match. */
  String pattern() default "";

  /** What {@link #pattern} means, in words, for the error: "a namespace such as acme/team". */
  String shape() default "";

  /** The closed list of values, where the type is text. */
  String[] oneOf() default {};

  /** What absence means, as JSON text: {@code 100}, {@code "reactive"}. Documentation: the service applies it. */
  String def() default "";

  /**
   * The settable limit that goes before {@link #min}, {@link #max}, {@link #maxItems}, {@link #maxBytes} or {@link #def}. What it
   * says of absence is put into the input by the reader.
   */
  Limit limit() default Limit.NONE;

  /** An example as JSON text, for the API document and the CLI help. */
  String example() default "";

  /** A token or key: never repeated in errors and logs, typed blind in forms. */
  boolean secret() default false;

  /** Place among the CLI's positional arguments, from 0; -1 for a flag only. */
  int positional() default -1;
}
