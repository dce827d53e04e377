package io.agentbus.problem;

/**
 * What is wrong with one field of an input.
 *
 * @param pointer JSON pointer into the input, such as {@code /jobs/3/priority}; empty for the whole input
 * @param detail a sentence that names the value and what would be right
 */
public record FieldError(String pointer, String detail) {}
