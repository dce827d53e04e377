package io.agentbus.app;

import io.agentbus.agent.AgentOperations;
import io.agentbus.campaign.CampaignOperations;
import io.agentbus.control.ControlOperations;
import io.agentbus.dispatch.DispatchOperations;
import io.agentbus.door.cli.Cli;
import io.agentbus.door.cli.HealthCommand;
import io.agentbus.door.cli.NodeCommand;
import io.agentbus.door.cli.Terminal;
import io.agentbus.door.cli.WorkCommand;
import io.agentbus.event.EventOperations;
import io.agentbus.inbox.InboxOperations;
import io.agentbus.insight.InsightOperations;
import io.agentbus.job.JobOperations;
import io.agentbus.memorybus.MemoryOperations;
import io.agentbus.op.Operation;
import io.agentbus.subscription.SubscriptionOperations;
import io.agentbus.webhook.in.SourceOperations;
import io.agentbus.webhook.out.WebhookOutOperations;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;

/** What the program can be asked to do. */
public final class Commands {
  static final String VERSION = version();

  private Commands() {}

  /** Every operation of the bus, in the order of the help. */
  public static List<Operation<?, ?, ?>> operations() {
    return Stream.of(JobOperations.ALL, DispatchOperations.ALL, EventOperations.ALL, InboxOperations.ALL, SubscriptionOperations.ALL,
        MemoryOperations.ALL, WebhookOutOperations.ALL, AgentOperations.ALL,
        ControlOperations.ALL, CampaignOperations.ALL, SourceOperations.ALL, InsightOperations.ALL).<Operation<?, ?, ?>>flatMap(List::stream).toList();
  }

  /** The commands that are no operations, in the order of the help. */
  public static List<NodeCommand> nodeCommands() {
    var clock = Clock.systemUTC();
    return List.of(new UpCommand(), new WorkCommand(clock), new HealthCommand(clock), new MigrateCommand(), new ConfigCommand(),
        new VerticlesCommand(), new TokenCommand(), new OpenApiCommand(VERSION));
  }

  /**
   * Runs the program and returns its exit code.
   *
   * @param programs further commands, which build on a node
   */
  public static int run(String[] argv, List<NodeCommand> programs) {
    var commands = Stream.concat(nodeCommands().stream(), programs.stream()).toList();
    return new Cli(Commands::operations, commands, VERSION, Clock.systemUTC()).run(List.of(argv), Terminal.ofProcess());
  }

  private static String version() {
    var written = Commands.class.getPackage().getImplementationVersion();
    return written == null ? "(not packaged)" : written;
  }
}
