package io.agentbus.agent;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.agentbus.crypto.TokenKind;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Call;
import io.agentbus.op.Caller;
import io.agentbus.op.Cursor;
import io.agentbus.op.Limits;
import io.agentbus.op.Right;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The tokens of services and operators. Nobody makes a token that may more than the one it was made with. */
public final class AccessTokens {
  private final Directory directory;
  private final IdentityChanges changes;
  private final Clock clock;
  private final CallLimits limits;

  /** @param limits of calls on this node, for whoever asks */
  public AccessTokens(Directory directory, IdentityChanges changes, Clock clock, Limits limits) {
    this.directory = directory;
    this.changes = changes;
    this.clock = clock;
    this.limits = CallLimits.of(limits);
  }

  /**
   * Makes a token.
   *
   * @throws ProblemException {@code forbidden} for a right the caller lacks, {@code not_found} for a namespace outside
   *     its walls, {@code duplicate_conflict} when a valid token has that name, as the journal must tell them apart, or one
   *     with other walls had it, as what is a token's own is known by its name
   */
  public MadeToken createToken(Call call, CreateToken wish) {
    var caller = call.caller();
    AgentName.check("/name", wish.name());
    var rights = rights(caller, wish.rights());
    var operator = rights.contains(Right.OPERATE);
    var walls = walls(call, wish.namespaces(), operator);
    if (wish.expiresAt() != null && !wish.expiresAt().isAfter(clock.instant())) {
      throw ProblemException.invalid("/expires_at", "is " + wish.expiresAt()
          + ", which is over; give a time to come, or none");
    }
    var kind = operator || rights.contains(Right.ADMIN) ? TokenKind.OPERATOR : TokenKind.SERVICE;
    return call.sql().inTransaction(tx -> {
      var taken = TokenStore.nameTaken(tx, wish.name(), walls);
      if (taken != null) {
        throw ProblemException.of(ProblemCode.DUPLICATE_CONFLICT, taken);
      }
      var words = rights.stream().map(Right::wire).toList();
      var made = TokenStore.insert(tx, new TokenStore.New(kind, wish.name(), null, walls, words, JoinTerms.NONE,
          caller.actor(), wish.expiresAt(), null));
      var detail = JsonNodeFactory.instance.objectNode().put("token_id", made.id().toString()).put("name", wish.name())
          .put("kind", kind.wire());
      words.forEach(detail.putArray("rights")::add);
      walls.forEach(wall -> detail.withArray("namespaces").add(wall.value()));
      AgentStore.journal(tx, walls.isEmpty() ? null : directory.namespaceId(walls.getFirst()), caller.actor(),
          "create_token", detail);
      return new MadeToken(Objects.requireNonNull(TokenStore.get(tx, made.id())), made.token());
    });
  }

  /** A page of the tokens whose walls lie within the caller's. */
  public TokenPage listTokens(Call call, ListTokens wish) {
    var caller = call.caller();
    var after = after(wish.cursor());
    if (caller.namespaces().isEmpty() && !caller.isOperator()) {
      return new TokenPage(List.of(), null);
    }
    var limit = wish.limit() == null ? AgentLimits.DEFAULT_PAGE : wish.limit();
    var found = TokenStore.list(call.sql(), caller.namespaces(), wish.kind(), Boolean.TRUE.equals(wish.includeEnded()),
        after, limit + 1);
    return found.size() <= limit ? new TokenPage(found, null)
        : new TokenPage(found.subList(0, limit), Cursor.of(found.get(limit - 1).id().toString()));
  }

  /**
   * Ends a token; one that was revoked before stays so, and the answer is the same.
   *
   * @throws ProblemException {@code not_found}, whether it is absent or its walls are not within the caller's
   */
  public Token revokeToken(Call call, RevokeToken which) {
    var caller = call.caller();
    return call.sql().inTransaction(tx -> {
      var token = TokenStore.get(tx, which.tokenId());
      if (token == null || !sees(caller, token.namespaces())) {
        throw ProblemException.notFound("token", which.tokenId());
      }
      if (TokenStore.revoke(tx, token.id())) {
        AgentStore.journal(tx, token.namespaces().isEmpty() ? null : directory.namespaceId(token.namespaces()
            .getFirst()), caller.actor(), "revoke_token", JsonNodeFactory.instance.objectNode().put("token_id",
            token.id().toString()).put("name", token.name()).put("kind", token.kind()).put("reason", which.reason()));
        tx.afterCommit(changes::happened);
      }
      return Objects.requireNonNull(TokenStore.get(tx, token.id()));
    });
  }

  /** Who the caller is, and what its calls may hold. */
  public Identity whoami(Call call, WhoAmI nothing) {
    var caller = call.caller();
    var token = caller.tokenId() == null ? null : TokenStore.get(call.sql(), caller.tokenId());
    if (token == null) {
      throw ProblemException.of(ProblemCode.UNAUTHENTICATED,
          "No token came with the call, so that it comes from nobody.");
    }
    var agent = caller.agentNo() == null ? null : directory.agentByNo(caller.agentNo());
    return new Identity(caller.name(), caller.actor(), token.kind(), caller.home(), caller.namespaces(),
        caller.rights().stream().sorted().map(Right::wire).toList(), agent == null ? null : agent.id(),
        token.expiresAt(), limits);
  }

  private static List<Right> rights(Caller caller, List<String> asked) {
    if (asked.isEmpty()) {
      throw ProblemException.invalid("/rights", "must name at least one of: read, ask, work, operate, admin");
    }
    var rights = Arrays.stream(Right.values()).filter(right -> right != Right.NONE && asked.contains(right.wire()))
        .toList();
    for (var right : rights) {
      if (!caller.may(right)) {
        throw ProblemException.of(ProblemCode.FORBIDDEN,
            "/rights: " + caller.actor() + " does not have the right '" + right.wire() + "' and so cannot grant it.");
      }
    }
    if (rights.size() < asked.stream().distinct().count()) {
      throw ProblemException.invalid("/rights", "holds a word that is none of: read, ask, work, operate, admin");
    }
    return rights;
  }

  private List<NamespacePath> walls(Call call, @Nullable List<String> asked, boolean operator) {
    var walls = new ArrayList<NamespacePath>();
    if (asked == null || asked.isEmpty()) {
      walls.addAll(call.caller().namespaces());
    } else {
      asked.stream().distinct().forEach(path -> walls.add(directory.meant(call, path)));
    }
    if (walls.isEmpty() && !operator) {
      throw ProblemException.invalid("/namespaces",
          "must name at least one: only a token with the right 'operate' may have no walls");
    }
    return walls;
  }

  private static boolean sees(Caller caller, List<NamespacePath> walls) {
    return walls.isEmpty() ? caller.namespaces().isEmpty() && caller.isOperator()
        : walls.stream().allMatch(caller::sees);
  }

  private static @Nullable UUID after(@Nullable String cursor) {
    if (cursor == null) {
      return null;
    }
    try {
      return UUID.fromString(Cursor.read(cursor));
    } catch (IllegalArgumentException malformed) {
      throw ProblemException.invalid("/cursor",
          "is not a cursor that list_tokens gave; leave it out for the first page");
    }
  }
}
