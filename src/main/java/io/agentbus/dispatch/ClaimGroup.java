package io.agentbus.dispatch;

import io.agentbus.job.Job;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Requests of one agent that differ in nothing but how much they want: one line of the claim statement. What it gets is dealt out in the
 * order in which they came.
 */
final class ClaimGroup {
  final List<ClaimRequest> members = new ArrayList<>();
  /** Hints that had come when the group was sent. */
  final long hintsThen;
  private final Set<UUID> claimIds = new HashSet<>();
  private int wanted;

  ClaimGroup(ClaimRequest first, long hintsThen) {
    this.hintsThen = hintsThen;
    add(first);
  }

  /** Whether the request may stand here. One with a claim id that is here already comes later: it asks for the same answer. */
  boolean takes(ClaimRequest request) {
    var common = common();
    return request.agentNo == common.agentNo && request.owner.equals(common.owner)
        && request.actor.equals(common.actor) && request.leaseSeconds == common.leaseSeconds && request.limited == common.limited
        && request.queues.equals(common.queues)
        && !claimIds.contains(request.claimId);
  }

  void add(ClaimRequest request) {
    members.add(request);
    if (request.claimId != null) {
      claimIds.add(request.claimId);
    }
    wanted += request.wanted;
  }

  /** Any of them, for what they have in common. */
  ClaimRequest common() {
    return members.getFirst();
  }

  int wanted() {
    return wanted;
  }

  /** Those that were answered when {@code left} were not. */
  List<ClaimRequest> served(List<ClaimRequest> left) {
    return members.subList(0, members.size() - left.size());
  }

  /** Answers those for whom there is something; returns the others, which get nothing. */
  List<ClaimRequest> deal(List<Job> jobs) {
    var from = 0;
    for (var i = 0; i < members.size(); i++) {
      if (from == jobs.size()) {
        return members.subList(i, members.size());
      }
      var request = members.get(i);
      var to = Math.min(jobs.size(), from + request.wanted);
      request.answer.tryComplete(List.copyOf(jobs.subList(from, to)));
      from = to;
    }
    return List.of();
  }
}
