package io.agentbus.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeThreadsTest {
  @ParameterizedTest
  @CsvSource({"1, 1, 1", "2, 1, 1", "3, 1, 2", "4, 2, 2", "8, 4, 4"})
  void loops_and_carriers_are_as_many_as_the_cores_and_never_none(int cores, int loops, int carriers) {
    assertThat(NodeThreads.eventLoops(cores)).isEqualTo(loops);
    assertThat(NodeThreads.carriers(cores)).isEqualTo(carriers);
  }
}
