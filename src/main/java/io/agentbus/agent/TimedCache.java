package io.agentbus.agent;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * Values that may be a short time old. Of many threads that miss the same key at once, one loads and the others wait
 * for it. What was being loaded when {@link #forget} was called is handed to those who asked before, and not kept.
 */
public final class TimedCache<K, V> {
  private record Entry<V>(V value, long until) {}

  private final ConcurrentHashMap<K, Entry<V>> entries = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<K, CompletableFuture<V>> loading = new ConcurrentHashMap<>();
  private final AtomicLong generation = new AtomicLong();
  private final int max;
  private final Function<V, Duration> lifetime;

  /**
   * @param max most entries; one more throws out the old ones
   * @param lifetime how long a value may be used
   */
  public TimedCache(int max, Function<V, Duration> lifetime) {
    this.max = max;
    this.lifetime = lifetime;
  }

  /** The kept value, or the one that {@code load} gives; what it throws is thrown to all who wait for it. */
  public V get(K key, Function<K, V> load) {
    var kept = entries.get(key);
    if (kept != null && kept.until - System.nanoTime() > 0) {
      return kept.value;
    }
    var began = generation.get();
    var mine = new CompletableFuture<V>();
    var other = loading.putIfAbsent(key, mine);
    return other == null ? load(key, load, mine, began) : wait(other);
  }

  /** Makes every later {@link #get} load anew. */
  public void forget() {
    generation.incrementAndGet();
    loading.clear();
    entries.clear();
  }

  /** How many values are held, old ones included. */
  int size() {
    return entries.size();
  }

  private V load(K key, Function<K, V> load, CompletableFuture<V> mine, long began) {
    try {
      var value = load.apply(key);
      keep(key, value, began);
      mine.complete(value);
      return value;
    } catch (Throwable failure) {
      mine.completeExceptionally(failure);
      throw failure;
    } finally {
      loading.remove(key, mine);
    }
  }

  private void keep(K key, V value, long began) {
    var now = System.nanoTime();
    if (entries.size() >= max) {
      entries.values().removeIf(entry -> entry.until - now <= 0);
      if (entries.size() >= max) {
        entries.clear();
      }
    }
    var entry = new Entry<>(value, now + lifetime.apply(value).toNanos());
    entries.put(key, entry);
    // forget() may have run between the look-up and the put: then it must not stay.
    if (generation.get() != began) {
      entries.remove(key, entry);
    }
  }

  private static <V> V wait(CompletableFuture<V> other) {
    try {
      return other.join();
    } catch (CompletionException failure) {
      throw failure.getCause() instanceof RuntimeException cause ? cause : failure;
    }
  }
}
