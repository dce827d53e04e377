/**
 * The catalogue as a command line: one subcommand for each operation, made from its declaration, and the commands of a
 * node. Invariant: this door translates and decides nothing; what an input may hold is judged by the node alone, so
 * that every door refuses in the same words. Only the subcommand asked for is built: an answer must come within 0.4 s
 * of the start of the JVM.
 */
@NullMarked
package io.agentbus.door.cli;

import org.jspecify.annotations.NullMarked;
