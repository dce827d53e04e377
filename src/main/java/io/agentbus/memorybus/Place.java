package io.agentbus.memorybus;

import io.agentbus.namespace.NamespacePath;

/**
 * A namespace in which entries are kept.
 *
 * @param id its number
 */
record Place(NamespacePath path, int id) {}
