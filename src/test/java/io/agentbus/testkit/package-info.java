/** What tests share: a real Postgres with a fresh database for each class. No mocks of what can run for real. */
@NullMarked
package io.agentbus.testkit;

import org.jspecify.annotations.NullMarked;
