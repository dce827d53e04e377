package io.agentbus.inbox;

import io.agentbus.agent.AgentFinder;
import io.agentbus.agent.AgentRef;
import io.agentbus.agent.Directory;
import io.agentbus.db.Sql;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Call;
import io.agentbus.op.CallScope;
import io.agentbus.op.Caller;
import io.agentbus.op.Cursor;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Reads inboxes, and changes nothing by it. */
public final class InboxReader {
  private static final int PAGE = 100;
  private static final int LOWEST_RANK = 9;
  private static final int MOST_WAITING = 40_000;

  private final Directory directory;
  private final AgentFinder finder;
  private final MessageReads reads;
  private final MailWaits waits;
  private final long pollNanos;

  /** @param pollMillis longest time for which a lost wake-up is not noticed */
  public InboxReader(Directory directory, AgentFinder finder, MessageReads reads, MailWaits waits, long pollMillis) {
    this.directory = directory;
    this.finder = finder;
    this.reads = reads;
    this.waits = waits;
    this.pollNanos = pollMillis * 1_000_000;
  }

  /** A page of a box; waits for a message when there is none. */
  public InboxPage inbox(Call call, ReadInbox in) {
    var box = box(call, in);
    var look = Look.of(in);
    var page = look(call.sql(), box.agentNo(), look);
    if (page.items().isEmpty() && in.waitSeconds() != null && in.waitSeconds() > 0) {
      page = await(call.sql(), box, look, in.waitSeconds());
    }
    note(call, "inbox", box, page.items());
    return page;
  }

  /** One message, for who got it, who sent it and operators. */
  public Message get(Call call, MessageRef in) {
    for (var row : call.sql().run("inbox.get", Tuple.of(in.messageId()))) {
      var box = Objects.requireNonNull(directory.agentByNo(row.getInteger("agent_no")));
      var message = MessageStore.message(row);
      var caller = call.caller();
      var isSender = caller.sees(new NamespacePath(row.getString("namespace")))
          && (caller.actor().equals(row.getString("source")) || caller.actor().equals(row.getString("sent_by")));
      if (!isSender) {
        requireOwn(call.caller(), box, in.messageId());
      }
      note(call, "get_message", box, List.of(message));
      return message;
    }
    throw ProblemException.notFound("message", in.messageId());
  }

  /**
   * What to look for.
   *
   * @param byArrival in the order of arrival, not by priority first
   * @param rank behind this one, and
   * @param arrival behind that one in it
   * @param lowest highest rank, which is the lowest priority
   */
  private record Look(boolean unreadOnly, boolean byArrival, short rank, long arrival, short lowest, @Nullable String thread, int limit) {
    static Look of(ReadInbox in) {
      var unreadOnly = !Boolean.FALSE.equals(in.unreadOnly());
      var byArrival = in.order() == null ? in.threadId() != null || in.afterArrival() != null : in.order().equals("arrival");
      if (!byArrival && in.afterArrival() != null) {
        throw ProblemException.invalid("/order", "must be arrival, or absent, where after_arrival is given");
      }
      var lowest = (short) (in.minPriority() == null ? LOWEST_RANK : MessageStore.rank(in.minPriority()));
      var start = new Look(unreadOnly, byArrival, (short) -1, in.afterArrival() == null ? 0 : in.afterArrival(), lowest, in.threadId(),
          in.limit() == null ? PAGE : in.limit());
      return in.cursor() == null ? start : start.from(in.cursor());
    }

    /** The letter of the order, the rank and the arrival. */
    String cursorBehind(Message last) {
      return Cursor.of((byArrival ? "a" : "p") + ":" + MessageStore.rank(last.priority()) + ":" + last.arrival());
    }

    private Look from(String cursor) {
      try {
        var parts = Cursor.read(cursor).split(":");
        if (parts.length == 3 && parts[0].equals(byArrival ? "a" : "p")) {
          return new Look(unreadOnly, byArrival, Short.parseShort(parts[1]), Long.parseLong(parts[2]), lowest, thread, limit);
        }
      } catch (IllegalArgumentException malformed) {
        throw refused();
      }
      throw refused();
    }

    private static ProblemException refused() {
      return ProblemException.invalid("/cursor", "is not a cursor that inbox gave for this order; leave it out for the first page");
    }

