package io.agentbus.inbox;

import io.agentbus.agent.AgentRef;
import io.agentbus.agent.Directory;
import io.agentbus.agent.SourceIdentity;
import io.agentbus.db.Sql;
import io.agentbus.id.Ids;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Call;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.agentbus.problem.Suggestion;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Turns what a caller wants to say into what can be written: finds the recipient, the source and the thread. Changes no box. */
final class Addressing {
  private final Directory directory;

  Addressing(Directory directory) {
    this.directory = directory;
  }

  /**
   * Judges one message of a caller.
   *
   * @param home namespace when the input names none; null = the caller's
   * @param job the job it comes from when the input names none; the caller is known to see it
   * @param pointer where the input stands in the call's
   * @throws ProblemException {@code not_found} for an unknown recipient, with what was perhaps meant
   */
  Addressed of(Call call, Notify in, @Nullable String home, @Nullable UUID job, String pointer) {
    var caller = call.caller();
    var namespace = directory.allowed(caller, in.namespace() == null ? home : in.namespace());
    var source = SourceIdentity.of(directory, caller, namespace, in.sourceAgent(), pointer + "/source_agent");
    var recipient = directory.resolve(namespace, in.targetAgent());
    if (recipient == null) {
      recipient = lately(call.sql(), namespace, in.targetAgent(), pointer);
    }
    var sourceJob = in.sourceJobId() == null ? job : in.sourceJobId();
    if (sourceJob != null && !sourceJob.equals(job)) {
      refuseUnknownJob(call, sourceJob, pointer);
    }
    var thread = in.replyTo() == null ? in.threadId() : threadOf(call, in, pointer);
    return new Addressed(Ids.next(), recipient, directory.ensureNamespace(call.sql(), namespace, caller.actor()), namespace.value(),
        in.priority() == null ? NewMessage.PRIORITY : in.priority(), in.title(), in.payload() == null ? "{}" : Json.text(in.payload()), source,
        source.equals(caller.actor()) ? null : caller.actor(), thread, in.replyTo(), in.correlationKey(), in.dedupeKey(), sourceJob,
        caller.actor(), false);
  }

  /** The same for a message from within the bus, or null when its recipient is unknown. */
  @Nullable Addressed of(Sql sql, NewMessage message) {
    var recipient = directory.resolve(message.namespace(), message.targetAgent());
    return recipient == null ? null : new Addressed(message.id(), recipient, directory.ensureNamespace(sql, message.namespace(), message.actor()),
        message.namespace().value(), message.priority(), message.title(), message.payload(), message.source(), null, message.threadId(),
        message.replyTo(), message.correlationKey(), message.dedupeKey(), message.sourceJobId(), message.actor(), true);
  }

  /** An agent that was registered elsewhere a moment ago is not remembered here yet. */
  private AgentRef lately(Sql sql, NamespacePath namespace, String name, String pointer) {
    var paths = new ArrayList<String>();
    for (var path = namespace; path != null; path = path.parent()) {
      paths.add(path.value());
    }
    var names = sql.run("inbox.names_of_agents", Tuple.tuple().addArrayOfString(paths.toArray(String[]::new))).stream()
        .map(row -> row.getString("name")).toList();
    if (names.contains(name)) {
      directory.forget();
      var found = directory.resolve(namespace, name);
      if (found != null) {
        return found;
      }
    }
    var near = Suggestion.words(name, names);
    throw ProblemException.of(ProblemCode.NOT_FOUND, where(pointer) + "There is no agent '" + name + "' in " + namespace
        + (namespace.parent() == null ? "" : " or above") + (near.isEmpty() ? ", so nobody would ever read the message." : near));
  }

  /** Which of several messages a refusal is about; nothing where there is one. */
  static String where(String pointer) {
    return pointer.isEmpty() ? "" : pointer + "/target_agent: ";
  }

  /** The thread of a reply. Whoever neither got nor sent the message learns nothing of it, not even that it is there. */
  private static @Nullable String threadOf(Call call, Notify in, String pointer) {
    for (var row : call.sql().run("inbox.replied_to", Tuple.of(in.replyTo()))) {
      var caller = call.caller();
      var sent = caller.sees(new NamespacePath(row.getString("namespace")))
          && (caller.actor().equals(row.getString("source")) || caller.actor().equals(row.getString("sender")));
      var got = row.getInteger("agent_no").equals(caller.agentNo());
      if (sent || got || caller.isOperator() && caller.sees(new NamespacePath(row.getString("box")))) {
        var thread = row.getString("thread_id");
        return in.threadId() != null ? in.threadId() : thread != null ? thread : String.valueOf(in.replyTo());
      }
    }
    throw ProblemException.invalid(pointer + "/reply_to", "there is no message " + in.replyTo() + " here");
  }

  private static void refuseUnknownJob(Call call, UUID job, String pointer) {
    for (var row : call.sql().run("inbox.namespace_of_job", Tuple.of(job))) {
      if (call.caller().sees(new NamespacePath(row.getString("path")))) {
        return;
      }
    }
    throw ProblemException.invalid(pointer + "/source_job_id", "there is no job " + job + " here");
  }
}
