/**
 * The worker daemon: claims jobs for one agent and runs a command once for each. Invariants: a command runs only under
 * a lease that is being renewed; no process of a job outlives the job; what a command produced is sent until the node
 * has answered. Runs on the agent's own machine and knows the node through its doors alone.
 */
@NullMarked
package io.agentbus.work;

import org.jspecify.annotations.NullMarked;
