package io.agentbus.app;

import io.agentbus.agent.Directory;
import io.agentbus.bus.WakeUps;
import io.agentbus.db.Database;
import io.agentbus.db.HotConnection;
import io.agentbus.db.NamedQueries;
import io.agentbus.dispatch.Claims;
import io.agentbus.dispatch.DispatchOperations;
import io.agentbus.event.Events;
import io.agentbus.insight.ReadLog;
import io.agentbus.job.Dependencies;
import io.agentbus.job.JobAttempts;
import io.agentbus.job.JobBatches;
import io.agentbus.job.JobChanges;
import io.agentbus.job.JobExplainer;
import io.agentbus.job.JobList;
import io.agentbus.job.JobOperations;
import io.agentbus.job.JobOverrides;
import io.agentbus.job.JobTimelines;
import io.agentbus.job.Jobs;
import io.agentbus.job.LeaseSweeps;
import io.agentbus.job.QueueStore;
import io.agentbus.journal.StateChanges;
import io.agentbus.op.Catalogue;
import io.vertx.core.Vertx;
import java.util.function.Supplier;

/** The jobs of one node: enqueued, claimed, worked on, overridden, swept. */
record JobArea(QueueStore queues, JobBatches batches, Dependencies dependencies, Jobs jobs, JobAttempts attempts, JobOverrides overrides,
    LeaseSweeps sweeps, Claims claims) {
  /** Puts them together. @param lookups for callers that may hold a connection of the common pool already */
  static JobArea open(Vertx vertx, Supplier<String> url, NamedQueries queries, Database database, Database lookups, AgentArea agents, Events events,
      InboxArea inbox, ReadLog reads, StateChanges changes, WakeUps wakeUps, BusSettings settings) {
    var directory = agents.directory();
    var queues = new QueueStore(lookups);
    var jobChanges = new JobChanges(changes, queues);
    var batches = new JobBatches(vertx, url, queries, wakeUps, jobChanges, settings.retryPolicy());
    var dependencies = new Dependencies(database, wakeUps, jobChanges);
    var jobs = new Jobs(directory, queues, batches, dependencies, reads, jobChanges);
    var attempts =
        new JobAttempts(jobs, batches, dependencies, events, inbox.inbox(), inbox.urgent(), queues, directory, jobChanges, settings.retryPolicy());
    var overrides = new JobOverrides(jobs, dependencies, queues, directory, wakeUps, jobChanges);
    var sweeps = new LeaseSweeps(database, dependencies, batches, wakeUps, jobChanges, settings.retryPolicy(), settings.outage());
    var claims = new Claims(vertx, new HotConnection(vertx, "claim", url, queries), lookups, directory, agents.agents(), agents.presence(), jobs,
        attempts, jobChanges, queues, inbox.waits(), inbox.urgent(), wakeUps, settings.pollMillis());
    return new JobArea(queues, batches, dependencies, jobs, attempts, overrides, sweeps, claims);
  }

  void bind(Catalogue catalogue, Directory directory, ReadLog reads) {
    catalogue
        .bindAll(JobOperations.ALL, jobs, new JobList(directory, reads), new JobExplainer(jobs, queues, directory, reads), new JobTimelines(jobs, reads),
            attempts, overrides, sweeps)
        .bindAll(DispatchOperations.ALL, claims);
  }
}
