package io.agentbus.id;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class IdsTest {
  @Test
  void an_id_is_a_uuid_of_version_7_and_sorts_behind_those_before_it() {
    var last = Ids.next();
    for (var i = 0; i < 10_000; i++) {
      var id = Ids.next();
      assertThat(id.version()).isEqualTo(7);
      assertThat(id.variant()).isEqualTo(2);
      assertThat(Long.compareUnsigned(id.getMostSignificantBits(), last.getMostSignificantBits())).isPositive();
      last = id;
    }
  }

  @Test
  void no_random_half_is_handed_out_twice_whoever_asks_at_once() throws InterruptedException, ExecutionException {
    var work = new ArrayList<Callable<List<Long>>>();
    for (var thread = 0; thread < 8; thread++) {
      work.add(() -> {
        var halves = new ArrayList<Long>();
        for (var i = 0; i < 5_000; i++) {
          halves.add(Ids.next().getLeastSignificantBits());
        }
        return halves;
      });
    }
    var all = new HashSet<Long>();
    try (var threads = Executors.newFixedThreadPool(8)) {
      for (var done : threads.invokeAll(work)) {
        all.addAll(done.get());
      }
    }
    assertThat(all).hasSize(40_000);
  }
}
