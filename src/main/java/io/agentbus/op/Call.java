package io.agentbus.op;

import io.agentbus.db.Sql;

/**
 * One call of an operation: who calls and where its statements go.
 *
 * @param caller who
 * @param requestId of the request this belongs to, for logs and answers
 * @param sql where to run statements: the pool, or the transaction that also keeps the Idempotency-Key's answer
 */
public record Call(Caller caller, String requestId, Sql sql) {}
