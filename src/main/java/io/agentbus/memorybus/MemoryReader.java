package io.agentbus.memorybus;

import io.agentbus.event.EventReads;
import io.agentbus.memorybus.GovernancePolicy.Deed;
import io.agentbus.memorybus.MemoryNames.Wanted;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Call;
import io.agentbus.op.Caller;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Answers entries within the caller's walls. Words are found by Postgres' full-text search without stemming, so that names and versions are
 * found as they are written, in any language.
 */
public final class MemoryReader {
  private static final String JSON = "json";
  private static final int LINKS = 1_000;
  /** The recall that makes an entry long, where anybody may promote. */
  private static final int PROMOTES = 5;
  /** What a token is taken to be: no tokenizer is run. */
  private static final int TOKEN = 4;

  private final MemoryNames names;
  private final MemoryStandards standards;
  private final EventReads reads;

  /** @param reads takes down who has read what */
  MemoryReader(MemoryNames names, MemoryStandards standards, EventReads reads) {
    this.names = names;
    this.standards = standards;
    this.reads = reads;
  }

  /** One entry with its links. Looking at it counts for nothing. */
  public MemoryEntry get(Call call, MemoryRef in) {
    var caller = call.caller();
    var entry = MemoryStore.get(call.sql(), caller, in.id()).entry();
    var links = call.sql().run("memory.links_of", MemoryStore.tuple(in.id(), MemoryNames.walls(caller), (long) LINKS)).stream()
        .map(row -> new MemoryLink(row.getUUID("source_id"), row.getUUID("target_id"), row.getString("relation"), row.getOffsetDateTime("created_at")))
        .toList();
    reads.note(call, "memory_get", null, List.of(), 1);
    return new MemoryEntry(entry.id(), entry.tier(), entry.namespace(), entry.title(), entry.content(), entry.tags(), entry.priority(),
        entry.confidence(), entry.source(), entry.accessCount(), entry.createdAt(), entry.updatedAt(), entry.lastAccessedAt(), entry.expiresAt(),
        entry.metadata(), null, links);
  }

  /** A list of entries. Looking at them counts for nothing. */
  public ListedMemories list(Call call, ListMemories in) {
    var wanted = names.wanted(call.caller(), in.namespace());
    var found = found(call, "memory.list", wanted, in.tier(), in.agentId(), MemoryText.tags(in.tags()), in.since(), in.until(), in.minPriority(),
        places(call.caller(), null), null, in.offset() == null ? 0 : in.offset(), limit(in.limit(), 20, 200));
    reads.note(call, "memory_list", wanted.exact(), List.of(), found.entries().size());
    return new ListedMemories(found.entries(), found.entries().size(), JSON, found.truncated());
  }

  /** The entries that hold all of some words. Looking at them counts for nothing. */
  public FoundMemories search(Call call, SearchMemories in) {
    var wanted = names.wanted(call.caller(), in.namespace());
    var found = found(call, "memory.search", wanted, in.tier(), in.agentId(), MemoryText.tags(in.tags()), in.since(), in.until(), in.minPriority(),
        places(call.caller(), in.asAgent()), in.query(), 0, limit(in.limit(), 20, 200));
    reads.note(call, "memory_search", wanted.exact(), List.of(), found.entries().size());
    return new FoundMemories(found.entries(), found.entries().size(), JSON, found.truncated());
  }

  /** The entries that answer best to some words. Each that is answered lives longer for it. */
  public RecalledMemories recall(Call call, RecallMemories in) {
    var caller = call.caller();
    var wanted = names.wanted(caller, in.namespace());
    var place = places(caller, in.asAgent());
    var near = in.contextTokens() == null ? "" : String.join(" ", in.contextTokens());
    var rows = call.sql().run("memory.recall", MemoryStore.tuple(MemoryNames.walls(caller), wanted.exact(), wanted.regex(), wanted.regexBelow(),
        MemoryText.tags(in.tags()), in.since(), in.until(), (long) limit(in.limit(), 10, 50), in.context(), near, place[0], place[1], place[2], place[3]));
    var candidates = 0;
    var used = 0;
    var budget = in.budgetTokens();
    var chosen = new ArrayList<MemoryEntry>();
    var ripeIn = new HashSet<Integer>();
    for (var row : rows) {
      candidates = Math.toIntExact(row.getLong("found"));
      var entry = MemoryStore.entry(caller, row, wanted.below(), Math.round(row.getDouble("score") * 1_000) / 1_000.0);
      var tokens = (entry.title().length() + entry.content().length() + TOKEN - 1) / TOKEN;
      if (budget != null && (budget == 0 || !chosen.isEmpty() && used + tokens > budget)) {
        break;
      }
      chosen.add(entry);
      if (entry.accessCount() + 1 >= PROMOTES && !entry.tier().equals("long")) {
        ripeIn.add(row.getInteger("namespace_id"));
      }
      used += tokens;
    }
    if (!chosen.isEmpty()) {
      var open = ripeIn.stream().filter(id -> standards.open(call.sql(), names.path(id), Deed.PROMOTE)).toArray(Integer[]::new);
      call.sql().run("memory.touch", MemoryStore.tuple(chosen.stream().map(MemoryEntry::id).toArray(UUID[]::new), open, PROMOTES,
          MemoryTier.SHORT.seconds(), MemoryTier.MID.seconds()));
    }
    reads.note(call, "memory_recall", wanted.exact(), List.of(), chosen.size());
    var meta = new RecallMeta("keyword_only", "none", new RecallCandidates(candidates, 0), 0, budget == null ? null : (Integer) used,
        budget == null ? null : (Integer) Math.max(0, budget - used), budget == null ? null : (Integer) (rows.size() - chosen.size()),
        budget == null ? null : (Boolean) (budget > 0 && used > budget));
    return new RecalledMemories(chosen, chosen.size(), "keyword", used, budget, meta, JSON);
  }

  /** @param truncated true when the page holds more than an answer may; else null */
  private record Found(List<MemoryEntry> entries, @Nullable Boolean truncated) {}

  private static Found found(Call call, String statement, Wanted wanted, @Nullable String tier, @Nullable String agentId,
      String @Nullable [] tags, @Nullable OffsetDateTime since, @Nullable OffsetDateTime until, @Nullable Integer minPriority, @Nullable String[] place,
      @Nullable String query, int offset, int limit) {
    var rows = call.sql().run(statement, MemoryStore.tuple(MemoryNames.walls(call.caller()), wanted.exact(), wanted.regex(), wanted.regexBelow(), tier, agentId,
        tags, since, until, minPriority, place[0], place[1], place[2], place[3], query, (long) offset, (long) limit, MemoryStore.ANSWER_BYTES));
    return new Found(rows.stream().map((Row row) -> MemoryStore.entry(call.caller(), row, wanted.below(), null)).toList(), MemoryStore.truncated(rows));
  }

  /** The place whose scopes are looked at, and the three namespaces above it; all null when they are not looked at. */
  private @Nullable String[] places(Caller caller, @Nullable String asAgent) {
    var places = new String[4];
    NamespacePath path = asAgent == null ? null : names.named(caller, "/as_agent", asAgent).path();
    for (var i = 0; i < places.length && path != null; i++, path = path.parent()) {
      places[i] = path.value();
    }
    return places;
  }

  private static int limit(@Nullable Integer asked, int usual, int most) {
    return Math.clamp(asked == null ? usual : asked, 1, most);
  }
}