    String statement() {
      if (unreadOnly) {
        return byArrival ? "inbox.unread_by_arrival" : "inbox.unread_by_priority";
      }
      return !byArrival ? "inbox.all_by_priority" : thread == null ? "inbox.all_by_arrival" : "inbox.thread_by_arrival";
    }
  }

  private static InboxPage look(Sql sql, int agentNo, Look look) {
    var found = new ArrayList<>(rows(sql, look.statement(), agentNo, look, look.limit() + 1));
    if (found.size() <= look.limit()) {
      return new InboxPage(found, null);
    }
    found.removeLast();
    return new InboxPage(found, look.cursorBehind(found.getLast()));
  }

  private static List<Message> rows(Sql sql, String statement, int agentNo, Look look, int most) {
    return sql.run(statement, Tuple.tuple().addInteger(agentNo).addShort(look.rank()).addLong(look.arrival()).addShort(look.lowest())
        .addString(look.thread()).addInteger(most)).stream().map(MessageStore::message).toList();
  }

  /** Looks again whenever the box got something, a message that was put off comes back, or a poll has passed. */
  private InboxPage await(Sql sql, AgentRef box, Look look, int seconds) {
    var scope = CallScope.current();
    var deadline = System.nanoTime() + seconds * 1_000_000_000L;
    if (waits.waiting() >= MOST_WAITING) {
      throw ProblemException.of(ProblemCode.LIMIT_EXCEEDED, MOST_WAITING + " callers wait for messages or jobs already; slow down.");
    }
    var bell = new Semaphore(0);
    try (var _ = waits.hear(box.agentNo(), bell::release); var _ = scope.onOver(bell::release)) {
      while (true) {
        var page = look(sql, box.agentNo(), look);
        var left = deadline - System.nanoTime();
        if (!page.items().isEmpty() || left <= 0 || scope.over() || waits.stopped()) {
          return page;
        }
        if (bell.tryAcquire(Math.min(left, Math.min(pollNanos, nanosToNextDue(sql, box.agentNo()))), TimeUnit.NANOSECONDS)) {
          bell.drainPermits();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ProblemException.of(ProblemCode.UNAVAILABLE, "The node is stopping; ask another or try again.");
    }
  }

  private static long nanosToNextDue(Sql sql, int agentNo) {
    var seconds = sql.run("inbox.next_due", Tuple.of(agentNo)).iterator().next().getDouble("seconds");
    return seconds == null ? Long.MAX_VALUE : (long) (seconds * 1e9) + 1_000_000;
  }

  /** Whose box is meant: the caller's, or that of the agent it names. */
  private AgentRef box(Call call, ReadInbox in) {
    var caller = call.caller();
    if (in.agent() == null) {
      var own = caller.agentNo() == null ? null : directory.agentByNo(caller.agentNo());
      if (own == null) {
        throw ProblemException.invalid("/agent", "is required, because the token is no agent's");
      }
      if (in.namespace() != null) {
        directory.existing(caller, in.namespace());
      }
      return own;
    }
    var found = finder.find(call, in.namespace(), in.agent());
    if (!caller.isOperator() && !Integer.valueOf(found.agentNo()).equals(caller.agentNo())) {
      throw ProblemException.of(ProblemCode.FORBIDDEN, "/agent: " + caller.actor() + " may read its own inbox only; that of " + found.name()
          + " needs the right 'operate'.");
    }
    return found;
  }

  /** Refuses whoever is neither the recipient nor an operator who sees it. */
  static void requireOwn(Caller caller, AgentRef box, UUID message) {
    if (Integer.valueOf(box.agentNo()).equals(caller.agentNo()) || caller.isOperator() && caller.sees(box.namespace())) {
      return;
    }
    if (!caller.sees(box.namespace())) {
      throw ProblemException.notFound("message", message);
    }
    throw ProblemException.of(ProblemCode.FORBIDDEN, "Message " + message + " is for agent '" + box.name() + "'; only that agent, or an operator,"
        + " may do this.");
  }

  private void note(Call call, String operation, AgentRef box, List<Message> messages) {
    reads.note(call, operation, box.namespace().value(), messages.stream().map(Message::sourceJobId).filter(Objects::nonNull).distinct().toList(),
        messages.size());
  }
}
