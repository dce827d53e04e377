package io.agentbus.http;

import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.util.function.Supplier;

/**
 * Stands before proofs that are no tokens, such as signatures of bodies. Those that fail are answered 429 when too many of their address have
 * failed within a minute. One that is good is welcome there always and waits for nobody: behind a proxy all senders have one address, and
 * whether a proof holds costs this machine less than to keep its sender waiting. Any thread.
 */
public final class ProofGate {
  private final WrongTokens wrong;

  /** @param mostFailuresAMinute failed proofs of one address in a minute, before they are answered 429 */
  public ProofGate(int mostFailuresAMinute) {
    wrong = new WrongTokens(mostFailuresAMinute);
  }

  /**
   * Looks at a proof. Call within {@link Exchange#work}: it may wait.
   *
   * @param proof refuses with {@code unauthenticated} what does not hold
   * @throws ProblemException what {@code proof} throws, or {@code limit_exceeded} in place of {@code unauthenticated} after too many of them
   */
  public <T> T check(String address, Supplier<T> proof) {
    try {
      return proof.get();
    } catch (ProblemException refused) {
      if (refused.code() != ProblemCode.UNAUTHENTICATED) {
        throw refused;
      }
      var tooMany = wrong.tooMany(address);
      wrong.add(address, "");
      throw tooMany ? wrong.refusal(address) : refused;
    }
  }
}
