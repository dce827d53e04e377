package io.agentbus.job;

import io.agentbus.agent.Directory;
import io.agentbus.agent.SourceIdentity;
import io.agentbus.id.Ids;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Call;
import io.agentbus.op.Caller;
import io.agentbus.op.Json;
import io.agentbus.op.Limits;
import io.agentbus.op.Source;
import io.agentbus.problem.FieldError;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Tuple;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Turns what callers ask for into jobs ready to be written: namespace, target, queue, source, dependencies. */
final class JobPlanner {
  private final Directory directory;
  private final QueueStore queues;

  JobPlanner(Directory directory, QueueStore queues) {
    this.directory = directory;
    this.queues = queues;
  }

  /** A job that nothing speaks against, before anything is made for it. @param source who asks, in full */
  record Wanted(UUID id, EnqueueJob in, String pointer, NamespacePath namespace, String source, @Nullable UUID parent, List<UUID> dependsOn) {}

  /** Plans the jobs of one call: {@link #judge} and {@link #place}. */
  List<NewJob> plan(Call call, List<EnqueueJob> wanted, String pointer, @Nullable String home, @Nullable UUID parent) {
    return place(call, judge(call, wanted, pointer, home, parent));
  }

  /**
   * Refuses what cannot be enqueued and makes nothing, so that a refused call leaves no queue and no namespace behind.
   *
   * @param pointer where the list stands in the input, such as {@code /jobs}; empty for a single job
   * @param home namespace of those that name none; null = the caller's
   * @param parent parent of those that name none, or null
   */
  List<Wanted> judge(Call call, List<EnqueueJob> wanted, String pointer, @Nullable String home, @Nullable UUID parent) {
    var ids = new ArrayList<UUID>(wanted.size());
    var refs = new HashMap<String, UUID>();
    for (var i = 0; i < wanted.size(); i++) {
      var id = Ids.next();
      ids.add(id);
      var ref = wanted.get(i).ref();
      if (ref != null && refs.put(ref, id) != null) {
        throw ProblemException.invalid(at(pointer, i) + "/ref", "'" + ref + "' names two jobs of this call");
      }
    }
    var jobs = new ArrayList<Wanted>(wanted.size());
    for (var i = 0; i < wanted.size(); i++) {
      jobs.add(judgeOne(call, wanted.get(i), ids.get(i), at(pointer, i), home, parent, refs));
    }
    refuseCycles(jobs, pointer);
    refuseUnknownJobs(call, jobs, new HashSet<>(ids), pointer);
    return jobs;
  }

  /** Finds the queues of judged jobs, made where there are none. */
  List<NewJob> place(Call call, List<Wanted> jobs) {
    return jobs.stream().map(job -> placeOne(call, job)).toList();
  }

  /** Whom a job in {@code namespace} is for, and what the caller should know about it. Makes nothing. */
  Target target(NamespacePath namespace, int namespaceId, @Nullable String agent, @Nullable String capability, @Nullable String tag,
      List<String> warnings) {
    if (agent != null) {
      var known = directory.resolve(namespace, agent);
      if (known == null) {
        warnings.add("no agent '" + agent + "' is registered in " + namespace + " or above; the job waits until one is");
        return new Target(namespaceId, "agent", agent);
      }
      return new Target(Objects.requireNonNull(directory.namespaceId(known.namespace())), "agent", agent);
    }
    if (capability != null) {
      return new Target(namespaceId, "capability", capability);
    }
    return tag != null ? new Target(namespaceId, "tag", tag) : new Target(namespaceId, "any", "");
  }

  private Wanted judgeOne(Call call, EnqueueJob in, UUID id, String pointer, @Nullable String home, @Nullable UUID parent, Map<String, UUID> refs) {
    var named = Stream.of(in.targetAgent(), in.targetCapability(), in.targetTag()).filter(Objects::nonNull).count();
    if (named > 1) {
      throw ProblemException.invalid(pointer + (in.targetAgent() != null ? "/target_agent" : "/target_capability"),
          "a job names at most one of target_agent, target_capability and target_tag");
    }
    var namespace = directory.allowed(call.caller(), in.namespace() == null ? home : in.namespace());
    return new Wanted(id, in, pointer, namespace, SourceIdentity.of(directory, call.caller(), namespace, in.sourceAgent(), pointer + "/source_agent"),
        in.parentJobId() == null ? parent : in.parentJobId(), dependencies(in, id, pointer, refs));
  }

