package io.agentbus.door.mcp.content;

/**
 * Who a server is and which of its lists change.
 *
 * @param name for programs
 * @param title for people
 * @param version of the program
 * @param instructions how to use it, for a model
 * @param listsChange whether tools and prompts may change while it runs, so that clients may want to be told
 */
public record About(String name, String title, String version, String instructions, boolean listsChange) {}
