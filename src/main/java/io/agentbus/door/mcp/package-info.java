/**
 * The bus as a server of the Model Context Protocol, at one address for both of its eras: the sessions of 2025-11-25 and
 * before ({@code legacy}), and the self-contained requests of 2026-07-28 ({@code modern}). {@code rpc} reads and writes
 * messages, {@code content} is what a server offers, {@code bus} offers the catalogue, {@code wire} brings answers to the
 * client.
 */
@NullMarked
package io.agentbus.door.mcp;

import org.jspecify.annotations.NullMarked;
