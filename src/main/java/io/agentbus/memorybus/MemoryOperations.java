package io.agentbus.memorybus;

import io.agentbus.op.Effect;
import io.agentbus.op.Operation;
import io.agentbus.op.Right;
import io.agentbus.op.Route;
import java.util.List;

/** The operations of the memory bus. Their names, inputs and answers are ai-memory's. */
public final class MemoryOperations {
  public static final Operation<Memories, StoreMemory, StoredMemory> STORE = new Operation<>("memory_store",
      "Keeps something under a title, unique within its namespace.", Right.ASK, Effect.WRITE, Route.post("/memory/entries"), Memories.class,
      StoreMemory.class, StoredMemory.class, Memories::store);
  public static final Operation<MemoryReader, MemoryRef, MemoryEntry> GET = new Operation<>("memory_get", "Answers one memory with its links.", Right.READ,
      Effect.READ, Route.get("/memory/entries/{id}"), MemoryReader.class, MemoryRef.class, MemoryEntry.class, MemoryReader::get);
  public static final Operation<MemoryReader, ListMemories, ListedMemories> LIST = new Operation<>("memory_list",
      "Lists memories, those that matter most first.", Right.READ, Effect.READ, Route.get("/memory/entries"), MemoryReader.class, ListMemories.class,
      ListedMemories.class, MemoryReader::list);
  public static final Operation<MemoryReader, SearchMemories, FoundMemories> SEARCH = new Operation<>("memory_search",
      "Finds the memories that hold all of some words.", Right.READ, Effect.READ, Route.get("/memory/search"), MemoryReader.class, SearchMemories.class,
      FoundMemories.class, MemoryReader::search);
  public static final Operation<MemoryReader, RecallMemories, RecalledMemories> RECALL = new Operation<>("memory_recall",
      "Answers the memories that fit some words best, which then live longer.", Right.ASK, Effect.WRITE, Route.post("/memory/recall"),
      MemoryReader.class, RecallMemories.class, RecalledMemories.class, MemoryReader::recall);
  public static final Operation<Memories, UpdateMemory, UpdatedMemory> UPDATE = new Operation<>("memory_update", "Changes a memory.", Right.ASK,
      Effect.WRITE, Route.patch("/memory/entries/{id}"), Memories.class, UpdateMemory.class, UpdatedMemory.class, Memories::update);
  public static final Operation<Memories, MemoryRef, DeletedMemory> DELETE = new Operation<>("memory_delete", "Removes a memory with its links.", Right.ASK,
      Effect.DESTROY, Route.delete("/memory/entries/{id}"), Memories.class, MemoryRef.class, DeletedMemory.class, Memories::delete);
  public static final Operation<Memories, PromoteMemory, PromotedMemory> PROMOTE = new Operation<>("memory_promote",
      "Keeps a memory for good, or copies it to a namespace above.", Right.ASK, Effect.WRITE, Route.post("/memory/entries/{id}/promote"), Memories.class,
      PromoteMemory.class, PromotedMemory.class, Memories::promote);
  public static final Operation<MemoryLinks, LinkMemories, LinkedMemories> LINK = new Operation<>("memory_link", "Links two memories.", Right.ASK,
      Effect.WRITE, Route.post("/memory/links"), MemoryLinks.class, LinkMemories.class, LinkedMemories.class, MemoryLinks::link);
  public static final Operation<MemoryLinks, KgTimeline, ToldTimeline> TIMELINE = new Operation<>("memory_kg_timeline",
      "Tells the links from a memory in the order in which they began to be valid.", Right.READ, Effect.READ, Route.get("/memory/timeline"),
      MemoryLinks.class, KgTimeline.class, ToldTimeline.class, MemoryLinks::timeline);
  public static final Operation<MemoryLinks, KgQuery, KgNodes> QUERY = new Operation<>("memory_kg_query", "Follows the links from a memory.", Right.READ,
      Effect.READ, Route.post("/memory/graph"), MemoryLinks.class, KgQuery.class, KgNodes.class, MemoryLinks::query);
  public static final Operation<MemoryLinks, KgInvalidate, InvalidatedLink> INVALIDATE = new Operation<>("memory_kg_invalidate",
      "Says until when a link was valid.", Right.ASK, Effect.WRITE, Route.post("/memory/links/invalidate"), MemoryLinks.class, KgInvalidate.class,
      InvalidatedLink.class, MemoryLinks::invalidate);
  public static final Operation<MemoryCapabilities, GetCapabilities, ToldCapabilities> CAPABILITIES = new Operation<>("memory_capabilities",
      "Tells what the memory bus can do now.", Right.READ, Effect.READ, Route.get("/memory/capabilities"), MemoryCapabilities.class, GetCapabilities.class,
      ToldCapabilities.class, MemoryCapabilities::capabilities);
  public static final Operation<MemoryAgents, MemoryAgentRegister, MemoryAgentRegistered> AGENT_REGISTER = new Operation<>("memory_agent_register",
      "Tells the memory bus what an agent is.", Right.ASK, Effect.WRITE, Route.post("/memory/agents"), MemoryAgents.class, MemoryAgentRegister.class,
      MemoryAgentRegistered.class, MemoryAgents::register);
  public static final Operation<PendingActions, ListPending, ListedPending> PENDING_LIST = new Operation<>("memory_pending_list",
      "Lists what waits for approval or was decided.", Right.READ, Effect.READ, Route.get("/memory/pending"), PendingActions.class, ListPending.class,
      ListedPending.class, PendingActions::list);
  public static final Operation<PendingActions, DecidePending, PendingApproved> PENDING_APPROVE = new Operation<>("memory_pending_approve",
      "Approves an action, and carries it out with the last vote it needed.", Right.ASK, Effect.WRITE, Route.post("/memory/pending/{id}/approve"),
      PendingActions.class, DecidePending.class, PendingApproved.class, PendingActions::approve);
  public static final Operation<PendingActions, DecidePending, PendingRejected> PENDING_REJECT = new Operation<>("memory_pending_reject",
      "Rejects an action, or takes one's own back.", Right.ASK, Effect.WRITE, Route.post("/memory/pending/{id}/reject"), PendingActions.class,
      DecidePending.class, PendingRejected.class, PendingActions::reject);
  public static final Operation<MemoryStandards, SetStandard, StandardSet> SET_STANDARD = new Operation<>("memory_namespace_set_standard",
      "Says what is usual in a namespace, and who may do what there.", Right.ASK, Effect.WRITE, Route.put("/memory/standards"), MemoryStandards.class,
      SetStandard.class, StandardSet.class, MemoryStandards::set);

