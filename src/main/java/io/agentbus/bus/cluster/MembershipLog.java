package io.agentbus.bus.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line of the log for each other node that joins or leaves. */
final class MembershipLog implements MembershipListener {
  private static final Logger LOG = LoggerFactory.getLogger(MembershipLog.class);

  @Override
  public void memberAdded(MembershipEvent event) {
    if (!event.getMember().localMember()) {
      LOG.atInfo().addKeyValue("member", name(event.getMember())).addKeyValue("members", names(event.getMembers())).log("a node joined the cluster");
    }
  }

  @Override
  public void memberRemoved(MembershipEvent event) {
    LOG.atInfo().addKeyValue("member", name(event.getMember())).addKeyValue("members", names(event.getMembers())).log("a node left the cluster");
  }

  /** The names of these members' nodes, in their order. */
  static List<String> names(Collection<Member> members) {
    return members.stream().map(MembershipLog::name).sorted().toList();
  }

  private static String name(Member member) {
    return Objects.requireNonNullElse(member.getAttribute(HazelcastSettings.NODE_NAME), "unknown");
  }
}
