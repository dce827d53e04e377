package io.agentbus.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.agentbus.campaign.CampaignSweeperConfig;
import io.agentbus.campaign.CampaignSweeperVerticle;
import io.agentbus.config.AgentbusConfig;
import io.agentbus.config.ConfigException;
import io.agentbus.dispatch.Dispatcher;
import io.agentbus.dispatch.DispatcherConfig;
import io.agentbus.dispatch.DispatcherVerticle;
import io.agentbus.dispatch.DueJobsConfig;
import io.agentbus.dispatch.DueJobsVerticle;
import io.agentbus.dispatch.HandOvers;
import io.agentbus.dispatch.LeaseSweeperConfig;
import io.agentbus.dispatch.LeaseSweeperVerticle;
import io.agentbus.event.EventPublisher;
import io.agentbus.event.EventPublisherConfig;
import io.agentbus.event.EventPublisherVerticle;
import io.agentbus.event.SequencerConfig;
import io.agentbus.event.SequencerVerticle;
import io.agentbus.insight.HeartbeatConfig;
import io.agentbus.insight.HeartbeatVerticle;
import io.agentbus.insight.MetricsConfig;
import io.agentbus.insight.MetricsVerticle;
import io.agentbus.insight.ReadLogConfig;
import io.agentbus.insight.ReadLogVerticle;
import io.agentbus.insight.SealerConfig;
import io.agentbus.insight.SealerVerticle;
import io.agentbus.job.Outage;
import io.agentbus.loop.Loop;
import io.agentbus.loop.LoopVerticle;
import io.agentbus.memorybus.MemoryExpiryConfig;
import io.agentbus.memorybus.MemoryExpiryVerticle;
import io.agentbus.problem.Suggestion;
import io.agentbus.subscription.InboxDrainerConfig;
import io.agentbus.subscription.InboxDrainerVerticle;
import io.agentbus.webhook.in.WebhookReceiverConfig;
import io.agentbus.webhook.in.WebhookReceiverVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Deploys what the descriptors say, with the settings of this node. */
final class Verticles {
  private final Vertx vertx;
  private final List<String> deployments = new ArrayList<>();
  private final List<Loop> loops = new ArrayList<>();

  private Verticles(Vertx vertx) {
    this.vertx = vertx;
  }

  /** Deploys every verticle that one of the node's roles calls for. Waits. */
  static Verticles deploy(Vertx vertx, Bus bus, AgentbusConfig config) {
    refuseUnknown(config);
    var verticles = new Verticles(vertx);
    for (var descriptor : VerticleDescriptor.all()) {
      if (Collections.disjoint(descriptor.nodeRoles(), config.node().roles())) {
        continue;
      }
      var overrides = config.verticles().getOrDefault(descriptor.name(), MissingNode.getInstance());
      var options = new DeploymentOptions().setThreadingModel(threading(descriptor));
      for (var i = 0; i < descriptor.instances(); i++) {
        var verticle = build(descriptor, bus, overrides);
        verticles.loops.addAll(verticle.loops());
        verticle.loops().forEach(bus::watch);
        verticles.deployments.add(vertx.deployVerticle(verticle, options).toCompletionStage().toCompletableFuture().join());
      }
    }
    return verticles;
  }

  /** What the lease sweeper of this node takes for an outage, whether it runs here or not. */
  static Outage outage(AgentbusConfig config) {
    var descriptor = VerticleDescriptor.read("lease-sweeper");
    return descriptor.configuredAs(LeaseSweeperConfig.class, config.verticles().getOrDefault(descriptor.name(), MissingNode.getInstance())).outage();
  }

  /** How many webhooks of a source may wait, wherever they are routed. */
  static int mostWaiting(AgentbusConfig config) {
    var descriptor = VerticleDescriptor.read("webhook-receiver");
    return descriptor.configuredAs(WebhookReceiverConfig.class, config.verticles().getOrDefault(descriptor.name(), MissingNode.getInstance())).maxWaiting();
  }

