/**
 * Talks to a node over HTTP from another process: the command line and the worker daemon. Knows JSON trees and
 * problems, no operation by name. Invariant: a call ends in exactly one of an answer, {@link
 * io.agentbus.client.Refused} or {@link io.agentbus.client.Unreachable}, and is never sent twice behind the caller's
 * back.
 */
@NullMarked
package io.agentbus.client;

import org.jspecify.annotations.NullMarked;
