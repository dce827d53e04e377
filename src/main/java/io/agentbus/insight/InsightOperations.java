package io.agentbus.insight;

import io.agentbus.op.Effect;
import io.agentbus.op.Operation;
import io.agentbus.op.Right;
import io.agentbus.op.Route;
import java.util.List;

/** The operations of insight. {@code whoami} is declared with the agents, whose tokens it tells of. */
public final class InsightOperations {
  public static final Operation<HealthReader, HealthQuery, SystemHealth> HEALTH = new Operation<>("health",
      "Says whether the bus is well, and what is wrong.", Right.READ, Effect.READ, Route.get("/health"), HealthReader.class, HealthQuery.class,
      SystemHealth.class, HealthReader::health);
  public static final Operation<JournalList, ListJournal, ListedJournal> LIST_JOURNAL = new Operation<>("list_journal",
      "Lists changes in pages by rising position: who, what, when, from, to.", Right.READ, Effect.READ, Route.get("/journal"), JournalList.class,
      ListJournal.class, ListedJournal.class, JournalList::list);
  public static final Operation<JournalVerifier, VerifyJournal, VerifiedJournal> VERIFY_JOURNAL = new Operation<>("verify_journal",
      "Checks the journal against its seals and names the first row or seal that is not as it was.", Right.READ, Effect.READ,
      Route.get("/journal/verification"), JournalVerifier.class, VerifyJournal.class, VerifiedJournal.class, JournalVerifier::verify);
  public static final Operation<Audits, AuditWindow, AuditedWindow> AUDIT_WINDOW = new Operation<>("audit_window",
      "Tells what an agent or another actor read, wrote and acted on between two times.", Right.READ, Effect.READ, Route.get("/audit"),
      Audits.class, AuditWindow.class, AuditedWindow.class, Audits::window);

  public static final List<Operation<?, ?, ?>> ALL = List.of(HEALTH, LIST_JOURNAL, VERIFY_JOURNAL, AUDIT_WINDOW);

  private InsightOperations() {}
}
