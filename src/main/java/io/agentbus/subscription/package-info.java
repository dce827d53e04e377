/**
 * Subscriptions: standing wishes to be told of matching events. Events are handed out from one shared cursor into deliveries, rows that
 * wait until their target has them; what begins in the past or cannot keep up has a cursor of its own until it has caught up.
 */
@NullMarked
package io.agentbus.subscription;

import org.jspecify.annotations.NullMarked;
