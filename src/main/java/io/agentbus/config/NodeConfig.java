package io.agentbus.config;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Who this process is.
 *
 * @param name unique among the nodes of one database; empty = the machine's host name (a loaded configuration holds
 *     that name)
 * @param roles what it runs; at least one, each once
 * @param home the folder of its own data: embedded Postgres, operator token, keys
 */
public record NodeConfig(String name, List<NodeRole> roles, Path home) {
  private static final Pattern NAME = Pattern.compile("|[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

  public NodeConfig {
    Check.that(NAME.matcher(name).matches(), "node.name", '"' + name + '"',
        "must be 1 to 63 letters, digits, dots, dashes or underscores, and start with a letter or digit");
    roles = List.copyOf(roles);
    Check.that(!roles.isEmpty(), "node.roles", "empty",
        "must name at least one of api, dispatch, maintenance, ingress");
    Check.that(roles.stream().distinct().count() == roles.size(), "node.roles", roles, "must name each role once");
    Check.that(!home.toString().isEmpty(), "node.home", "empty", "must be a folder");
    home = home.toAbsolutePath().normalize();
  }

  public static NodeConfig defaults() {
    return new NodeConfig("", List.of(NodeRole.values()), Path.of(System.getProperty("user.home"), ".agentbus"));
  }
}
