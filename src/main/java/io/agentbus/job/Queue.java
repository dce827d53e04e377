package io.agentbus.job;

import io.agentbus.namespace.NamespacePath;
import org.jspecify.annotations.Nullable;

/**
 * One line of jobs: those of one namespace, for one target, in one lane.
 *
 * @param id its number
 * @param namespaceId the namespace of its jobs
 * @param namespace the same as a path
 * @param targetId whom the jobs are for
 * @param targetNamespaceId the namespace in which the target's name means something
 * @param kind agent, capability, tag or any
 * @param name the target's name; empty for any
 * @param lane the lane
 */
public record Queue(int id, int namespaceId, NamespacePath namespace, int targetId, int targetNamespaceId, String kind, String name, Lane lane) {
  @Nullable String targetAgent() {
    return kind.equals("agent") ? name : null;
  }

  @Nullable String targetCapability() {
    return kind.equals("capability") ? name : null;
  }

  @Nullable String targetTag() {
    return kind.equals("tag") ? name : null;
  }
}
