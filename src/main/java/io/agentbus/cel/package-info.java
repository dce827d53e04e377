/**
 * Expressions over one event, in the Common Expression Language: filters of subscriptions, conditions and templates of webhook routes.
 * Written by callers, so that their length, their shape and the work of each evaluation have limits. The library is loaded with the first
 * expression: a node on which nobody writes one does not pay for it.
 */
@NullMarked
package io.agentbus.cel;

import org.jspecify.annotations.NullMarked;
