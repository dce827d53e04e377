package io.agentbus.http;

/**
 * How much of a body its sender may send.
 *
 * @param most bytes
 * @param known whether it is known who sends it. Bodies of others, which are proven by what is in them, are held in an allowance of
 *     their own, so that strangers take no place from callers with a token
 */
public record Welcome(int most, boolean known) {}
