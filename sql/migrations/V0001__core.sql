-- The tables of the hot path and of identity. Names that people select from (jobs, job_attempts, events, ready_jobs_v ...) are
-- views in R__views.sql. Takes no lock that matters: everything is new.
--
-- A job's state is the table it stands in: job_ready, job_scheduled, job_waiting, job_blocked, job_leases, or a row of
-- job_closings that ends it. Rows are inserted and deleted, never updated through many indexes; that is what makes the bus fast.
-- Hot tables carry no foreign keys: each would lock a parent row for every job. The statements of sql/queries keep them true and
-- sql/runbook/invariants.sql checks it.

CREATE TYPE job_status AS ENUM ('waiting', 'queued', 'leased', 'running', 'blocked', 'succeeded', 'failed', 'dead', 'cancelled');
CREATE TYPE attempt_status AS ENUM ('leased', 'running', 'succeeded', 'blocked', 'failed', 'timed_out', 'cancelled');
CREATE TYPE lane AS ENUM ('reactive', 'scheduled', 'delivery', 'coding', 'proactive', 'memory', 'idle', 'projection');
CREATE TYPE target_kind AS ENUM ('agent', 'capability', 'tag', 'any');

CREATE FUNCTION touch_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END $$;

-- Identity -------------------------------------------------------------------------------------------------------------------

CREATE TABLE namespaces (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  path text COLLATE "C" NOT NULL UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL,
  CONSTRAINT namespaces_path_form CHECK (path ~ '^[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*){0,7}$' AND length(path) <= 512)
);

CREATE TABLE agents (
  agent_no int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id uuid NOT NULL UNIQUE,
  namespace_id int NOT NULL REFERENCES namespaces,
  name text NOT NULL,
  concurrency int,                                   -- most live leases; null = not limited
  channel text NOT NULL DEFAULT 'pull',
  tags text[] NOT NULL DEFAULT '{}',
  capabilities text[] NOT NULL DEFAULT '{}',
  hostname text,
  host_uid text,
  platform text,
  version text,
  metadata jsonb NOT NULL DEFAULT '{}',
  desired text NOT NULL DEFAULT 'active',            -- what an operator wants; a heartbeat never changes it
  paused boolean NOT NULL DEFAULT false,             -- kept equal to: a row of pauses names this agent
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (namespace_id, name),
  CONSTRAINT agents_concurrency_positive CHECK (concurrency > 0),
  CONSTRAINT agents_desired_known CHECK (desired IN ('active', 'draining', 'disabled'))
);
CREATE TRIGGER agents_touch BEFORE UPDATE ON agents FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- Heartbeats stand apart from agents: a claim locks the agent's row, and a heartbeat must never wait for it.
CREATE TABLE agent_presence (
  agent_no int PRIMARY KEY REFERENCES agents ON DELETE CASCADE,
  last_heartbeat_at timestamptz NOT NULL,
  node_id text NOT NULL
) WITH (fillfactor = 70);

CREATE TABLE tokens (
  id uuid PRIMARY KEY,
  digest bytea NOT NULL UNIQUE,                      -- SHA-256; the token itself is stored nowhere
  kind text NOT NULL,
  name text NOT NULL,
  agent_no int REFERENCES agents ON DELETE CASCADE,
  namespaces text[] NOT NULL,                        -- walls; empty = none (operators only)
  rights text[] NOT NULL,
  settings jsonb NOT NULL DEFAULT '{}',              -- of a join token: what the agent it registers may be
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL,
  expires_at timestamptz,
  revoked_at timestamptz,
  used_at timestamptz,                               -- of a join token: when it registered its agent
  last_used_at timestamptz,
  CONSTRAINT tokens_kind_known CHECK (kind IN ('operator', 'service', 'agent', 'join')),
  CONSTRAINT tokens_digest_length CHECK (length(digest) = 32),
  CONSTRAINT tokens_agent_named CHECK ((kind = 'agent') = (agent_no IS NOT NULL))
);
CREATE INDEX tokens_agent_idx ON tokens (agent_no) WHERE agent_no IS NOT NULL;

-- Where jobs stand in line ---------------------------------------------------------------------------------------------------

-- Whom a job is for: one agent, whoever has a capability or a tag, or any agent of the namespace.
CREATE TABLE targets (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  namespace_id int NOT NULL REFERENCES namespaces,
  kind target_kind NOT NULL,
  name text NOT NULL DEFAULT '',
  UNIQUE (namespace_id, kind, name),
  CONSTRAINT targets_any_has_no_name CHECK ((kind = 'any') = (name = ''))
);

