package io.agentbus.app;

import io.vertx.core.spi.VertxServiceProvider;
import java.io.IOException;
import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import java.util.function.Supplier;

/**
 * Hides the cluster library from a Vert.x that starts without one: it makes an object of every provider that it finds on the class path,
 * and would load the library for nothing. The one place where it looks is the context class loader of the thread that starts it.
 */
final class ClusterHidden extends ClassLoader {
  private static final String PROVIDERS = "META-INF/services/" + VertxServiceProvider.class.getName();
  private static final String LIBRARY = "vertx-hazelcast";

  private ClusterHidden(ClassLoader parent) {
    super(parent);
  }

  /** Runs {@code start} on this thread and hands on what it makes. */
  static <T> T during(Supplier<T> start) {
    var thread = Thread.currentThread();
    var before = thread.getContextClassLoader();
    thread.setContextClassLoader(new ClusterHidden(before));
    try {
      return start.get();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Override
  public Enumeration<URL> getResources(String name) throws IOException {
    var found = super.getResources(name);
    return name.equals(PROVIDERS)
        ? Collections.enumeration(Collections.list(found).stream().filter(url -> !url.getPath().contains(LIBRARY)).toList()) : found;
  }
}
