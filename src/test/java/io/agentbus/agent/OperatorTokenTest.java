package io.agentbus.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentbus.config.Home;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.problem.ProblemCode;
import io.agentbus.testkit.PgDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class OperatorTokenTest {
  @RegisterExtension
  static final PgDatabase database = new PgDatabase();

  static Fleet fleet;

  @TempDir
  Path folder;

  @BeforeAll
  static void open() {
    fleet = new Fleet(database);
  }

  @AfterAll
  static void close() {
    fleet.close();
  }

  @Test
  void the_first_start_of_a_home_makes_a_token_that_may_do_everything_everywhere() throws IOException {
    var home = Home.open(folder);

    var token = OperatorToken.ensure(home, fleet.database);

    assertThat(Files.readString(home.operatorToken())).isEqualTo(token + "\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.operatorToken())))
        .isEqualTo("rw-------");
    var caller = fleet.authenticator.authenticate(token);
    assertThat(caller.actor()).isEqualTo("token:operator");
    assertThat(caller.rights()).hasSize(5);
    assertThat(caller.sees(new NamespacePath("anything"))).isTrue();
  }

  @Test
  void later_starts_change_nothing() {
    var home = Home.open(folder);
    var token = OperatorToken.ensure(home, fleet.database);
    var before = fleet.value("SELECT (SELECT count(*) FROM tokens) + (SELECT count(*) FROM journal)");

    assertThat(OperatorToken.ensure(home, fleet.database)).isEqualTo(token);
    assertThat(fleet.value("SELECT (SELECT count(*) FROM tokens) + (SELECT count(*) FROM journal)")).isEqualTo(before);
  }

  @Test
  void a_new_database_learns_the_token_of_the_home() {
    var home = Home.open(folder);
    var token = OperatorToken.ensure(home, fleet.database);
    fleet.execute("DELETE FROM tokens WHERE name = 'operator'");
    fleet.authenticator.forget();

    assertThat(OperatorToken.ensure(home, fleet.database)).isEqualTo(token);
    assertThat(fleet.authenticator.authenticate(token).isOperator()).isTrue();
  }

  @Test
  void a_reset_makes_a_new_token_and_ends_the_old_one_for_good() {
    var home = Home.open(folder);
    var old = OperatorToken.ensure(home, fleet.database);
    var neighbour = OperatorToken.ensure(Home.open(folder.resolve("other")), fleet.database);

    var fresh = OperatorToken.reset(home, fleet.database);

    assertThat(OperatorToken.ensure(home, fleet.database)).isEqualTo(fresh).isNotEqualTo(old);
    assertThat(fleet.authenticator.authenticate(fresh).isOperator()).isTrue();
    assertThat(Fleet.code(() -> fleet.authenticator.authenticate(old))).isEqualTo(ProblemCode.UNAUTHENTICATED);
    assertThat(fleet.authenticator.authenticate(neighbour).isOperator()).as("the token of another home").isTrue();
  }

  @Test
  void a_lost_file_is_made_again_by_a_reset() throws IOException {
    var home = Home.open(folder);
    OperatorToken.ensure(home, fleet.database);
    Files.delete(home.operatorToken());

    assertThat(fleet.authenticator.authenticate(OperatorToken.reset(home, fleet.database)).isOperator()).isTrue();
  }

  @Test
  void a_file_that_holds_no_token_is_named_and_left_alone() throws IOException {
    var home = Home.open(folder);
    Files.writeString(home.operatorToken(), "hello");

    assertThatThrownBy(() -> OperatorToken.ensure(home, fleet.database)).isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(home.operatorToken().toString()).hasMessageContaining("token reset");
    assertThat(Files.readString(home.operatorToken())).isEqualTo("hello");
  }
}
