package io.agentbus.app;

import io.agentbus.config.Home;
import io.agentbus.crypto.SigningKey;
import io.agentbus.db.Database;
import io.agentbus.insight.Audits;
import io.agentbus.insight.HealthReader;
import io.agentbus.insight.InsightOperations;
import io.agentbus.insight.JournalList;
import io.agentbus.insight.JournalSealer;
import io.agentbus.insight.JournalVerifier;
import io.agentbus.insight.Metrics;
import io.agentbus.insight.NodeFacts;
import io.agentbus.insight.ReadLog;
import io.agentbus.insight.SealExport;
import io.agentbus.loop.Loop;
import io.agentbus.op.Catalogue;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** How one node is seen: what was read, measured and sealed, and how far its loops are. */
record InsightArea(Database database, PrometheusMeterRegistry registry, ReadLog reads, Metrics metrics, NodeFacts facts, Home home, SigningKey key,
    SealExport export, List<Loop> loops) {
  /** Puts them together. @param lookups for callers that may hold a connection of the common pool already */
  static InsightArea open(Database database, Database lookups, PrometheusMeterRegistry registry, BusSettings settings) {
    var loops = new CopyOnWriteArrayList<Loop>();
    var facts = new NodeFacts(settings.nodeName(), settings.version(), settings.roles(), Instant.now(), () -> List.copyOf(loops), settings.members());
    return new InsightArea(database, registry, new ReadLog(lookups), new Metrics(registry, database), facts, settings.home(),
        SigningKey.open(settings.home()), new SealExport(settings.home()), loops);
  }

  void bind(Catalogue catalogue) {
    catalogue.bindAll(InsightOperations.ALL, new HealthReader(database, facts), new JournalList(), new JournalVerifier(home, key, export),
        new Audits(Clock.systemUTC()));
  }

  JournalSealer sealer(int rowsPerSeal) {
    return new JournalSealer(database, key, export, facts.name(), rowsPerSeal);
  }

  /** Makes a loop's progress part of the heartbeat and of the metrics. */
  void watch(Loop loop) {
    loops.add(loop);
    metrics.watch(loop);
  }
}
