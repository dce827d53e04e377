/**
 * How senders of webhooks prove who they are, and where they say what they send. Pure: raw bytes, headers, keys and a time go in, an
 * answer comes out. Invariant: nothing of a body is read before it is proven.
 */
@NullMarked
package io.agentbus.webhook.in.scheme;

import org.jspecify.annotations.NullMarked;
