package io.agentbus.journal;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class StateChangesTest {
  private static final UUID JOB = UUID.fromString("01970000-0000-7000-8000-000000000001");
  private static final StateChange CLAIM = new StateChange("claim_jobs", "agent:acme/devops", "acme", JOB, "queued", "leased", 7L, 2,
      "devops", Duration.ofMillis(41), null);

  private final Logger logger = (Logger) LoggerFactory.getLogger(StateChanges.LOGGER);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final StateChanges changes = new StateChanges();

  @BeforeEach
  void listen() {
    logger.setAdditive(false);
    logger.setLevel(Level.INFO);
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void leave() {
    logger.detachAppender(lines);
    logger.setLevel(null);
    logger.setAdditive(true);
  }

  @Test
  void a_change_is_one_line_with_its_keys() {
    changes.said(CLAIM);
    assertThat(lines.list).hasSize(1);
    assertThat(lines.list.getFirst().getKeyValuePairs().stream().map(pair -> pair.key + "=" + pair.value).collect(Collectors.joining(" ")))
        .isEqualTo("event=job.leased action=claim_jobs actor=agent:acme/devops namespace=acme job=" + JOB
            + " from=queued to=leased fence=7 attempt=2 agent=devops waitedMs=41");
  }

  @Test
  void the_level_of_the_logger_turns_lines_off_and_leaves_the_hearers() {
    var heard = new ArrayList<StateChange>();
    changes.hear(heard::add);
    logger.setLevel(Level.WARN);
    changes.said(List.of(CLAIM, StateChange.of("enqueue_job", "token:operator", "acme", JOB, null, "queued")));
    assertThat(lines.list).isEmpty();
    assertThat(heard).hasSize(2).first().isEqualTo(CLAIM);
  }

  @Test
  void a_hearer_that_throws_spoils_nothing() {
    var heard = new ArrayList<StateChange>();
    changes.hear(change -> {
      throw new IllegalStateException("meant");
    });
    changes.hear(heard::add);
    changes.said(CLAIM);
    assertThat(heard).containsExactly(CLAIM);
    assertThat(lines.list).hasSize(1);
  }
}
