/**
 * Jobs and their attempts: enqueue, finish, override, explain. A job's state is the table it stands in; every change is one
 * statement or one transaction that also writes the journal, and checks owner, fence and state itself.
 *
 * <pre>
 * waiting -> queued -> leased -> running -> succeeded | failed | dead | cancelled
 *              ^          |         |
 *              +----------+---------+-> blocked -> queued
 * </pre>
 */
@NullMarked
package io.agentbus.job;

import org.jspecify.annotations.NullMarked;