-- One line of jobs: same namespace, same target, same lane, so that whatever can be paused is whole queues.
CREATE TABLE queues (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  namespace_id int NOT NULL REFERENCES namespaces,
  target_id int NOT NULL REFERENCES targets,
  lane lane NOT NULL,
  paused boolean NOT NULL DEFAULT false,             -- kept equal to: a row of pauses covers this queue
  UNIQUE (namespace_id, target_id, lane)
);
CREATE INDEX queues_target_idx ON queues (target_id);

CREATE TABLE pauses (
  id uuid PRIMARY KEY,
  namespace_id int NOT NULL REFERENCES namespaces,   -- covers the namespaces below too
  lane lane,
  agent_no int REFERENCES agents ON DELETE CASCADE,
  reason text NOT NULL,
  paused_by text NOT NULL,
  paused_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT pauses_one_scope CHECK (lane IS NULL OR agent_no IS NULL),
  UNIQUE NULLS NOT DISTINCT (namespace_id, lane, agent_no)
);

-- Jobs -----------------------------------------------------------------------------------------------------------------------

-- What was asked for. Written once; only priority, run_after, queue_id (an override or a retry) and max_attempts ever change.
CREATE TABLE job_facts (
  id uuid PRIMARY KEY,
  queue_id int NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  run_after timestamptz NOT NULL DEFAULT now(),
  priority smallint NOT NULL DEFAULT 100,
  max_attempts smallint NOT NULL DEFAULT 5,
  timeout_seconds int,
  expected_seconds int,
  job_type text NOT NULL,
  subject text NOT NULL,
  source text NOT NULL,                              -- who asked, in full: agent:<namespace>/<name>, token:<name> or sql:<user>
  parent_job_id uuid,
  flow_key text,
  correlation_key text,
  dedupe_key text,
  payload jsonb NOT NULL DEFAULT '{}',
  state jsonb,
  CONSTRAINT job_facts_priority_range CHECK (priority BETWEEN 1 AND 1000),
  CONSTRAINT job_facts_max_attempts_positive CHECK (max_attempts > 0)
);
CREATE INDEX job_facts_parent_idx ON job_facts (parent_job_id) WHERE parent_job_id IS NOT NULL;
CREATE INDEX job_facts_flow_idx ON job_facts (flow_key) WHERE flow_key IS NOT NULL;
CREATE INDEX job_facts_correlation_idx ON job_facts (correlation_key) WHERE correlation_key IS NOT NULL;

