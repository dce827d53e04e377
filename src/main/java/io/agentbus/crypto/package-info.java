/**
 * Tokens, the journal's signing key, and the box for secrets that must be read again. A token is stored nowhere but in
 * its owner's hands: the database has its digest. Keys lie in the home folder, outside the database.
 */
@NullMarked
package io.agentbus.crypto;

import org.jspecify.annotations.NullMarked;
