/**
 * The one way to do something again and again: a {@link io.agentbus.loop.Loop} never overlaps with itself, survives failures and ends only
 * when the body under way has ended.
 */
@NullMarked
package io.agentbus.loop;

import org.jspecify.annotations.NullMarked;
