package io.agentbus.webhook.in;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.agent.Directory;
import io.agentbus.crypto.Tokens;
import io.agentbus.db.Sql;
import io.agentbus.db.Tx;
import io.agentbus.id.Ids;
import io.agentbus.inbox.Delivered;
import io.agentbus.inbox.Inbox;
import io.agentbus.inbox.NewMessage;
import io.agentbus.job.JobOperations;
import io.agentbus.job.Jobs;
import io.agentbus.op.Call;
import io.agentbus.op.Caller;
import io.agentbus.op.InputReader;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.agentbus.webhook.in.scheme.Scheme;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What posts to {@code /hooks/agent} and {@code /hooks/wake} become: a job, and a message. The same request again, by its key or within a
 * while by its body, is the same job; that outlives the node.
 */
public final class Hooks {
  private static final int LONGEST_LINE = 200;
  private static final int URGENT = 9;

  private final Sql sql;
  private final LiveSources sources;
  private final Directory directory;
  private final Jobs jobs;
  private final Inbox inbox;

  Hooks(Sql sql, LiveSources sources, Directory directory, Jobs jobs, Inbox inbox) {
    this.sql = sql;
    this.sources = sources;
    this.directory = directory;
    this.jobs = jobs;
    this.inbox = inbox;
  }

  /**
   * The source that a token belongs to.
   *
   * @throws ProblemException {@code unauthenticated} when it belongs to none, {@code unavailable} when the source is disabled
   */
  public WebhookSource sourceOf(String token) {
    var live = token.isEmpty() ? null : sources.ofToken(Tokens.digest(token));
    if (live == null || live.scheme() != Scheme.BEARER) {
      throw ProblemException.of(ProblemCode.UNAUTHENTICATED, "The token belongs to no source.");
    }
    if (!live.source().enabled()) {
      throw ProblemException.of(ProblemCode.UNAVAILABLE, "This source is disabled for now.");
    }
    return live.source();
  }

  /**
   * Puts the message in line as a job.
   *
   * @param key the Idempotency-Key of the request's headers, which goes before that of its body; null = none
   * @param raw the body as it came
   * @return id of the job: of the one there was, when the request is the same
   * @throws ProblemException {@code invalid_input} when the body is wrong or names an agent that is not known
   */
  public UUID agent(WebhookSource source, @Nullable String key, ObjectNode body, byte[] raw) {
    var request = HookRequest.agent(body);
    var input = Json.MAPPER.createObjectNode().put("target_agent", recipient(source, request)).put("subject", line(request.name() + ": "
        + request.text())).put("correlation_key", request.sessionKey()).put("timeout_seconds", request.timeoutSeconds());
    input.set("payload", request.kept());
    var job = InputReader.read(JobOperations.ENQUEUE_JOB, input);
    var caller = Caller.ofSource(source.name(), source.namespace());
    return once(source, "/hooks/agent", key, request, raw, tx -> jobs.enqueue(new Call(caller, "hook", tx), job).id());
  }

  /**
   * Puts the text into the agent's inbox.
   *
   * @return the mode in which it was meant
   * @throws ProblemException as {@link #agent}, and {@code unavailable} when the inbox is full
   */
  public String wake(WebhookSource source, @Nullable String key, ObjectNode body, byte[] raw) {
    var request = HookRequest.wake(body);
    var actor = Caller.ofSource(source.name(), source.namespace()).actor();
    var message = new NewMessage(Ids.next(), source.namespace(), recipient(source, request), line(request.text()), Json.text(request.kept()),
        request.now() ? URGENT : NewMessage.PRIORITY, null, null, request.sessionKey(), null, null, actor, actor);
    once(source, "/hooks/wake", key, request, raw, tx -> {
      switch (inbox.deliver(tx, List.of(message)).getFirst()) {
        case Delivered.BoxFull full -> throw ProblemException.of(ProblemCode.UNAVAILABLE, "the inbox of agent " + full.agent() + " is full");
        case Delivered.UnknownRecipient unknown -> throw unknownAgent(unknown.agent());
        case Delivered.Put put -> { }
        case Delivered.Duplicate duplicate -> { }
      }
      return message.id();
    });
    return request.now() ? "now" : "next-heartbeat";
  }

  /** Never silently another than the one that was named. */
  private String recipient(WebhookSource source, HookRequest request) {
    if (request.agentId() != null) {
      if (directory.resolve(source.namespace(), request.agentId()) == null) {
        throw unknownAgent(request.agentId());
      }
      return request.agentId();
    }
    if (source.defaultAgent() == null) {
      throw ProblemException.invalid("", "agentId required: the source " + source.name() + " has no default agent");
    }
    return source.defaultAgent();
  }

  private static ProblemException unknownAgent(String name) {
    return ProblemException.invalid("", "unknown agentId: " + name);
  }

  private UUID once(WebhookSource source, String path, @Nullable String header, HookRequest request, byte[] raw, Function<Tx, UUID> work) {
    var key = header == null ? request.idempotencyKey() : header;
    var seconds = key == null ? source.repeatSeconds() : source.dedupeSeconds();
    // As in the gateway, a key counts together with what it came with.
    var what = path + " " + (key == null ? "" : HexFormat.of().formatHex(key.getBytes(StandardCharsets.UTF_8))) + " ";
    var taken = Receiver.digest(what, raw);
    return sql.inTransaction(tx -> {
      if (seconds > 0 && !WebhookStore.take(tx, source.id(), taken, Ids.next(), seconds)) {
        var before = WebhookStore.taken(tx, source.id(), taken);
        if (before != null) {
          return before;
        }
      }
      var made = work.apply(tx);
      WebhookStore.took(tx, source.id(), taken, made);
      return made;
    });
  }

  /** The key when it counts: not an empty one, and none that is too long. */
  public static @Nullable String usableKey(@Nullable String key) {
    return HookRequest.usable(key);
  }

  private static String line(String text) {
    var line = text.lines().findFirst().orElse(text);
    return Trees.storable(line.length() <= LONGEST_LINE ? line : line.substring(0, LONGEST_LINE - 3) + "...");
  }
}
