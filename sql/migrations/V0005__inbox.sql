-- Inboxes. A message's state is the table it stands in: message_unread in the order of reading, message_deferred while it is put off,
-- message_acks once its recipient has handled it. message_facts holds what was said and is written once.
--
-- Every change of a box locks its row of message_boxes first. That makes its limit exact across nodes, and gives arrivals in the order of
-- commits: nobody sees an arrival before all smaller ones of the box. Whoever changes several boxes locks them by rising agent_no.
--
-- Locks: everything is new but for a trigger on agents, while whose making agents are neither registered nor changed for a moment.

CREATE TABLE message_boxes (
  agent_no int PRIMARY KEY REFERENCES agents ON DELETE CASCADE,
  unacked int NOT NULL DEFAULT 0,                    -- rows of message_unread and message_deferred
  arrivals bigint NOT NULL DEFAULT 0,                -- the highest arrival given
  CONSTRAINT message_boxes_unacked_not_negative CHECK (unacked >= 0)
) WITH (fillfactor = 50);

-- A box is made with its agent, so that there is always a row to lock.
CREATE FUNCTION make_message_box() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO message_boxes (agent_no) VALUES (NEW.agent_no);
  RETURN NULL;
END $$;
CREATE TRIGGER agents_box AFTER INSERT ON agents FOR EACH ROW EXECUTE FUNCTION make_message_box();
INSERT INTO message_boxes (agent_no) SELECT agent_no FROM agents;

CREATE TABLE message_facts (
  id uuid PRIMARY KEY,
  agent_no int NOT NULL,                             -- the recipient
  rank smallint NOT NULL,                            -- 10 - priority
  arrival bigint NOT NULL,                           -- place in the box: 1, 2, 3 ... in the order of commits
  namespace_id int NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  source text NOT NULL,                              -- whose message it is, in full: agent:<namespace>/<name>, token:<name> ...
  sender text,                                       -- who sent it when an operator acted for the source; else null
  subscribed boolean NOT NULL DEFAULT false,         -- put here by a subscription: it and its acknowledgement are no events
  title text NOT NULL,
  payload jsonb NOT NULL DEFAULT '{}',
  thread_id text,
  reply_to uuid,
  correlation_key text,
  dedupe_key text,
  source_job_id uuid,
  CONSTRAINT message_facts_rank_range CHECK (rank BETWEEN 0 AND 9),
  CONSTRAINT message_facts_arrival_positive CHECK (arrival > 0)
);
-- The whole of a box, in the order of reading.
CREATE UNIQUE INDEX message_facts_box_idx ON message_facts (agent_no, rank, arrival);
-- A thread, in the order of arrival.
CREATE INDEX message_facts_thread_idx ON message_facts (agent_no, thread_id, arrival) WHERE thread_id IS NOT NULL;

-- Neither acknowledged nor put off. The primary key is the order of reading.
CREATE TABLE message_unread (
  agent_no int NOT NULL,
  rank smallint NOT NULL,
  arrival bigint NOT NULL,
  id uuid NOT NULL,
  PRIMARY KEY (agent_no, rank, arrival)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_analyze_scale_factor = 0.5);

-- Put off by the recipient. A row whose time has come reads as unread from that moment on; nothing has to move it.
CREATE TABLE message_deferred (
  agent_no int NOT NULL,
  rank smallint NOT NULL,
  arrival bigint NOT NULL,
  id uuid NOT NULL,
  deferred_until timestamptz NOT NULL,
  PRIMARY KEY (agent_no, rank, arrival)
);
-- When the next one of a box comes back, and whether an urgent one has.
CREATE INDEX message_deferred_due_idx ON message_deferred (agent_no, deferred_until);
CREATE INDEX message_deferred_urgent_idx ON message_deferred (agent_no, deferred_until) WHERE rank <= 1;

-- Handled. The first acknowledgement is kept for good.
CREATE TABLE message_acks (
  id uuid PRIMARY KEY,
  acked_at timestamptz NOT NULL DEFAULT now(),
  acked_by text NOT NULL,
  result jsonb NOT NULL DEFAULT '{}'
);

-- The unacknowledged message of each dedupe key; freed by the acknowledgement. Keys belong to their source: nobody is answered another's.
CREATE TABLE message_dedupe (
  agent_no int NOT NULL,
  source text NOT NULL,
  key text NOT NULL,
  id uuid NOT NULL,
  PRIMARY KEY (agent_no, source, key)
);