-- What a job gets by agentbus.enqueue_job when its caller says nothing. Each node writes what it is set to when it starts, so that the
-- function and the operation give the same; the nodes of a database are meant to be set alike.
CREATE TABLE job_defaults (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  max_attempts smallint NOT NULL CHECK (max_attempts > 0),       -- jobs.max-attempts
  payload_bytes int NOT NULL CHECK (payload_bytes > 0),          -- limits.payload
  set_by text NOT NULL,                                          -- a node's name
  set_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO job_defaults (max_attempts, payload_bytes, set_by) VALUES (5, 262144, 'bus');

-- What workers leave on a job while it lives. Few jobs have a row.
CREATE TABLE job_notes (
  job_id uuid PRIMARY KEY,
  state jsonb,
  summary text,
  last_error text,
  progress jsonb,
  progress_at timestamptz,
  openclaw_task_ref text,
  openclaw_session_key text,
  openclaw_meta jsonb
) WITH (fillfactor = 80);

-- The active job of each dedupe key; freed when the job ends.
CREATE TABLE job_dedupe (
  target_id int NOT NULL,
  namespace_id int NOT NULL,
  key text NOT NULL,
  job_id uuid NOT NULL,
  PRIMARY KEY (target_id, namespace_id, key)
);
CREATE INDEX job_dedupe_job_idx ON job_dedupe (job_id);  -- a finish frees keys by job, without a look at the jobs' facts

CREATE TABLE job_dependencies (
  job_id uuid NOT NULL,
  depends_on_job_id uuid NOT NULL,
  dropped_at timestamptz,                            -- set by unblock_job: no longer waited for
  PRIMARY KEY (job_id, depends_on_job_id),
  CONSTRAINT job_dependencies_not_itself CHECK (job_id <> depends_on_job_id)
);
CREATE INDEX job_dependencies_parent_idx ON job_dependencies (depends_on_job_id);

-- May be claimed now. The primary key is the order of the claim: rank is 1000 - priority. A row is found from its facts, which
-- hold the same queue_id, priority and run_after. attempt counts the attempts already used up.
CREATE TABLE job_ready (
  queue_id int NOT NULL,
  rank smallint NOT NULL,
  attempt smallint NOT NULL DEFAULT 0,
  run_after timestamptz NOT NULL,
  id uuid NOT NULL,
  PRIMARY KEY (queue_id, rank, run_after, id)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_analyze_scale_factor = 0.5);

-- Due later; moved to job_ready in batches.
CREATE TABLE job_scheduled (
  run_after timestamptz NOT NULL,
  id uuid NOT NULL,
  attempt smallint NOT NULL DEFAULT 0,
  PRIMARY KEY (run_after, id)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);

-- Dependencies are open.
CREATE TABLE job_waiting (
  id uuid PRIMARY KEY,
  attempt smallint NOT NULL DEFAULT 0,
  since timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE job_blocked (
  id uuid PRIMARY KEY,
  attempt smallint NOT NULL DEFAULT 0,
  blocked_at timestamptz NOT NULL DEFAULT now(),
  blocked_by text NOT NULL,
  blocked_reason text NOT NULL,
  needs text,
  needs_from text,
  review_at timestamptz,
  on_review text NOT NULL DEFAULT 'requeue',
  by_dependency boolean NOT NULL DEFAULT false,      -- a dependency ended badly; its retry sends the job back to waiting
  CONSTRAINT job_blocked_reason_given CHECK (length(blocked_reason) > 0),
  CONSTRAINT job_blocked_on_review_known CHECK (on_review IN ('requeue', 'dead'))
);
CREATE INDEX job_blocked_review_idx ON job_blocked (review_at) WHERE review_at IS NOT NULL;

-- Someone holds it. The open attempt is this row, so that no attempt can stay open behind a job that has ended.
CREATE SEQUENCE fence_seq CACHE 1;
CREATE TABLE job_leases (
  id uuid PRIMARY KEY,
  fence bigint NOT NULL,
  leased_at timestamptz NOT NULL,
  leased_until timestamptz NOT NULL,
  sweep_at timestamptz NOT NULL,                     -- the earlier of leased_until and timeout_at
  timeout_at timestamptz,
  running_at timestamptz,
  claim_id uuid,
  agent_no int NOT NULL,
  queue_id int NOT NULL,
  namespace_id int NOT NULL,                         -- of the queue: a finish journals it without a look at the queue
  lease_seconds int NOT NULL,
  attempt smallint NOT NULL,                         -- number of this attempt
  limited boolean NOT NULL,                          -- counts against the agent's concurrency
  owner text NOT NULL
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);
CREATE INDEX job_leases_sweep_idx ON job_leases (sweep_at);
CREATE INDEX job_leases_limited_idx ON job_leases (agent_no) WHERE limited;
CREATE INDEX job_leases_claim_idx ON job_leases (claim_id) WHERE claim_id IS NOT NULL;

-- Every closed attempt, and every end of a job: one row where both fall together. A job that ended without an attempt (cancelled
-- while queued) has attempt_status null. A reopened job keeps its old end, marked.
CREATE TABLE job_closings (
  id uuid NOT NULL,
  fence bigint NOT NULL,
  queue_id int NOT NULL,
  agent_no int,
  finished_at timestamptz NOT NULL,
  leased_at timestamptz,
  running_at timestamptz,
  attempt smallint NOT NULL,
  counted boolean NOT NULL,                          -- used up one of max_attempts
  ends boolean NOT NULL,                             -- the job ended with this row
  reopened boolean NOT NULL DEFAULT false,
  attempt_status attempt_status,
  job_status job_status NOT NULL,                    -- what the job was after it
  verb text NOT NULL,                                -- the operation that closed it: a repetition is recognised by verb and fence
  owner text,
  summary text,
  error text,
  result jsonb,
  openclaw_task_ref text,
  openclaw_session_key text,
  PRIMARY KEY (id, fence),
  CONSTRAINT job_closings_ends_terminal CHECK (ends = (job_status IN ('succeeded', 'failed', 'dead', 'cancelled')))
);
-- What people look for by status. Success is the common end: it would pay for the index and nobody would read it there.
CREATE INDEX job_closings_ended_idx ON job_closings (queue_id, job_status, id) WHERE ends AND job_status <> 'succeeded';
-- The ends of the last day that were not good, for the health of the bus.
CREATE INDEX job_closings_unwell_idx ON job_closings (finished_at) WHERE ends AND job_status <> 'succeeded';
CREATE INDEX job_closings_finished_brin ON job_closings USING brin (finished_at) WITH (pages_per_range = 32);

-- The journal ----------------------------------------------------------------------------------------------------------------

-- A statement takes a block of ids and numbers its rows inside it; blocks are at most 2048 rows. The sequencer gives whole blocks
-- their position after commit, so that a position costs a row a statement and not a row a change.
CREATE SEQUENCE journal_block INCREMENT BY 2048 MINVALUE 0 START WITH 2048 CACHE 1;
CREATE TABLE journal (
  id bigint PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  job_id uuid,
  fence bigint,
  namespace_id int,
  attempt smallint,
  from_state job_status,
  to_state job_status,
  actor text NOT NULL,
  action text NOT NULL,
  detail jsonb
);
CREATE INDEX journal_job_idx ON journal (job_id) WHERE job_id IS NOT NULL;
CREATE INDEX journal_at_brin ON journal USING brin (at) WITH (pages_per_range = 32);

CREATE TABLE journal_pending (
  first_id bigint PRIMARY KEY,
  n int NOT NULL CHECK (n BETWEEN 1 AND 2048)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

CREATE TABLE journal_positions (
  position bigint PRIMARY KEY,                       -- of the block's first row; positions run 1, 2, 3 ... without a gap
  first_id bigint NOT NULL UNIQUE,
  n int NOT NULL
);

CREATE TABLE journal_seals (
  seal_no bigint PRIMARY KEY,                        -- 1, 2, 3 ...
  from_position bigint NOT NULL,
  to_position bigint NOT NULL,
  rows_hash bytea NOT NULL,
  row_marks bytea NOT NULL,                          -- 8 bytes a position: they name the row that was changed
  previous_hash bytea NOT NULL,
  seal_hash bytea NOT NULL,
  signature bytea NOT NULL,
  key_id text NOT NULL,
  sealed_at timestamptz NOT NULL,
  CONSTRAINT journal_seals_range CHECK (from_position <= to_position)
);

-- Public keys of those who seal. A row here is a claim: which keys are to be trusted, each node's home says.
CREATE TABLE journal_keys (
  key_id text PRIMARY KEY,
  public_key bytea NOT NULL,                         -- Ed25519, as X.509 SubjectPublicKeyInfo
  node text NOT NULL,
  added_at timestamptz NOT NULL DEFAULT now()
);

-- What callers read, for audit_window; what they were handed by a claim is in the journal.
CREATE TABLE read_log (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  operation text NOT NULL,
  namespace_id int,
  job_ids uuid[] NOT NULL DEFAULT '{}',
  rows_read int NOT NULL
);
CREATE INDEX read_log_at_brin ON read_log USING brin (at) WITH (pages_per_range = 32);

-- Events that callers emit. What the bus itself says of jobs (topics job.*) is the journal, seen through the view events.
CREATE TABLE event_facts (
  id uuid PRIMARY KEY,
  journal_id bigint NOT NULL UNIQUE,
  namespace_id int NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  topic text NOT NULL,
  source text NOT NULL,
  source_job_id uuid,
  dedupe_key text,
  payload jsonb NOT NULL DEFAULT '{}'
);
CREATE UNIQUE INDEX event_facts_dedupe_idx ON event_facts (namespace_id, topic, dedupe_key) WHERE dedupe_key IS NOT NULL;
CREATE INDEX event_facts_topic_idx ON event_facts (topic, journal_id);
CREATE INDEX event_facts_job_idx ON event_facts (source_job_id) WHERE source_job_id IS NOT NULL;

-- Doors and nodes ------------------------------------------------------------------------------------------------------------

CREATE TABLE idempotency_keys (
  principal text NOT NULL,
  operation text NOT NULL,
  key text NOT NULL,
  fingerprint bytea NOT NULL,
  response bytea,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (principal, operation, key)
);
CREATE INDEX idempotency_keys_created_idx ON idempotency_keys (created_at);

CREATE TABLE dispatcher_heartbeats (
  namespace text NOT NULL DEFAULT 'default',
  dispatcher_id text NOT NULL,
  host text NOT NULL,
  pid bigint NOT NULL,
  roles text[] NOT NULL DEFAULT '{}',
  started_at timestamptz NOT NULL DEFAULT now(),
  last_seen timestamptz NOT NULL DEFAULT now(),
  stopped_at timestamptz,                            -- a clean stop; null after a crash
  leases_owned int NOT NULL DEFAULT 0,
  busy_agents int NOT NULL DEFAULT 0,
  metrics jsonb NOT NULL DEFAULT '{}',               -- for each loop: when it last ran to its end
  PRIMARY KEY (namespace, dispatcher_id)
) WITH (fillfactor = 50);

-- When any node last served: time in which none did is not charged to a lease.
CREATE TABLE served_clock (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  last_served timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);
INSERT INTO served_clock DEFAULT VALUES;
INSERT INTO namespaces (path, created_by) VALUES ('default', 'bus');
