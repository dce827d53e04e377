package io.agentbus.webhook.in;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.agent.Directory;
import io.agentbus.crypto.SecretBox;
import io.agentbus.db.Sql;
import io.agentbus.db.Tx;
import io.agentbus.id.Ids;
import io.agentbus.op.Call;
import io.agentbus.op.Caller;
import io.agentbus.op.Cursor;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.agentbus.webhook.in.scheme.Scheme;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The places that webhooks come from, and the secrets that prove it. */
public final class Sources {
  private static final int OVERLAP_SECONDS = 86_400;

  private final Directory directory;
  private final SecretBox box;
  private final Runnable changed;

  /** @param changed called after the commit of a change, so that nobody goes by the old secrets */
  public Sources(Directory directory, SecretBox box, Runnable changed) {
    this.directory = directory;
    this.box = box;
    this.changed = changed;
  }

  /**
   * Makes or changes a source.
   *
   * @throws ProblemException {@code duplicate_conflict} when the name or the token belongs to another source, wherever that is;
   *     {@code limit_exceeded} when there are too many
   */
  public PutSourceAnswer put(Call call, PutSource in) {
    return call.sql().inTransaction(tx -> {
      SourceStore.lock(tx, in.name());
      var old = SourceStore.get(tx, in.name());
      if (old != null && !call.caller().sees(old.namespace())) {
        throw taken(in.name());
      }
      var answer = old == null ? make(call, tx, in) : change(call, tx, old, in);
      tx.afterCommit(changed);
      return answer;
    });
  }

  private PutSourceAnswer make(Call call, Tx tx, PutSource in) {
    var scheme = in.scheme() == null ? null : Scheme.ofWire(in.scheme());
    if (scheme == null) {
      throw ProblemException.invalid("/scheme", "is required for a new source: how does its sender prove itself?");
    }
    var namespace = directory.meant(call, in.namespace());
    if (SourceStore.count(tx, SourceLimits.SOURCES) >= SourceLimits.SOURCES) {
      throw ProblemException.of(ProblemCode.LIMIT_EXCEEDED, "There are " + SourceLimits.SOURCES + " sources already; delete one that is not used.");
    }
    var id = Ids.next();
    var namespaceId = Objects.requireNonNull(directory.namespaceId(namespace));
    if (!SourceStore.insert(tx, id, namespaceId, in, scheme, call.caller().actor())) {
      throw taken(in.name());
    }
    String made = null;
    if (in.secrets() == null) {
      made = scheme.generate();
      addSecret(tx, id, scheme, made, null, "/secrets");
    } else {
      addSecrets(tx, id, scheme, in.secrets());
    }
    SourceStore.journal(tx, namespaceId, call.caller().actor(), "create_source", about(id, in.name()).put("scheme", scheme.wire()));
    return new PutSourceAnswer(whole(tx, in.name()), true, made);
  }

  private PutSourceAnswer change(Call call, Tx tx, WebhookSource old, PutSource in) {
    if (in.scheme() != null && !in.scheme().equals(old.scheme())) {
      throw ProblemException.invalid("/scheme", "is " + old.scheme() + " and cannot be changed; delete the source, or make another one");
    }
    if (in.namespace() != null && !in.namespace().equals(old.namespace().value())) {
      throw ProblemException.invalid("/namespace", "is " + old.namespace() + " and cannot be changed; delete the source, or make another one");
    }
    SourceStore.update(tx, old, in);
    if (in.secrets() != null) {
      SourceStore.removeSecrets(tx, old.id(), false);
      addSecrets(tx, old.id(), Objects.requireNonNull(Scheme.ofWire(old.scheme())), in.secrets());
    }
    var detail = about(old.id(), old.name()).put("secrets_replaced", in.secrets() != null);
    if (in.enabled() != null && in.enabled() != old.enabled()) {
      detail.put("enabled", in.enabled());
    }
    SourceStore.journal(tx, namespaceId(old), call.caller().actor(), "update_source", detail);
    return new PutSourceAnswer(whole(tx, in.name()), false, null);
  }

  /** A page of the sources within the caller's walls. */
  public SourcePage list(Call call, ListSources wish) {
    var caller = call.caller();
    var filter = wish.namespace() == null ? null : directory.filter(caller, wish.namespace());
    var after = after(wish.cursor());
    if (caller.namespaces().isEmpty() && !caller.isOperator()) {
      return new SourcePage(List.of(), null);
    }
    var limit = wish.limit() == null ? SourceLimits.PAGE : wish.limit();
    var found = SourceStore.list(call.sql(), filter == null ? null : filter.toSqlRegex(), caller.namespaces(), after, limit + 1);
    var page = found.stream().limit(limit).map(source -> source.with(known(call.sql(), source.id()))).toList();
    return new SourcePage(page, found.size() > limit ? Cursor.of(page.getLast().name()) : null);
  }

  public WebhookSource get(Call call, SourceRef which) {
    var source = find(call.sql(), call.caller(), which.source());
    return source.with(known(call.sql(), source.id()));
  }

