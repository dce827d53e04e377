package io.agentbus.app;

import io.agentbus.bus.cluster.Cluster;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.micrometer.MetricsDomain;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The meters of one process: what the JVM and Vert.x tell, and what the bus adds. Made before Vert.x, closed after it. */
final class NodeMetrics implements AutoCloseable {
  private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics collections = new JvmGcMetrics();

  NodeMetrics() {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    collections.bindTo(registry);
  }

  /** Tells a number whenever somebody looks. */
  void watch(String name, String description, Supplier<Number> number) {
    Gauge.builder(name, number).description(description).register(registry);
  }

  /** Where all meters are. */
  PrometheusMeterRegistry registry() {
    return registry;
  }

  /**
   * Starts the one Vert.x of the node, which tells of its pools and HTTP server; the rest costs more than it says.
   *
   * @param cluster of which it becomes a member; null = none
   */
  Future<Vertx> vertx(@Nullable Cluster cluster) {
    var told = new MicrometerMetricsOptions().setEnabled(true).addDisabledMetricsCategory(MetricsDomain.EVENT_BUS)
        .addDisabledMetricsCategory(MetricsDomain.NET_CLIENT).addDisabledMetricsCategory(MetricsDomain.NET_SERVER)
        .addDisabledMetricsCategory(MetricsDomain.HTTP_CLIENT).addDisabledMetricsCategory(MetricsDomain.DATAGRAM_SOCKET);
    var options = new VertxOptions().setEventLoopPoolSize(NodeThreads.eventLoops()).setPreferNativeTransport(false).setMetricsOptions(told);
    var builder = Vertx.builder().withMetrics(new MicrometerMetricsFactory(registry));
    return cluster == null ? Future.succeededFuture(ClusterHidden.during(() -> builder.with(options).build())) : cluster.join(builder, options);
  }

  @Override
  public void close() {
    collections.close();
    registry.close();
  }
}
