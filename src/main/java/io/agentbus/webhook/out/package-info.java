/**
 * Webhooks to the outside: where subscriptions send to, with which secrets and headers, what is sent and how it is signed, and what an answer
 * means. When a delivery is tried again is kept by the subscriptions. Invariants: a secret is shown once and stored closed; each try is signed
 * anew with the time of that try; nothing is sent to an address that was not checked for it.
 */
@NullMarked
package io.agentbus.webhook.out;

import org.jspecify.annotations.NullMarked;