  /** Adds a secret and lets those that are good end after the overlap. */
  public RotatedSourceSecret rotate(Call call, RotateSourceSecret in) {
    return call.sql().inTransaction(tx -> {
      SourceStore.lock(tx, in.source());
      var source = find(tx, call.caller(), in.source());
      var scheme = Objects.requireNonNull(Scheme.ofWire(source.scheme()));
      SourceStore.removeSecrets(tx, source.id(), true);
      var end = SourceStore.endSecrets(tx, source.id(), in.overlapSeconds() == null ? OVERLAP_SECONDS : in.overlapSeconds());
      if (known(tx, source.id()).size() >= SourceLimits.SECRETS) {
        throw ProblemException.of(ProblemCode.LIMIT_EXCEEDED, "The source has " + SourceLimits.SECRETS
            + " secrets that are still good; rotate with overlap_seconds 0, or wait until one has ended.");
      }
      var made = in.secret() == null ? scheme.generate() : null;
      addSecret(tx, source.id(), scheme, made == null ? Objects.requireNonNull(in.secret()) : made, null, "/secret");
      SourceStore.journal(tx, namespaceId(source), call.caller().actor(), "rotate_source_secret", about(source.id(), source.name()));
      tx.afterCommit(changed);
      return new RotatedSourceSecret(whole(tx, source.name()), made, end);
    });
  }

  /** @throws ProblemException {@code invalid_transition} while webhooks of it wait for their route: what was accepted is not dropped */
  public DeletedSource delete(Call call, SourceRef which) {
    return call.sql().inTransaction(tx -> {
      SourceStore.lock(tx, which.source());
      var source = find(tx, call.caller(), which.source());
      if (!SourceStore.delete(tx, source.id())) {
        throw ProblemException.of(ProblemCode.INVALID_TRANSITION, "Webhooks of '" + source.name()
            + "' still wait for their route; disable it with put_source and try again when get_source shows none waiting.");
      }
      SourceStore.journal(tx, namespaceId(source), call.caller().actor(), "delete_source", about(source.id(), source.name()));
      tx.afterCommit(changed);
      return new DeletedSource(source.id(), source.name());
    });
  }

  /** The source without its secrets, or {@code not_found} in the same words when it is absent and when it lies outside the caller's walls. */
  static WebhookSource find(Sql sql, Caller caller, String name) {
    var source = SourceStore.get(sql, name);
    if (source == null || !caller.sees(source.namespace())) {
      throw ProblemException.notFound("source", name);
    }
    return source;
  }

  static ObjectNode about(UUID id, String name) {
    return Json.MAPPER.createObjectNode().put("source_id", id.toString()).put("source", name);
  }

  private int namespaceId(WebhookSource source) {
    return Objects.requireNonNull(directory.namespaceId(source.namespace()));
  }

  private static WebhookSource whole(Sql sql, String name) {
    var source = Objects.requireNonNull(SourceStore.get(sql, name));
    return source.with(known(sql, source.id()));
  }

  private static List<KnownSecret> known(Sql sql, UUID source) {
    return SourceStore.secrets(sql, source).stream().map(SourceStore.KeptSecret::known).toList();
  }

  private void addSecrets(Tx tx, UUID source, Scheme scheme, List<GivenSecret> secrets) {
    if (secrets.isEmpty()) {
      throw ProblemException.invalid("/secrets", "must hold at least one secret; leave it out to have one made, or to keep those there are");
    }
    for (var i = 0; i < secrets.size(); i++) {
      addSecret(tx, source, scheme, secrets.get(i).secret(), secrets.get(i).expiresAt(), "/secrets/" + i + "/secret");
    }
  }

  private void addSecret(Tx tx, UUID source, Scheme scheme, String secret, @Nullable Instant expiresAt, String pointer) {
    byte[] key;
    try {
      key = scheme.key(secret);
    } catch (IllegalArgumentException unfit) {
      throw ProblemException.invalid(pointer, String.valueOf(unfit.getMessage()));
    }
    var sealed = scheme.byToken() ? null : box.seal(secret.getBytes(StandardCharsets.UTF_8), LiveSources.context(source));
    if (!SourceStore.addSecret(tx, source, scheme.byToken() ? key : null, sealed, expiresAt)) {
      throw ProblemException.of(ProblemCode.DUPLICATE_CONFLICT, pointer + ": this token is in use; choose another, or leave it out to have one made.");
    }
  }

  private static ProblemException taken(String name) {
    return ProblemException.of(ProblemCode.DUPLICATE_CONFLICT, "The name '" + name + "' is taken; it is part of an address, choose another.");
  }

  private static @Nullable String after(@Nullable String cursor) {
    if (cursor == null) {
      return null;
    }
    try {
      return Cursor.read(cursor);
    } catch (IllegalArgumentException malformed) {
      throw ProblemException.invalid("/cursor", "is not a cursor that list_sources gave; leave it out for the first page");
    }
  }
}