  public static final Operation<MemoryMessages, NotifyAgent, NotifiedAgent> NOTIFY = new Operation<>("memory_notify",
      "Tells something to one agent, who has it in its inbox until it acknowledges it.", Right.ASK, Effect.WRITE, Route.post("/memory/notify"),
      MemoryMessages.class, NotifyAgent.class, NotifiedAgent.class, MemoryMessages::notify);
  public static final Operation<MemoryMessages, MemoryInbox, MemoryInboxPage> INBOX = new Operation<>("memory_inbox",
      "Lists the messages of an inbox and leaves them as they are.", Right.READ, Effect.READ, Route.get("/memory/inbox"), MemoryMessages.class,
      MemoryInbox.class, MemoryInboxPage.class, MemoryMessages::inbox);

  public static final Operation<MemorySubscriptions, SubscribeToMemories, MemorySubscribed> SUBSCRIBE = new Operation<>("memory_subscribe",
      "Tells what happens on the memory bus from now on, to a webhook or the caller's inbox.", Right.ASK, Effect.WRITE,
      Route.post("/memory/subscriptions"), MemorySubscriptions.class, SubscribeToMemories.class, MemorySubscribed.class, MemorySubscriptions::subscribe);
  public static final Operation<MemorySubscriptions, MemorySubscriptionRef, MemoryUnsubscribed> UNSUBSCRIBE = new Operation<>("memory_unsubscribe",
      "Ends a subscription with what still waits for it.", Right.ASK, Effect.DESTROY, Route.delete("/memory/subscriptions/{id}"),
      MemorySubscriptions.class, MemorySubscriptionRef.class, MemoryUnsubscribed.class, MemorySubscriptions::unsubscribe);
  public static final Operation<MemorySubscriptions, ListMemorySubscriptions, MemorySubscriptionList> LIST_SUBSCRIPTIONS = new Operation<>(
      "memory_list_subscriptions", "Lists the caller's subscriptions to the memory bus.", Right.READ, Effect.READ, Route.get("/memory/subscriptions"),
      MemorySubscriptions.class, ListMemorySubscriptions.class, MemorySubscriptionList.class, MemorySubscriptions::list);

  public static final List<Operation<?, ?, ?>> ALL = List.of(STORE, GET, LIST, SEARCH, RECALL, UPDATE, DELETE, PROMOTE, LINK, TIMELINE, QUERY, INVALIDATE,
      NOTIFY, INBOX, SUBSCRIBE, UNSUBSCRIBE, LIST_SUBSCRIPTIONS, CAPABILITIES, AGENT_REGISTER, PENDING_LIST, PENDING_APPROVE, PENDING_REJECT, SET_STANDARD);

  private MemoryOperations() {}
}