  /** A setting for a verticle that does not exist would do nothing, and nobody would know. */
  private static void refuseUnknown(AgentbusConfig config) {
    var names = VerticleDescriptor.all().stream().map(VerticleDescriptor::name).toList();
    config.verticles().keySet().stream().filter(name -> !names.contains(name)).sorted().findFirst().ifPresent(name -> {
      throw new ConfigException("verticles." + name, "There is no verticle " + name + Suggestion.words(name, names) + ".");
    });
  }

  /** The loops of all verticles. */
  List<Loop> loops() {
    return List.copyOf(loops);
  }

  /** Stops them in the opposite order, each after the run under way. */
  Future<Void> stop() {
    var done = Future.<Void>succeededFuture();
    for (var id : deployments.reversed()) {
      done = done.eventually(() -> vertx.undeploy(id));
    }
    return done;
  }

  private static ThreadingModel threading(VerticleDescriptor descriptor) {
    return switch (descriptor.threading()) {
      case EVENT_LOOP -> ThreadingModel.EVENT_LOOP;
      case WORKER -> ThreadingModel.WORKER;
      case VIRTUAL_THREAD -> ThreadingModel.VIRTUAL_THREAD;
    };
  }

  private static LoopVerticle build(VerticleDescriptor descriptor, Bus bus, JsonNode overrides) {
    return switch (descriptor.name()) {
      case "sequencer" -> {
        var config = descriptor.configuredAs(SequencerConfig.class, overrides);
        yield new SequencerVerticle(bus.sequencer(), bus.feed(), bus.wakeUps(), config);
      }
      case "event-publisher" -> {
        var config = descriptor.configuredAs(EventPublisherConfig.class, overrides);
        var publisher = new EventPublisher(bus.feed(), bus.messages(), bus.publisherRight(), config);
        yield new EventPublisherVerticle(publisher, bus.feed(), config);
      }
      case "journal-sealer" -> {
        var config = descriptor.configuredAs(SealerConfig.class, overrides);
        yield new SealerVerticle(bus.sealer(config.rowsPerSeal()), config);
      }
      case "heartbeat" -> {
        var config = descriptor.configuredAs(HeartbeatConfig.class, overrides);
        yield new HeartbeatVerticle(bus.database(), bus.presence(), bus.facts(), config);
      }
      case "read-log" -> new ReadLogVerticle(bus.reads(), descriptor.configuredAs(ReadLogConfig.class, overrides));
      case "metrics" -> new MetricsVerticle(bus.metrics(), descriptor.configuredAs(MetricsConfig.class, overrides));
      case "dispatcher" -> {
        var config = descriptor.configuredAs(DispatcherConfig.class, overrides);
        var handOvers = new HandOvers(bus.claims(), bus.attempts(), bus.reads(), bus.database(), bus.messages(), bus.catalogue().limits().lease(), config,
            bus.campaigns().admissions()::admitted);
        yield new DispatcherVerticle(new Dispatcher(bus.directory(), bus.messages(), handOvers, config), bus.messages(), bus.wakeUps(), config);
      }
      case "inbox-drainer" -> {
        var config = descriptor.configuredAs(InboxDrainerConfig.class, overrides);
        yield new InboxDrainerVerticle(bus.subscriptions().drainer(config), config);
      }
      case "due-jobs" -> new DueJobsVerticle(bus.sweeps(), descriptor.configuredAs(DueJobsConfig.class, overrides));
      case "memory-expiry" -> new MemoryExpiryVerticle(bus.memory().expiry(), descriptor.configuredAs(MemoryExpiryConfig.class, overrides));
      case "lease-sweeper" -> new LeaseSweeperVerticle(bus.sweeps(), bus.dependencies(), descriptor.configuredAs(LeaseSweeperConfig.class, overrides));
      case "campaign-sweeper" -> new CampaignSweeperVerticle(bus.campaigns().sweeps(), bus.campaigns().removals(),
          descriptor.configuredAs(CampaignSweeperConfig.class, overrides));
      case "webhook-receiver" -> new WebhookReceiverVerticle(bus.webhooksIn().router(), descriptor.configuredAs(WebhookReceiverConfig.class, overrides));
      default -> throw new IllegalStateException("verticles/" + descriptor.name() + ".yaml names a verticle that nobody builds");
    };
  }
}
