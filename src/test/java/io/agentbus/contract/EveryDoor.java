package io.agentbus.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/** Runs a test once for each door and compares what was answered with what the first door answered to the same calls. */
final class EveryDoor implements TestTemplateInvocationContextProvider {
  private static final Namespace OURS = Namespace.create(EveryDoor.class);

  @Override
  public boolean supportsTestTemplate(ExtensionContext context) {
    return true;
  }

  @Override
  public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
    var doors = context.getRoot().getStore(OURS).getOrComputeIfAbsent(Doors.class, ignored -> Doors.open(context.getRoot()), Doors.class);
    return doors.all().stream().map(door -> new Through(doors.world(), door));
  }

  /** What a door answered, call by call. */
  private record Told(String door, List<String> answers) {}

  /** One run of one test. */
  private record Through(World world, Door door) implements TestTemplateInvocationContext {
    @Override
    public String getDisplayName(int index) {
      return door.name();
    }

    @Override
    public List<Extension> getAdditionalExtensions() {
      return List.of(new Run(new Life(world, door)));
    }
  }

  private record Run(Life life) implements ParameterResolver, AfterTestExecutionCallback {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == Life.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return life;
    }

    @Override
    public void afterTestExecution(ExtensionContext context) throws Exception {
      life.close();
      if (context.getExecutionException().isPresent()) {
        return;
      }
      var told = new Told(life.door(), life.answers());
      var first = context.getRoot().getStore(OURS).getOrComputeIfAbsent(context.getRequiredTestMethod(), ignored -> told, Told.class);
      for (var i = 0; i < Math.min(first.answers().size(), told.answers().size()); i++) {
        assertThat(told.answers().get(i)).as("answer " + (i + 1) + " of the " + told.door() + ", where the " + first.door() + " said the other")
            .isEqualTo(first.answers().get(i));
      }
      assertThat(told.answers()).hasSameSizeAs(first.answers());
    }
  }
}
