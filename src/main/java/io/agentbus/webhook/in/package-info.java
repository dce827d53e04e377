/**
 * Webhooks from outside: their sources with scheme and secrets, what came, and the rules by which it becomes jobs, messages and events.
 * Invariants: nothing unproven is kept; what was answered 2xx is in the database; each delivery is routed in one transaction, once.
 */
@NullMarked
package io.agentbus.webhook.in;

import org.jspecify.annotations.NullMarked;
