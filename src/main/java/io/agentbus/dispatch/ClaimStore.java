package io.agentbus.dispatch;

import io.agentbus.db.HotConnection;
import io.agentbus.db.HotConnection.Step;
import io.agentbus.job.ClaimRow;
import io.agentbus.job.Job;
import io.agentbus.job.QueueStore;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/** The claim statement: many agents' wishes in, jobs in claim order out. */
final class ClaimStore {
  private final HotConnection connection;
  private final QueueStore queues;

  ClaimStore(HotConnection connection, QueueStore queues) {
    this.connection = connection;
    this.queues = queues;
  }

  /** A job handed to the group with this number, and where it stood in its line. */
  record Handed(int group, Job job, int queueId, LowWater.Mark place) {}

  /**
   * What a claim gave.
   *
   * @param free by group, how many jobs its agent could take, where that is less than the group wants: 0 for one at its limit, paused or not
   *     wanted to work. A limited agent could take none either when its group did not say that it is
   */
  record Claimed(List<Handed> handed, Map<Integer, Integer> free) {
    /** Whether a group that was given so many jobs got no more because its agent may take no more. */
    boolean isFull(int group, int given) {
      return given >= free.getOrDefault(group, Integer.MAX_VALUE);
    }
  }

  /** Claims for these, one group an agent. Limited agents are locked first, in one order, so that their count is exact. */
  Future<Claimed> claim(List<ClaimGroup> groups, LowWater lowWater) {
    var lock = groups.stream().anyMatch(group -> group.common().limited);
    var claim = new Step("job.claim", parameters(groups, lowWater, lock));
    if (!lock) {
      return connection.run(claim.name(), claim.parameters()).map(this::read);
    }
    var agents = groups.stream().map(group -> group.common().agentNo).toArray(Integer[]::new);
    return connection.transaction(List.of(new Step("job.lock_agents", Tuple.tuple().addArrayOfInteger(agents)), claim)).map(this::read);
  }

  Future<Void> close() {
    return connection.close();
  }

  private Claimed read(RowSet<Row> rows) {
    var handed = new ArrayList<Handed>(rows.size());
    var free = new HashMap<Integer, Integer>();
    for (var row : rows) {
      if (row.getUUID("id") == null) {
        free.put(row.getInteger("req"), row.getLong("free").intValue());
        continue;
      }
      var queueId = row.getInteger("queue_id");
      handed.add(new Handed(row.getInteger("req"), ClaimRow.read(row, queues), queueId,
          new LowWater.Mark(row.getShort("rank"), row.getOffsetDateTime("run_after"), row.getUUID("id"))));
    }
    return new Claimed(handed, free);
  }

  private static Tuple parameters(List<ClaimGroup> groups, LowWater lowWater, boolean locked) {
    var size = groups.size();
    var number = new Integer[size];
    var agent = new Integer[size];
    var wanted = new Integer[size];
    var seconds = new Integer[size];
    var owner = new String[size];
    var firstClaimId = new Integer[size];
    var claimIds = new ArrayList<UUID>();
    var actor = new String[size];
    var lines = groups.stream().mapToInt(group -> group.common().queues.size()).sum();
    var lineRequest = new Integer[lines];
    var line = new Integer[lines];
    var rank = new Short[lines];
    var runAfter = new OffsetDateTime[lines];
    var id = new UUID[lines];
    var namespace = new Integer[lines];
    var at = 0;
    for (var i = 0; i < size; i++) {
      var request = groups.get(i).common();
      number[i] = i;
      agent[i] = request.agentNo;
      wanted[i] = groups.get(i).wanted();
      seconds[i] = request.leaseSeconds;
      owner[i] = request.owner;
      firstClaimId[i] = claimIds.size() + 1;
      groups.get(i).members.forEach(member -> claimIds.addAll(Collections.nCopies(member.wanted, member.claimId)));
      actor[i] = request.actor;
      for (var queue : request.queues) {
        var mark = lowWater.of(queue.id());
        lineRequest[at] = i;
        line[at] = queue.id();
        rank[at] = mark.rank();
        runAfter[at] = mark.runAfter();
        namespace[at] = queue.namespaceId();
        id[at++] = mark.id();
      }
    }
    return Tuple.tuple().addArrayOfInteger(number).addArrayOfInteger(agent).addArrayOfInteger(wanted).addArrayOfInteger(seconds)
        .addArrayOfString(owner).addArrayOfInteger(firstClaimId).addArrayOfString(actor).addArrayOfInteger(lineRequest).addArrayOfInteger(line)
        .addArrayOfShort(rank).addArrayOfOffsetDateTime(runAfter).addArrayOfUUID(id).addBoolean(locked).addArrayOfInteger(namespace)
        .addArrayOfUUID(claimIds.stream().allMatch(Objects::isNull) ? new UUID[0] : claimIds.toArray(UUID[]::new));
  }
}
