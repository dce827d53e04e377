package io.agentbus.sim;

import io.agentbus.sim.ModelJob.Closed;
import io.agentbus.sim.Sequence.Mismatch;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What a sequence does behind the bus's back: it lets time pass and compares the tables with the model. */
final class BusProbe {
  private static final int TRIES = 10_000;

  private final Lane lane;
  private final Connection sql;

  BusProbe(Lane lane) {
    this.lane = lane;
    this.sql = lane.sql;
  }

  /** The lease is past its end. */
  void lapse(ModelJob job) {
    run("UPDATE job_leases SET leased_until = now() - interval '1 second', sweep_at = now() - interval '1 second' WHERE id = ?", job.knownId());
  }

  /** A job put off by a random time stands in the far future. */
  void putOff(ModelJob job) {
    run("WITH f AS (UPDATE job_facts SET run_after = now() + interval '3 hours' WHERE id = ?) "
        + "UPDATE job_scheduled SET run_after = now() + interval '3 hours' WHERE id = ?", job.knownId(), job.knownId());
  }

  /** The job's time is now; returns when it is in line. Sweeps of other lanes may have moved it. */
  void comeDue(ModelJob job) {
    run("WITH f AS (UPDATE job_facts SET run_after = now() WHERE id = ?) UPDATE job_scheduled SET run_after = now() WHERE id = ?",
        job.knownId(), job.knownId());
    until(() -> {
      lane.bus.await(() -> lane.bus.bus().sweeps().moveDue(100));
      return none("SELECT FROM job_scheduled WHERE id = ?", job.knownId());
    });
  }

  /** The block's review is due; returns when it has been done. */
  void review(ModelJob job) {
    run("UPDATE job_blocked SET review_at = now() WHERE id = ?", job.knownId());
    until(() -> {
      lane.bus.await(() -> lane.bus.bus().sweeps().review(100));
      return none("SELECT FROM job_blocked WHERE id = ?", job.knownId());
    });
  }

  /** Fails unless jobs and attempts in the tables are those of the model. */
  void compare(JobModel model, List<String> trace) {
    trace.add("the tables are compared with the model");
    if (model.jobs.isEmpty()) {
      return;
    }
    try {
      var ids = sql.createArrayOf("uuid", model.jobs.stream().map(ModelJob::knownId).toArray());
      compareJobs(model, ids);
      compareAttempts(model, ids);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void compareJobs(JobModel model, Array ids) throws SQLException {
    var found = new HashMap<UUID, String>();
    try (var statement = sql.prepareStatement("SELECT j.id, status, attempt_count, priority, coalesce(target_agent, target_capability, ''), "
        + "lease_owner, run_after > now() FROM unnest(?::uuid[]) AS t(id) CROSS JOIN LATERAL (SELECT * FROM jobs WHERE id = t.id LIMIT 1) j")) {
      statement.setArray(1, ids);
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          found.put(rows.getObject(1, UUID.class), words(rows.getString(2), rows.getInt(3), rows.getInt(4), rows.getString(5), rows.getString(6),
              rows.getBoolean(7)));
        }
      }
    }
    for (var job : model.jobs) {
      var held = job.held;
      var expected = words(job.status.wire(), job.attemptCount(), job.priority, job.target.name(),
          held == null ? null : lane.namespace + "/" + held.agent(), job.delayed);
      if (!expected.equals(found.get(job.knownId()))) {
        throw new Mismatch("job " + model.jobs.indexOf(job) + " should be [" + expected + "] but is [" + found.get(job.knownId()) + "]", null);
      }
    }
  }

  private static String words(String status, int attempts, int priority, String target, @Nullable String owner, boolean later) {
    return status + " attempt " + attempts + " priority " + priority + " for '" + target + "' held by " + owner
        + (status.equals("queued") && later ? " later" : "");
  }

  private void compareAttempts(JobModel model, Array ids) throws SQLException {
    var found = new HashMap<UUID, List<Closed>>();
    try (var statement = sql.prepareStatement("SELECT c.id, c.fence, c.attempt, c.attempt_status, c.counted, c.job_status, c.verb, a.name "
        + "FROM job_closings c LEFT JOIN agents a USING (agent_no) WHERE c.id = ANY (?) ORDER BY c.fence")) {
      statement.setArray(1, ids);
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          found.computeIfAbsent(rows.getObject(1, UUID.class), ignored -> new ArrayList<>()).add(new Closed(rows.getLong(2), rows.getInt(3),
              rows.getString(4), rows.getBoolean(5), ModelJob.Status.valueOf(rows.getString(6).toUpperCase(Locale.ROOT)), rows.getString(7),
              rows.getString(8)));
        }
      }
    }
    for (var job : model.jobs) {
      var closed = found.getOrDefault(job.knownId(), List.of());
      var same = closed.size() == job.closed.size();
      for (var i = 0; same && i < closed.size(); i++) {
        same = closed.get(i).isLike(job.closed.get(i));
      }
      if (!same) {
        throw new Mismatch("job " + model.jobs.indexOf(job) + " should have the closings " + job.closed + " but has " + closed, null);
      }
    }
  }

  private static void until(BooleanSupplier done) {
    for (var tries = 0; tries < TRIES; tries++) {
      if (done.getAsBoolean()) {
        return;
      }
      Thread.onSpinWait();
    }
    throw new Mismatch("time passed, but what is due was not done", null);
  }

  private boolean none(String query, UUID id) {
    try (var statement = prepare(query, id); var rows = statement.executeQuery()) {
      return !rows.next();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void run(String change, UUID... ids) {
    try (var statement = prepare(change, ids)) {
      if (statement.executeUpdate() != 1) {
        throw new Mismatch("nothing to change: " + change, null);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private PreparedStatement prepare(String text, UUID... ids) throws SQLException {
    var statement = sql.prepareStatement(text);
    for (var i = 0; i < ids.length; i++) {
      statement.setObject(i + 1, ids[i]);
    }
    return statement;
  }
}
