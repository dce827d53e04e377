package io.agentbus.sim;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.client.CallFailed;
import io.agentbus.client.NodeClient;
import io.agentbus.client.Refused;
import io.agentbus.client.Unreachable;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.agentbus.testkit.HttpCaller;
import io.agentbus.testkit.NodeProcess;
import io.agentbus.testkit.PgDatabase;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A node in a process of its own, called over HTTP and killed with kill -9. */
final class ProcessNode implements SimNode {
  private static final String[] QUICK = {"--set", "jobs.retry-base=50ms", "--set", "jobs.retry-cap=500ms", "--log-level", "error"};

  private final NodeProcess process;

  ProcessNode(PgDatabase database, Path folder, String name) {
    process = NodeProcess.over(database, folder, name, QUICK);
  }

  /** A token that may do everything everywhere. */
  String operatorToken() {
    return process.operatorToken();
  }

  @Override
  public JsonNode call(String token, String operation, String input, @Nullable String key) {
    try {
      return new HttpCaller(new NodeClient(process.url(), token.isEmpty() ? null : token)).tryCall(operation, input, key);
    } catch (Refused refused) {
      throw ProblemException.of(ProblemCode.ofWire(refused.code()), refused.getMessage());
    } catch (Unreachable gone) {
      throw new Gone(gone);
    } catch (CallFailed other) {
      throw new IllegalStateException("a call can fail in two ways", other);
    }
  }

  @Override
  public void crash() {
    process.kill9();
  }

  @Override
  public void restart() {
    process.up(QUICK);
  }

  @Override
  public void close() {
    process.close();
  }
}
