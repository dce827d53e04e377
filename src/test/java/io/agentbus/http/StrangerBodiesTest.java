package io.agentbus.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StrangerBodiesTest {
  private final StrangerBodies bodies = new StrangerBodies(100, 60);

  @Test
  void no_address_takes_all_of_it_and_all_together_no_more_than_there_is() {
    assertThat(bodies.take("a", 60)).isTrue();
    assertThat(bodies.take("a", 1)).as("more than one address may").isFalse();
    assertThat(bodies.take("b", 41)).as("more than there is").isFalse();
    assertThat(bodies.take("b", 40)).isTrue();
    assertThat(bodies.held()).isEqualTo(100);
  }

  @Test
  void what_is_given_back_can_be_taken_again() {
    bodies.take("a", 60);
    bodies.giveBack("a", 10);
    bodies.giveBack("a", 0);
    assertThat(bodies.take("a", 11)).isFalse();
    assertThat(bodies.take("a", 10)).isTrue();
    bodies.giveBack("a", 60);
    assertThat(bodies.held()).isZero();
    assertThat(bodies.take("a", 60)).isTrue();
  }
}
