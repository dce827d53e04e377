/**
 * The memory bus for clients of ai-memory's HTTP interface: its paths, answers, status codes and errors. Every request is one call of the
 * catalogue; what differs is only where its fields stand and which of the answer's are told.
 */
@NullMarked
package io.agentbus.door.memory;

import org.jspecify.annotations.NullMarked;
