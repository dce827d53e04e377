/**
 * Postgres: the pool, transactions, named statements, batches, migrations. The only package beside the stores that knows the
 * driver. Nothing here knows a feature.
 */
@NullMarked
package io.agentbus.db;

import org.jspecify.annotations.NullMarked;
