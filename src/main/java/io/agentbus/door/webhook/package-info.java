/**
 * Where senders of webhooks post: {@code /webhooks/<source>}, and {@code /hooks} in the words of another program's gateway. Translates
 * requests and answers, and decides nothing.
 */
@NullMarked
package io.agentbus.door.webhook;

import org.jspecify.annotations.NullMarked;
