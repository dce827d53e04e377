/**
 * Hands ready jobs to agents that ask. Claims of many agents become one statement; an agent that finds nothing waits and is woken by
 * the commit that brings work. The statement decides; what is remembered here (queues, low-water marks) only saves work.
 */
@NullMarked
package io.agentbus.dispatch;

import org.jspecify.annotations.NullMarked;
