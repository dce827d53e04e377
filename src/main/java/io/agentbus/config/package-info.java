/**
 * What an operator sets, how a process logs, and where a node keeps its own files: the home folder, its lock, its
 * secrets.
 *
 * <p>One record per component is read from YAML, environment and command line into
 * {@link io.agentbus.config.AgentbusConfig}. A configuration record that exists is valid: its constructor refuses
 * nonsense with a sentence that names key and value. The defaults stand in the records' {@code defaults()} alone;
 * {@code conf/agentbus.yaml} shows them and a test holds the two together. Secrets are written with mode 0600, whole or
 * not at all, and print as {@code ***}.
 */
@NullMarked
package io.agentbus.config;

import org.jspecify.annotations.NullMarked;