  private NewJob placeOne(Call call, Wanted wanted) {
    var in = wanted.in();
    var namespace = wanted.namespace();
    var namespaceId = directory.ensureNamespace(call.sql(), namespace, call.caller().actor());
    var type = in.jobType() == null ? "reactive" : in.jobType();
    var lane = in.lane() == null ? Lane.ofJobType(type) : in.lane();
    var warnings = new ArrayList<String>();
    var queue = queues.ensure(namespaceId, target(namespace, namespaceId, in.targetAgent(), in.targetCapability(), in.targetTag(), warnings), lane);
    var runAfter = in.runAfter() == null ? null : in.runAfter().atOffset(ZoneOffset.UTC);
    return new NewJob(wanted.id(), queue, in.priority() == null ? 100 : in.priority(), runAfter, in.maxAttempts() == null ? Limits.DEFAULT.attempts() : in.maxAttempts(),
        in.timeoutSeconds(), in.expectedSeconds(), type, in.subject(), wanted.source(),
        wanted.parent(), in.flowKey(), in.correlationKey(), in.dedupeKey(),
        in.payload() == null ? "{}" : Json.text(in.payload()), in.state() == null ? null : Json.text(in.state()),
        wanted.dependsOn(), call.caller().actor(), warnings);
  }

  private static List<UUID> dependencies(EnqueueJob in, UUID self, String pointer, Map<String, UUID> refs) {
    if (in.dependsOn() == null) {
      return List.of();
    }
    var found = new LinkedHashSet<UUID>();
    for (var i = 0; i < in.dependsOn().size(); i++) {
      var text = in.dependsOn().get(i);
      var where = pointer + "/depends_on/" + i;
      var id = refs.get(text);
      if (id == null) {
        try {
          id = UUID.fromString(text);
        } catch (IllegalArgumentException e) {
          throw ProblemException.invalid(where, "'" + text + "' is neither a job id nor the ref of another job of this call");
        }
      }
      if (id.equals(self)) {
        throw ProblemException.invalid(where, "a job cannot wait for itself");
      }
      found.add(id);
    }
    return List.copyOf(found);
  }

  /** Only jobs of one call can wait for one another in a circle: ids of others exist before. */
  private static void refuseCycles(List<Wanted> jobs, String pointer) {
    var open = new HashMap<UUID, Set<UUID>>();
    for (var job : jobs) {
      open.put(job.id(), new HashSet<>(job.dependsOn()));
    }
    open.values().forEach(parents -> parents.retainAll(open.keySet()));
    var more = true;
    while (more) {
      var free = open.entrySet().stream().filter(entry -> entry.getValue().isEmpty()).map(Map.Entry::getKey).toList();
      free.forEach(open::remove);
      open.values().forEach(parents -> parents.removeAll(free));
      more = !free.isEmpty();
    }
    for (var i = 0; i < jobs.size(); i++) {
      if (open.containsKey(jobs.get(i).id())) {
        throw ProblemException.invalid(at(pointer, i) + "/depends_on", "these jobs wait for one another in a circle, so none could ever run");
      }
    }
  }

  private void refuseUnknownJobs(Call call, List<Wanted> jobs, Set<UUID> own, String pointer) {
    var cited = new LinkedHashSet<UUID>();
    for (var job : jobs) {
      cited.addAll(job.dependsOn());
      if (job.parent() != null) {
        cited.add(job.parent());
      }
    }
    cited.removeAll(own);
    if (cited.isEmpty()) {
      return;
    }
    var seen = new HashSet<UUID>();
    for (var row : call.sql().run("job.places_of", Tuple.tuple().addArrayOfUUID(cited.toArray(UUID[]::new)))) {
      if (call.caller().sees(new NamespacePath(row.getString("namespace")))) {
        seen.add(row.getUUID("id"));
      }
    }
    var errors = new ArrayList<FieldError>();
    for (var i = 0; i < jobs.size(); i++) {
      var job = jobs.get(i);
      if (job.parent() != null && !own.contains(job.parent()) && !seen.contains(job.parent())) {
        errors.add(new FieldError(at(pointer, i) + "/parent_job_id", "there is no job " + job.parent() + " here"));
      }
      for (var d = 0; d < job.dependsOn().size(); d++) {
        var id = job.dependsOn().get(d);
        if (!own.contains(id) && !seen.contains(id)) {
          errors.add(new FieldError(at(pointer, i) + "/depends_on/" + d, "there is no job " + id + " here"));
        }
      }
    }
    if (!errors.isEmpty()) {
      throw ProblemException.invalid(errors);
    }
  }

  private static String at(String pointer, int index) {
    return pointer.isEmpty() ? "" : pointer + "/" + index;
  }
}
