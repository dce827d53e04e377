package io.agentbus.insight;

import io.agentbus.loop.Loop;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a node knows of itself.
 *
 * @param name unique among the nodes of the database
 * @param version of the program
 * @param roles what it runs
 * @param startedAt when it started
 * @param loops its loops, as they are when asked
 * @param members names of the nodes in its cluster, as they are when asked; null = it is in none
 */
public record NodeFacts(String name, String version, List<String> roles, Instant startedAt, Supplier<List<Loop>> loops,
    @Nullable Supplier<List<String>> members) {}
