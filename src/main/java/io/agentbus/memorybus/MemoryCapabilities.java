package io.agentbus.memorybus;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Call;
import io.agentbus.op.Json;
import io.vertx.sqlclient.Tuple;

/** Tells what the memory bus can do. Everything is what is so now: nothing is read from settings, and what is not there is not told as there. */
public final class MemoryCapabilities {
  /** Recall goes by words alone. */
  static final String TIER = "keyword";
  private static final String NONE = "none";

  private final String version;

  /** @param version of the program */
  MemoryCapabilities(String version) {
    this.version = version;
  }

  public ToldCapabilities capabilities(Call call, GetCapabilities in) {
    var models = new MemoryModels(NONE, 0, NONE, NONE);
    if ("v1".equals(in.accept())) {
      return new ToldCapabilities(null, TIER, version, features(false), models, null, null, null, null, null, null);
    }
    var facts = call.sql().run("memory.facts", Tuple.tuple().addArrayOfString(MemoryNames.walls(call.caller()))).iterator().next();
    return new ToldCapabilities("2", TIER, version, features(true), models,
        new MemoryPermissions("enforced", facts.getInteger("active_rules"), "enforced"),
        new MemoryHooks(MemorySubscriptions.webhooks(call), MemoryEvents.names()), new PlannedFeature(false, null, false),
        new MemoryApprovals(facts.getInteger("pending_requests")), new PlannedFeature(false, null, false), new MemoryIndex(0, false));
  }

  private static JsonNode features(boolean v2) {
    var features = Json.MAPPER.createObjectNode().put("keyword_search", true);
    for (var absent : new String[] {"semantic_search", "hybrid_recall", "query_expansion", "auto_consolidation", "auto_tagging", "contradiction_analysis",
        "cross_encoder_reranking"}) {
      features.put(absent, false);
    }
    if (!v2) {
      return features.put("memory_reflection", false);
    }
    features.putObject("memory_reflection").put("planned", false).putNull("version").put("enabled", false);
    return features.put("embedder_loaded", false).put("recall_mode_active", "keyword_only").put("reranker_active", "off");
  }
}
