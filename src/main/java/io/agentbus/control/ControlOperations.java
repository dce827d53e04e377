package io.agentbus.control;

import io.agentbus.op.Effect;
import io.agentbus.op.Operation;
import io.agentbus.op.Right;
import io.agentbus.op.Route;
import java.util.List;

/** The operations of pauses. */
public final class ControlOperations {
  public static final Operation<Pauses, PauseLane, Pause> PAUSE_LANE =
      new Operation<>("pause_lane", "Keeps the jobs of a lane from being claimed, in a namespace and those below.",
          Right.OPERATE, Effect.WRITE, Route.post("/lanes/{lane}/pause"), Pauses.class, PauseLane.class, Pause.class,
          Pauses::pauseLane);

  public static final Operation<Pauses, ResumeLane, Resumed> RESUME_LANE =
      new Operation<>("resume_lane", "Takes back the pause of a lane and says what still keeps it.", Right.OPERATE,
          Effect.WRITE, Route.post("/lanes/{lane}/resume"), Pauses.class, ResumeLane.class, Resumed.class,
          Pauses::resumeLane);

  public static final Operation<Pauses, PauseAgent, Pause> PAUSE_AGENT =
      new Operation<>("pause_agent", "Keeps an agent from getting jobs; what it holds goes on.", Right.OPERATE,
          Effect.WRITE, Route.post("/fleet/agents/{agent}/pause"), Pauses.class, PauseAgent.class, Pause.class,
          Pauses::pauseAgent);

  public static final Operation<Pauses, ResumeAgent, Resumed> RESUME_AGENT =
      new Operation<>("resume_agent", "Takes back the pause of an agent and says what still keeps it.", Right.OPERATE,
          Effect.WRITE, Route.post("/fleet/agents/{agent}/resume"), Pauses.class, ResumeAgent.class, Resumed.class,
          Pauses::resumeAgent);

  public static final Operation<Pauses, PauseNamespace, Pause> PAUSE_NAMESPACE =
      new Operation<>("pause_namespace", "Keeps all jobs of a namespace and those below from being claimed.",
          Right.OPERATE, Effect.WRITE, Route.post("/namespaces/pause"), Pauses.class, PauseNamespace.class,
          Pause.class, Pauses::pauseNamespace);

  public static final Operation<Pauses, ResumeNamespace, Resumed> RESUME_NAMESPACE =
      new Operation<>("resume_namespace", "Takes back the pause of a namespace and says what still keeps it.",
          Right.OPERATE, Effect.WRITE, Route.post("/namespaces/resume"), Pauses.class, ResumeNamespace.class,
          Resumed.class, Pauses::resumeNamespace);

  public static final Operation<Pauses, ListPauses, PausePage> LIST_PAUSES =
      new Operation<>("list_pauses", "Lists what is paused, since when, by whom and why.", Right.READ, Effect.READ,
          Route.get("/pauses"), Pauses.class, ListPauses.class, PausePage.class, Pauses::listPauses);

  /** Every operation of this feature; {@link Pauses} carries them all out. */
  public static final List<Operation<Pauses, ?, ?>> ALL = List.of(PAUSE_LANE, RESUME_LANE, PAUSE_AGENT, RESUME_AGENT,
      PAUSE_NAMESPACE, RESUME_NAMESPACE, LIST_PAUSES);

  private ControlOperations() {}
}
