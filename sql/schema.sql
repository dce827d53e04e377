-- The schema agentbus as the migrations leave it. Generated: see SchemaSnapshotTest.

CREATE TYPE agentbus.attempt_status AS ENUM ('leased', 'running', 'succeeded', 'blocked', 'failed', 'timed_out', 'cancelled');

CREATE TYPE agentbus.delivery_status AS ENUM ('pending', 'delivered', 'dead');

CREATE TYPE agentbus.job_status AS ENUM ('waiting', 'queued', 'leased', 'running', 'blocked', 'succeeded', 'failed', 'dead', 'cancelled');

CREATE TYPE agentbus.lane AS ENUM ('reactive', 'scheduled', 'delivery', 'coding', 'proactive', 'memory', 'idle', 'projection');

CREATE TYPE agentbus.subscription_status AS ENUM ('active', 'paused', 'disabled');

CREATE TYPE agentbus.subscription_target AS ENUM ('webhook', 'inbox', 'job', 'bus', 'sse');

CREATE TYPE agentbus.target_kind AS ENUM ('agent', 'capability', 'tag', 'any');

CREATE SEQUENCE agentbus.fence_seq AS bigint INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;

CREATE SEQUENCE agentbus.journal_block AS bigint INCREMENT BY 2048 MINVALUE 0 MAXVALUE 9223372036854775807 START WITH 2048 CACHE 1;

CREATE TABLE agentbus.agent_presence (
  agent_no integer NOT NULL,
  last_heartbeat_at timestamp with time zone NOT NULL,
  node_id text NOT NULL,
  CONSTRAINT agent_presence_pkey PRIMARY KEY (agent_no),
  CONSTRAINT agent_presence_agent_no_fkey FOREIGN KEY (agent_no) REFERENCES agentbus.agents(agent_no) ON DELETE CASCADE
) WITH (fillfactor=70);

CREATE TABLE agentbus.agents (
  agent_no integer GENERATED ALWAYS AS IDENTITY NOT NULL,
  id uuid NOT NULL,
  namespace_id integer NOT NULL,
  name text NOT NULL,
  concurrency integer,
  channel text DEFAULT 'pull'::text NOT NULL,
  tags text[] DEFAULT '{}'::text[] NOT NULL,
  capabilities text[] DEFAULT '{}'::text[] NOT NULL,
  hostname text,
  host_uid text,
  platform text,
  version text,
  metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
  desired text DEFAULT 'active'::text NOT NULL,
  paused boolean DEFAULT false NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  created_by text NOT NULL,
  updated_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT agents_pkey PRIMARY KEY (agent_no),
  CONSTRAINT agents_id_key UNIQUE (id),
  CONSTRAINT agents_namespace_id_name_key UNIQUE (namespace_id, name),
  CONSTRAINT agents_concurrency_positive CHECK ((concurrency > 0)),
  CONSTRAINT agents_desired_known CHECK ((desired = ANY (ARRAY['active'::text, 'draining'::text, 'disabled'::text]))),
  CONSTRAINT agents_namespace_id_fkey FOREIGN KEY (namespace_id) REFERENCES agentbus.namespaces(id)
);

CREATE TABLE agentbus.campaign_clock (
  one boolean DEFAULT true NOT NULL,
  last_swept timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT campaign_clock_pkey PRIMARY KEY (one),
  CONSTRAINT campaign_clock_one_check CHECK (one)
) WITH (fillfactor=50);

CREATE TABLE agentbus.campaign_journal (
  campaign_id uuid NOT NULL,
  journal_id bigint NOT NULL,
  CONSTRAINT campaign_journal_pkey PRIMARY KEY (campaign_id, journal_id),
  CONSTRAINT campaign_journal_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES agentbus.campaigns(id) ON DELETE CASCADE
);

CREATE TABLE agentbus.campaign_phases (
  campaign_id uuid NOT NULL,
  phase_no integer NOT NULL,
  name text NOT NULL,
  phase_group text,
  batch text,
  namespace_id integer NOT NULL,
  worker text NOT NULL,
  expected_seconds integer NOT NULL,
  template jsonb NOT NULL,
  CONSTRAINT campaign_phases_pkey PRIMARY KEY (campaign_id, phase_no),
  CONSTRAINT campaign_phases_campaign_id_name_key UNIQUE (campaign_id, name),
  CONSTRAINT campaign_phases_expected_positive CHECK ((expected_seconds > 0)),
  CONSTRAINT campaign_phases_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES agentbus.campaigns(id) ON DELETE CASCADE,
  CONSTRAINT campaign_phases_namespace_id_fkey FOREIGN KEY (namespace_id) REFERENCES agentbus.namespaces(id)
);

CREATE TABLE agentbus.campaign_runs (
  campaign_id uuid NOT NULL,
  phase_no integer NOT NULL,
  run integer NOT NULL,
  job_id uuid NOT NULL,
  batch text,
  open boolean DEFAULT true NOT NULL,
  started_at timestamp with time zone DEFAULT now() NOT NULL,
  admitted_at timestamp with time zone,
  due_at timestamp with time zone NOT NULL,
  stuck_at timestamp with time zone,
  stuck_reason text,
  verdict text,
  summary text,
  evidence jsonb,
  reported_by text,
  reported_at timestamp with time zone,
  report_digest bytea,
  replaced_by text,
  replaced_at timestamp with time zone,
  replaced_reason text,
  CONSTRAINT campaign_runs_pkey PRIMARY KEY (campaign_id, phase_no, run),
  CONSTRAINT campaign_runs_job_id_key UNIQUE (job_id),
  CONSTRAINT campaign_runs_landed CHECK (((NOT open) OR ((verdict IS NULL) AND (replaced_at IS NULL)))),
  CONSTRAINT campaign_runs_reported CHECK (((verdict IS NULL) = (reported_at IS NULL))),
  CONSTRAINT campaign_runs_verdict_known CHECK ((verdict = ANY (ARRAY['passed'::text, 'failed'::text]))),
  CONSTRAINT campaign_runs_campaign_id_phase_no_fkey FOREIGN KEY (campaign_id, phase_no) REFERENCES agentbus.campaign_phases(campaign_id, phase_no) ON DELETE CASCADE
);

CREATE TABLE agentbus.campaign_scenarios (
  campaign_id uuid NOT NULL,
  phase_no integer NOT NULL,
  run integer NOT NULL,
  scenario_no integer NOT NULL,
  name text NOT NULL,
  verdict text NOT NULL,
  result jsonb,
  stderr text,
  trace jsonb,
  CONSTRAINT campaign_scenarios_pkey PRIMARY KEY (campaign_id, phase_no, run, scenario_no),
  CONSTRAINT campaign_scenarios_verdict_known CHECK ((verdict = ANY (ARRAY['passed'::text, 'failed'::text, 'skipped'::text]))),
  CONSTRAINT campaign_scenarios_campaign_id_phase_no_run_fkey FOREIGN KEY (campaign_id, phase_no, run) REFERENCES agentbus.campaign_runs(campaign_id, phase_no, run) ON DELETE CASCADE
);

CREATE TABLE agentbus.campaign_verdicts (
  campaign_id uuid NOT NULL,
  verdict_no integer NOT NULL,
  verdict text NOT NULL,
  failed text[] NOT NULL,
  reached_at timestamp with time zone DEFAULT now() NOT NULL,
  decision text,
  decision_reason text,
  decided_by text,
  decided_at timestamp with time zone,
  CONSTRAINT campaign_verdicts_pkey PRIMARY KEY (campaign_id, verdict_no),
  CONSTRAINT campaign_verdicts_decided CHECK (((decision IS NULL) = (decided_at IS NULL))),
  CONSTRAINT campaign_verdicts_decision_known CHECK ((decision = ANY (ARRAY['retag'::text, 'fix_forward'::text, 'accept'::text]))),
  CONSTRAINT campaign_verdicts_known CHECK ((verdict = ANY (ARRAY['passed'::text, 'failed'::text]))),
  CONSTRAINT campaign_verdicts_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES agentbus.campaigns(id) ON DELETE CASCADE
);

CREATE TABLE agentbus.campaigns (
  id uuid NOT NULL,
  namespace_id integer NOT NULL,
  name text NOT NULL,
  orchestrator text NOT NULL,
  orchestrator_no integer,
  created_by text NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  status text DEFAULT 'open'::text NOT NULL,
  finished_at timestamp with time zone,
  removed_at timestamp with time zone,
  CONSTRAINT campaigns_pkey PRIMARY KEY (id),
  CONSTRAINT campaigns_finished CHECK (((status = 'open'::text) = (finished_at IS NULL))),
  CONSTRAINT campaigns_removed CHECK (((removed_at IS NULL) OR (finished_at IS NOT NULL))),
  CONSTRAINT campaigns_status_known CHECK ((status = ANY (ARRAY['open'::text, 'passed'::text, 'failed'::text, 'cancelled'::text]))),
  CONSTRAINT campaigns_namespace_id_fkey FOREIGN KEY (namespace_id) REFERENCES agentbus.namespaces(id),
  CONSTRAINT campaigns_orchestrator_no_fkey FOREIGN KEY (orchestrator_no) REFERENCES agentbus.agents(agent_no) ON DELETE SET NULL
);

CREATE TABLE agentbus.deliveries (
  id uuid NOT NULL,
  subscription_id uuid NOT NULL,
  "position" bigint NOT NULL,
  event_id uuid NOT NULL,
  journal_id bigint NOT NULL,
  status agentbus.delivery_status NOT NULL,
  due_at timestamp with time zone DEFAULT now() NOT NULL,
  tries integer DEFAULT 0 NOT NULL,
  try_no integer DEFAULT 0 NOT NULL,
  lease uuid,
  replays integer DEFAULT 0 NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  ended_at timestamp with time zone,
  last_error text,
  result jsonb,
  CONSTRAINT deliveries_pkey PRIMARY KEY (id),
  CONSTRAINT deliveries_ended CHECK (((status = 'pending'::agentbus.delivery_status) = (ended_at IS NULL))),
  CONSTRAINT deliveries_lease_is_pending CHECK (((lease IS NULL) OR (status = 'pending'::agentbus.delivery_status)))
) WITH (fillfactor=80, autovacuum_vacuum_scale_factor=0.05);

CREATE TABLE agentbus.delivery_tries (
  delivery_id uuid NOT NULL,
  try_no integer NOT NULL,
  at timestamp with time zone DEFAULT now() NOT NULL,
  outcome text NOT NULL,
  counted boolean NOT NULL,
  status_code integer,
  took_ms integer,
  error text,
  answer text,
  node text NOT NULL,
  CONSTRAINT delivery_tries_pkey PRIMARY KEY (delivery_id, try_no)
);

CREATE TABLE agentbus.dispatcher_heartbeats (
  namespace text DEFAULT 'default'::text NOT NULL,
  dispatcher_id text NOT NULL,
  host text NOT NULL,
  pid bigint NOT NULL,
  roles text[] DEFAULT '{}'::text[] NOT NULL,
  started_at timestamp with time zone DEFAULT now() NOT NULL,
  last_seen timestamp with time zone DEFAULT now() NOT NULL,
  stopped_at timestamp with time zone,
  leases_owned integer DEFAULT 0 NOT NULL,
  busy_agents integer DEFAULT 0 NOT NULL,
  metrics jsonb DEFAULT '{}'::jsonb NOT NULL,
  CONSTRAINT dispatcher_heartbeats_pkey PRIMARY KEY (namespace, dispatcher_id)
) WITH (fillfactor=50);

CREATE TABLE agentbus.event_facts (
  id uuid NOT NULL,
  journal_id bigint NOT NULL,
  namespace_id integer NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  topic text NOT NULL,
  source text NOT NULL,
  source_job_id uuid,
  dedupe_key text,
  payload jsonb DEFAULT '{}'::jsonb NOT NULL,
  CONSTRAINT event_facts_pkey PRIMARY KEY (id),
  CONSTRAINT event_facts_journal_id_key UNIQUE (journal_id)
);

CREATE TABLE agentbus.event_fan_out (
  one boolean DEFAULT true NOT NULL,
  "position" bigint NOT NULL,
  version bigint DEFAULT 0 NOT NULL,
  CONSTRAINT event_fan_out_pkey PRIMARY KEY (one),
  CONSTRAINT event_fan_out_one_check CHECK (one)
) WITH (fillfactor=50);

CREATE TABLE agentbus.event_publisher (
  one boolean DEFAULT true NOT NULL,
  holder uuid NOT NULL,
  node text NOT NULL,
  renewed_at timestamp with time zone NOT NULL,
  "position" bigint NOT NULL,
  CONSTRAINT event_publisher_pkey PRIMARY KEY (one),
  CONSTRAINT event_publisher_one_check CHECK (one)
) WITH (fillfactor=50);

CREATE TABLE agentbus.idempotency_keys (
  principal text NOT NULL,
  operation text NOT NULL,
  key text NOT NULL,
  fingerprint bytea NOT NULL,
  response bytea,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT idempotency_keys_pkey PRIMARY KEY (principal, operation, key)
);

CREATE TABLE agentbus.job_blocked (
  id uuid NOT NULL,
  attempt smallint DEFAULT 0 NOT NULL,
  blocked_at timestamp with time zone DEFAULT now() NOT NULL,
  blocked_by text NOT NULL,
  blocked_reason text NOT NULL,
  needs text,
  needs_from text,
  review_at timestamp with time zone,
  on_review text DEFAULT 'requeue'::text NOT NULL,
  by_dependency boolean DEFAULT false NOT NULL,
  CONSTRAINT job_blocked_pkey PRIMARY KEY (id),
  CONSTRAINT job_blocked_on_review_known CHECK ((on_review = ANY (ARRAY['requeue'::text, 'dead'::text]))),
  CONSTRAINT job_blocked_reason_given CHECK ((length(blocked_reason) > 0))
);

CREATE TABLE agentbus.job_closings (
  id uuid NOT NULL,
  fence bigint NOT NULL,
  queue_id integer NOT NULL,
  agent_no integer,
  finished_at timestamp with time zone NOT NULL,
  leased_at timestamp with time zone,
  running_at timestamp with time zone,
  attempt smallint NOT NULL,
  counted boolean NOT NULL,
  ends boolean NOT NULL,
  reopened boolean DEFAULT false NOT NULL,
  attempt_status agentbus.attempt_status,
  job_status agentbus.job_status NOT NULL,
  verb text NOT NULL,
  owner text,
  summary text,
  error text,
  result jsonb,
  openclaw_task_ref text,
  openclaw_session_key text,
  CONSTRAINT job_closings_pkey PRIMARY KEY (id, fence),
  CONSTRAINT job_closings_ends_terminal CHECK ((ends = (job_status = ANY (ARRAY['succeeded'::agentbus.job_status, 'failed'::agentbus.job_status, 'dead'::agentbus.job_status, 'cancelled'::agentbus.job_status]))))
);

CREATE TABLE agentbus.job_dedupe (
  target_id integer NOT NULL,
  namespace_id integer NOT NULL,
  key text NOT NULL,
  job_id uuid NOT NULL,
  CONSTRAINT job_dedupe_pkey PRIMARY KEY (target_id, namespace_id, key)
);

CREATE TABLE agentbus.job_defaults (
  one boolean DEFAULT true NOT NULL,
  max_attempts smallint NOT NULL,
  payload_bytes integer NOT NULL,
  set_by text NOT NULL,
  set_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT job_defaults_pkey PRIMARY KEY (one),
  CONSTRAINT job_defaults_max_attempts_check CHECK ((max_attempts > 0)),
  CONSTRAINT job_defaults_one_check CHECK (one),
  CONSTRAINT job_defaults_payload_bytes_check CHECK ((payload_bytes > 0))
);

CREATE TABLE agentbus.job_dependencies (
  job_id uuid NOT NULL,
  depends_on_job_id uuid NOT NULL,
  dropped_at timestamp with time zone,
  CONSTRAINT job_dependencies_pkey PRIMARY KEY (job_id, depends_on_job_id),
  CONSTRAINT job_dependencies_not_itself CHECK ((job_id <> depends_on_job_id))
);

CREATE TABLE agentbus.job_facts (
  id uuid NOT NULL,
  queue_id integer NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  run_after timestamp with time zone DEFAULT now() NOT NULL,
  priority smallint DEFAULT 100 NOT NULL,
  max_attempts smallint DEFAULT 5 NOT NULL,
  timeout_seconds integer,
  expected_seconds integer,
  job_type text NOT NULL,
  subject text NOT NULL,
  source text NOT NULL,
  parent_job_id uuid,
  flow_key text,
  correlation_key text,
  dedupe_key text,
  payload jsonb DEFAULT '{}'::jsonb NOT NULL,
  state jsonb,
  CONSTRAINT job_facts_pkey PRIMARY KEY (id),
  CONSTRAINT job_facts_max_attempts_positive CHECK ((max_attempts > 0)),
  CONSTRAINT job_facts_priority_range CHECK (((priority >= 1) AND (priority <= 1000)))
);

CREATE TABLE agentbus.job_leases (
  id uuid NOT NULL,
  fence bigint NOT NULL,
  leased_at timestamp with time zone NOT NULL,
  leased_until timestamp with time zone NOT NULL,
  sweep_at timestamp with time zone NOT NULL,
  timeout_at timestamp with time zone,
  running_at timestamp with time zone,
  claim_id uuid,
  agent_no integer NOT NULL,
  queue_id integer NOT NULL,
  namespace_id integer NOT NULL,
  lease_seconds integer NOT NULL,
  attempt smallint NOT NULL,
  limited boolean NOT NULL,
  owner text NOT NULL,
  CONSTRAINT job_leases_pkey PRIMARY KEY (id)
) WITH (fillfactor=80, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=20000);

CREATE TABLE agentbus.job_notes (
  job_id uuid NOT NULL,
  state jsonb,
  summary text,
  last_error text,
  progress jsonb,
  progress_at timestamp with time zone,
  openclaw_task_ref text,
  openclaw_session_key text,
  openclaw_meta jsonb,
  CONSTRAINT job_notes_pkey PRIMARY KEY (job_id)
) WITH (fillfactor=80);

CREATE TABLE agentbus.job_ready (
  queue_id integer NOT NULL,
  rank smallint NOT NULL,
  attempt smallint DEFAULT 0 NOT NULL,
  run_after timestamp with time zone NOT NULL,
  id uuid NOT NULL,
  CONSTRAINT job_ready_pkey PRIMARY KEY (queue_id, rank, run_after, id)
) WITH (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=20000, autovacuum_analyze_scale_factor=0.5);

CREATE TABLE agentbus.job_scheduled (
  run_after timestamp with time zone NOT NULL,
  id uuid NOT NULL,
  attempt smallint DEFAULT 0 NOT NULL,
  CONSTRAINT job_scheduled_pkey PRIMARY KEY (run_after, id)
) WITH (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=20000);

CREATE TABLE agentbus.job_waiting (
  id uuid NOT NULL,
  attempt smallint DEFAULT 0 NOT NULL,
  since timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT job_waiting_pkey PRIMARY KEY (id)
);

CREATE TABLE agentbus.journal (
  id bigint NOT NULL,
  at timestamp with time zone DEFAULT now() NOT NULL,
  job_id uuid,
  fence bigint,
  namespace_id integer,
  attempt smallint,
  from_state agentbus.job_status,
  to_state agentbus.job_status,
  actor text NOT NULL,
  action text NOT NULL,
  detail jsonb,
  CONSTRAINT journal_pkey PRIMARY KEY (id)
);

CREATE TABLE agentbus.journal_keys (
  key_id text NOT NULL,
  public_key bytea NOT NULL,
  node text NOT NULL,
  added_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT journal_keys_pkey PRIMARY KEY (key_id)
);

CREATE TABLE agentbus.journal_pending (
  first_id bigint NOT NULL,
  n integer NOT NULL,
  CONSTRAINT journal_pending_pkey PRIMARY KEY (first_id),
  CONSTRAINT journal_pending_n_check CHECK (((n >= 1) AND (n <= 2048)))
) WITH (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=5000);

CREATE TABLE agentbus.journal_positions (
  "position" bigint NOT NULL,
  first_id bigint NOT NULL,
  n integer NOT NULL,
  CONSTRAINT journal_positions_pkey PRIMARY KEY ("position"),
  CONSTRAINT journal_positions_first_id_key UNIQUE (first_id)
);

CREATE TABLE agentbus.journal_seals (
  seal_no bigint NOT NULL,
  from_position bigint NOT NULL,
  to_position bigint NOT NULL,
  rows_hash bytea NOT NULL,
  row_marks bytea NOT NULL,
  previous_hash bytea NOT NULL,
  seal_hash bytea NOT NULL,
  signature bytea NOT NULL,
  key_id text NOT NULL,
  sealed_at timestamp with time zone NOT NULL,
  CONSTRAINT journal_seals_pkey PRIMARY KEY (seal_no),
  CONSTRAINT journal_seals_range CHECK ((from_position <= to_position))
);

CREATE TABLE agentbus.memory_agents (
  agent_no integer NOT NULL,
  agent_type text NOT NULL,
  capabilities text[] DEFAULT '{}'::text[] NOT NULL,
  registered_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT memory_agents_pkey PRIMARY KEY (agent_no),
  CONSTRAINT memory_agents_agent_no_fkey FOREIGN KEY (agent_no) REFERENCES agentbus.agents(agent_no) ON DELETE CASCADE
);

CREATE TABLE agentbus.memory_approvals (
  pending_id uuid NOT NULL,
  namespace_id integer NOT NULL,
  seat text NOT NULL,
  voter text NOT NULL,
  approved_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT memory_approvals_pkey PRIMARY KEY (pending_id, namespace_id, seat, voter),
  CONSTRAINT memory_approvals_namespace_id_fkey FOREIGN KEY (namespace_id) REFERENCES agentbus.namespaces(id),
  CONSTRAINT memory_approvals_pending_id_fkey FOREIGN KEY (pending_id) REFERENCES agentbus.memory_pending(id) ON DELETE CASCADE
);

CREATE TABLE agentbus.memory_entries (
  id uuid NOT NULL,
  namespace_id integer NOT NULL,
  title text NOT NULL,
  content text NOT NULL,
  tier text NOT NULL,
  tags text[] DEFAULT '{}'::text[] NOT NULL,
  priority smallint NOT NULL,
  confidence double precision NOT NULL,
  source text NOT NULL,
  agent_id text NOT NULL,
  owner text NOT NULL,
  scope text DEFAULT 'private'::text NOT NULL,
  metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
  access_count integer DEFAULT 0 NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  updated_at timestamp with time zone DEFAULT now() NOT NULL,
  last_accessed_at timestamp with time zone,
  expires_at timestamp with time zone,
  words tsvector GENERATED ALWAYS AS (agentbus.memory_words(title, content, tags)) STORED NOT NULL,
  CONSTRAINT memory_entries_pkey PRIMARY KEY (id),
  CONSTRAINT memory_entries_title_key UNIQUE (namespace_id, title),
  CONSTRAINT memory_entries_confidence_check CHECK (((confidence >= (0)::double precision) AND (confidence <= (1)::double precision))),
  CONSTRAINT memory_entries_priority_check CHECK (((priority >= 1) AND (priority <= 10))),
  CONSTRAINT memory_entries_scope_check CHECK ((scope = ANY (ARRAY['private'::text, 'team'::text, 'unit'::text, 'org'::text, 'collective'::text]))),
  CONSTRAINT memory_entries_tier_check CHECK ((tier = ANY (ARRAY['short'::text, 'mid'::text, 'long'::text]))),
  CONSTRAINT memory_entries_namespace_id_fkey FOREIGN KEY (namespace_id) REFERENCES agentbus.memory_spaces(namespace_id)
);

CREATE TABLE agentbus.memory_links (
  source_id uuid NOT NULL,
  target_id uuid NOT NULL,
  relation text NOT NULL,
  valid_from timestamp with time zone NOT NULL,
  valid_until timestamp with time zone,
  observed_by text NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT memory_links_pkey PRIMARY KEY (source_id, target_id, relation, valid_from),
  CONSTRAINT memory_links_ends_after_begin CHECK ((valid_until >= valid_from)),
  CONSTRAINT memory_links_relation_check CHECK ((relation = ANY (ARRAY['related_to'::text, 'supersedes'::text, 'contradicts'::text, 'derived_from'::text]))),
  CONSTRAINT memory_links_source_id_fkey FOREIGN KEY (source_id) REFERENCES agentbus.memory_entries(id) ON DELETE CASCADE,
  CONSTRAINT memory_links_target_id_fkey FOREIGN KEY (target_id) REFERENCES agentbus.memory_entries(id) ON DELETE CASCADE
);

CREATE TABLE agentbus.memory_pending (
  id uuid NOT NULL,
  namespace_id integer NOT NULL,
  also_id integer,
  action_type text NOT NULL,
  memory_id uuid,
  stood_in integer,
  payload jsonb NOT NULL,
  requested_by text NOT NULL,
  requester text NOT NULL,
  operated boolean NOT NULL,
  requested_at timestamp with time zone DEFAULT now() NOT NULL,
  status text DEFAULT 'pending'::text NOT NULL,
  decided_by text,
  decided_at timestamp with time zone,
  CONSTRAINT memory_pending_pkey PRIMARY KEY (id),
  CONSTRAINT memory_pending_action_type_check CHECK ((action_type = ANY (ARRAY['store'::text, 'promote'::text, 'delete'::text, 'update'::text]))),
  CONSTRAINT memory_pending_check CHECK ((also_id <> namespace_id)),
  CONSTRAINT memory_pending_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'approved'::text, 'rejected'::text]))),
  CONSTRAINT memory_pending_also_id_fkey FOREIGN KEY (also_id) REFERENCES agentbus.memory_spaces(namespace_id),
  CONSTRAINT memory_pending_namespace_id_fkey FOREIGN KEY (namespace_id) REFERENCES agentbus.memory_spaces(namespace_id),
  CONSTRAINT memory_pending_stood_in_fkey FOREIGN KEY (stood_in) REFERENCES agentbus.namespaces(id)
);

CREATE TABLE agentbus.memory_spaces (
  namespace_id integer NOT NULL,
  entries integer DEFAULT 0 NOT NULL,
  pending integer DEFAULT 0 NOT NULL,
  standard_id uuid,
  parent_id integer,
  governance jsonb,
  set_by text,
  set_at timestamp with time zone,
  CONSTRAINT memory_spaces_pkey PRIMARY KEY (namespace_id),
  CONSTRAINT memory_spaces_entries_check CHECK ((entries >= 0)),
  CONSTRAINT memory_spaces_pending_check CHECK ((pending >= 0)),
  CONSTRAINT memory_spaces_namespace_id_fkey FOREIGN KEY (namespace_id) REFERENCES agentbus.namespaces(id),
  CONSTRAINT memory_spaces_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES agentbus.namespaces(id)
) WITH (fillfactor=70);

CREATE TABLE agentbus.message_acks (
  id uuid NOT NULL,
  acked_at timestamp with time zone DEFAULT now() NOT NULL,
  acked_by text NOT NULL,
  result jsonb DEFAULT '{}'::jsonb NOT NULL,
  CONSTRAINT message_acks_pkey PRIMARY KEY (id)
);

CREATE TABLE agentbus.message_boxes (
  agent_no integer NOT NULL,
  unacked integer DEFAULT 0 NOT NULL,
  arrivals bigint DEFAULT 0 NOT NULL,
  CONSTRAINT message_boxes_pkey PRIMARY KEY (agent_no),
  CONSTRAINT message_boxes_unacked_not_negative CHECK ((unacked >= 0)),
  CONSTRAINT message_boxes_agent_no_fkey FOREIGN KEY (agent_no) REFERENCES agentbus.agents(agent_no) ON DELETE CASCADE
) WITH (fillfactor=50);

CREATE TABLE agentbus.message_dedupe (
  agent_no integer NOT NULL,
  source text NOT NULL,
  key text NOT NULL,
  id uuid NOT NULL,
  CONSTRAINT message_dedupe_pkey PRIMARY KEY (agent_no, source, key)
);

CREATE TABLE agentbus.message_deferred (
  agent_no integer NOT NULL,
  rank smallint NOT NULL,
  arrival bigint NOT NULL,
  id uuid NOT NULL,
  deferred_until timestamp with time zone NOT NULL,
  CONSTRAINT message_deferred_pkey PRIMARY KEY (agent_no, rank, arrival)
);

CREATE TABLE agentbus.message_facts (
  id uuid NOT NULL,
  agent_no integer NOT NULL,
  rank smallint NOT NULL,
  arrival bigint NOT NULL,
  namespace_id integer NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  source text NOT NULL,
  sender text,
  subscribed boolean DEFAULT false NOT NULL,
  title text NOT NULL,
  payload jsonb DEFAULT '{}'::jsonb NOT NULL,
  thread_id text,
  reply_to uuid,
  correlation_key text,
  dedupe_key text,
  source_job_id uuid,
  CONSTRAINT message_facts_pkey PRIMARY KEY (id),
  CONSTRAINT message_facts_arrival_positive CHECK ((arrival > 0)),
  CONSTRAINT message_facts_rank_range CHECK (((rank >= 0) AND (rank <= 9)))
);

CREATE TABLE agentbus.message_unread (
  agent_no integer NOT NULL,
  rank smallint NOT NULL,
  arrival bigint NOT NULL,
  id uuid NOT NULL,
  CONSTRAINT message_unread_pkey PRIMARY KEY (agent_no, rank, arrival)
) WITH (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=20000, autovacuum_analyze_scale_factor=0.5);

CREATE TABLE agentbus.namespaces (
  id integer GENERATED ALWAYS AS IDENTITY NOT NULL,
  path text COLLATE "C" NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  created_by text NOT NULL,
  CONSTRAINT namespaces_pkey PRIMARY KEY (id),
  CONSTRAINT namespaces_path_key UNIQUE (path),
  CONSTRAINT namespaces_path_form CHECK (((path ~ '^[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*){0,7}$'::text) AND (length(path) <= 512)))
);

CREATE TABLE agentbus.pauses (
  id uuid NOT NULL,
  namespace_id integer NOT NULL,
  lane agentbus.lane,
  agent_no integer,
  reason text NOT NULL,
  paused_by text NOT NULL,
  paused_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT pauses_pkey PRIMARY KEY (id),
  CONSTRAINT pauses_namespace_id_lane_agent_no_key UNIQUE NULLS NOT DISTINCT (namespace_id, lane, agent_no),
  CONSTRAINT pauses_one_scope CHECK (((lane IS NULL) OR (agent_no IS NULL))),
  CONSTRAINT pauses_agent_no_fkey FOREIGN KEY (agent_no) REFERENCES agentbus.agents(agent_no) ON DELETE CASCADE,
  CONSTRAINT pauses_namespace_id_fkey FOREIGN KEY (namespace_id) REFERENCES agentbus.namespaces(id)
);

CREATE TABLE agentbus.queues (
  id integer GENERATED ALWAYS AS IDENTITY NOT NULL,
  namespace_id integer NOT NULL,
  target_id integer NOT NULL,
  lane agentbus.lane NOT NULL,
  paused boolean DEFAULT false NOT NULL,
  CONSTRAINT queues_pkey PRIMARY KEY (id),
  CONSTRAINT queues_namespace_id_target_id_lane_key UNIQUE (namespace_id, target_id, lane),
  CONSTRAINT queues_namespace_id_fkey FOREIGN KEY (namespace_id) REFERENCES agentbus.namespaces(id),
  CONSTRAINT queues_target_id_fkey FOREIGN KEY (target_id) REFERENCES agentbus.targets(id)
);

CREATE TABLE agentbus.read_log (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  at timestamp with time zone NOT NULL,
  actor text NOT NULL,
  operation text NOT NULL,
  namespace_id integer,
  job_ids uuid[] DEFAULT '{}'::uuid[] NOT NULL,
  rows_read integer NOT NULL,
  CONSTRAINT read_log_pkey PRIMARY KEY (id)
);

CREATE TABLE agentbus.served_clock (
  one boolean DEFAULT true NOT NULL,
  last_served timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT served_clock_pkey PRIMARY KEY (one),
  CONSTRAINT served_clock_one_check CHECK (one)
) WITH (fillfactor=50);

CREATE TABLE agentbus.source_routes (
  id uuid NOT NULL,
  source_id uuid NOT NULL,
  name text NOT NULL,
  place integer NOT NULL,
  condition text,
  actions jsonb NOT NULL,
  last boolean NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  created_by text NOT NULL,
  updated_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT source_routes_pkey PRIMARY KEY (id),
  CONSTRAINT source_routes_source_id_name_key UNIQUE (source_id, name),
  CONSTRAINT source_routes_source_id_fkey FOREIGN KEY (source_id) REFERENCES agentbus.sources(id) ON DELETE CASCADE
);

CREATE TABLE agentbus.source_secrets (
  id uuid NOT NULL,
  source_id uuid NOT NULL,
  digest bytea,
  sealed bytea,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  expires_at timestamp with time zone,
  CONSTRAINT source_secrets_pkey PRIMARY KEY (id),
  CONSTRAINT source_secrets_digest_key UNIQUE (digest),
  CONSTRAINT source_secrets_one_form CHECK (((digest IS NULL) <> (sealed IS NULL))),
  CONSTRAINT source_secrets_source_id_fkey FOREIGN KEY (source_id) REFERENCES agentbus.sources(id) ON DELETE CASCADE
);

CREATE TABLE agentbus.sources (
  id uuid NOT NULL,
  name text COLLATE "C" NOT NULL,
  namespace_id integer NOT NULL,
  scheme text NOT NULL,
  enabled boolean NOT NULL,
  default_agent text,
  tolerance_seconds integer NOT NULL,
  max_body_bytes integer NOT NULL,
  dedupe_seconds integer NOT NULL,
  repeat_seconds integer NOT NULL,
  headers text[] NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  created_by text NOT NULL,
  updated_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT sources_pkey PRIMARY KEY (id),
  CONSTRAINT sources_name_key UNIQUE (name),
  CONSTRAINT sources_name_form CHECK ((name ~ '^[a-z0-9][a-z0-9_-]{0,59}$'::text)),
  CONSTRAINT sources_scheme_known CHECK ((scheme = ANY (ARRAY['github'::text, 'standard'::text, 'slack'::text, 'stripe'::text, 'gitlab'::text, 'ai-memory'::text, 'cloudevents'::text, 'bearer'::text]))),
  CONSTRAINT sources_namespace_id_fkey FOREIGN KEY (namespace_id) REFERENCES agentbus.namespaces(id)
);

CREATE TABLE agentbus.subscription_jobs (
  job_id uuid NOT NULL,
  subscription_id uuid NOT NULL,
  hops integer NOT NULL,
  CONSTRAINT subscription_jobs_pkey PRIMARY KEY (job_id)
);

CREATE TABLE agentbus.subscriptions (
  id uuid NOT NULL,
  namespace_id integer NOT NULL,
  owner text NOT NULL,
  owner_agent_no integer,
  topic text NOT NULL,
  namespaces text NOT NULL,
  source_agent text,
  filter text,
  target agentbus.subscription_target NOT NULL,
  settings jsonb DEFAULT '{}'::jsonb NOT NULL,
  ordered boolean DEFAULT false NOT NULL,
  in_flight_max integer DEFAULT 4 NOT NULL,
  description text,
  status agentbus.subscription_status DEFAULT 'active'::agentbus.subscription_status NOT NULL,
  reason text,
  hold_until timestamp with time zone,
  quick boolean DEFAULT false NOT NULL,
  full_box integer,
  status_since timestamp with time zone DEFAULT now() NOT NULL,
  live boolean NOT NULL,
  "position" bigint NOT NULL,
  from_time timestamp with time zone,
  missed_before bigint,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  updated_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT subscriptions_pkey PRIMARY KEY (id),
  CONSTRAINT subscriptions_in_flight_positive CHECK ((in_flight_max > 0)),
  CONSTRAINT subscriptions_live_is_active CHECK (((NOT live) OR ((status = 'active'::agentbus.subscription_status) AND (target <> 'sse'::agentbus.subscription_target)))),
  CONSTRAINT subscriptions_namespace_id_fkey FOREIGN KEY (namespace_id) REFERENCES agentbus.namespaces(id),
  CONSTRAINT subscriptions_owner_agent_no_fkey FOREIGN KEY (owner_agent_no) REFERENCES agentbus.agents(agent_no) ON DELETE CASCADE
);

CREATE TABLE agentbus.targets (
  id integer GENERATED ALWAYS AS IDENTITY NOT NULL,
  namespace_id integer NOT NULL,
  kind agentbus.target_kind NOT NULL,
  name text DEFAULT ''::text NOT NULL,
  CONSTRAINT targets_pkey PRIMARY KEY (id),
  CONSTRAINT targets_namespace_id_kind_name_key UNIQUE (namespace_id, kind, name),
  CONSTRAINT targets_any_has_no_name CHECK (((kind = 'any'::agentbus.target_kind) = (name = ''::text))),
  CONSTRAINT targets_namespace_id_fkey FOREIGN KEY (namespace_id) REFERENCES agentbus.namespaces(id)
);

CREATE TABLE agentbus.tickets (
  digest bytea NOT NULL,
  token_id uuid NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT tickets_pkey PRIMARY KEY (digest),
  CONSTRAINT tickets_digest_length CHECK ((length(digest) = 32)),
  CONSTRAINT tickets_token_id_fkey FOREIGN KEY (token_id) REFERENCES agentbus.tokens(id) ON DELETE CASCADE
);

CREATE TABLE agentbus.tokens (
  id uuid NOT NULL,
  digest bytea NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  agent_no integer,
  namespaces text[] NOT NULL,
  rights text[] NOT NULL,
  settings jsonb DEFAULT '{}'::jsonb NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  created_by text NOT NULL,
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  used_at timestamp with time zone,
  last_used_at timestamp with time zone,
  CONSTRAINT tokens_pkey PRIMARY KEY (id),
  CONSTRAINT tokens_digest_key UNIQUE (digest),
  CONSTRAINT tokens_agent_named CHECK (((kind = 'agent'::text) = (agent_no IS NOT NULL))),
  CONSTRAINT tokens_digest_length CHECK ((length(digest) = 32)),
  CONSTRAINT tokens_kind_known CHECK ((kind = ANY (ARRAY['operator'::text, 'service'::text, 'agent'::text, 'join'::text]))),
  CONSTRAINT tokens_agent_no_fkey FOREIGN KEY (agent_no) REFERENCES agentbus.agents(agent_no) ON DELETE CASCADE
);

CREATE TABLE agentbus.webhook_endpoints (
  subscription_id uuid NOT NULL,
  url text NOT NULL,
  format text NOT NULL,
  timeout_seconds integer NOT NULL,
  rate_per_second integer,
  header_names text[] DEFAULT '{}'::text[] NOT NULL,
  headers bytea,
  secret bytea NOT NULL,
  old_secret bytea,
  old_secret_until timestamp with time zone,
  text_secret bytea,
  rotated_at timestamp with time zone,
  next_at timestamp with time zone DEFAULT now() NOT NULL,
  failures integer DEFAULT 0 NOT NULL,
  failing_since timestamp with time zone,
  last_failed_at timestamp with time zone,
  last_error text,
  last_succeeded_at timestamp with time zone,
  hold_until timestamp with time zone,
  pinged_at timestamp with time zone,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT webhook_endpoints_pkey PRIMARY KEY (subscription_id),
  CONSTRAINT webhook_endpoints_format_known CHECK ((format = ANY (ARRAY['standard'::text, 'ai_memory'::text]))),
  CONSTRAINT webhook_endpoints_headers_named CHECK (((headers IS NULL) = (header_names = '{}'::text[]))),
  CONSTRAINT webhook_endpoints_old_secret_ends CHECK (((old_secret IS NULL) = (old_secret_until IS NULL))),
  CONSTRAINT webhook_endpoints_subscription_id_fkey FOREIGN KEY (subscription_id) REFERENCES agentbus.subscriptions(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
) WITH (fillfactor=70);

CREATE TABLE agentbus.webhook_ids (
  source_id uuid NOT NULL,
  key bytea NOT NULL,
  made_id uuid NOT NULL,
  until timestamp with time zone NOT NULL,
  CONSTRAINT webhook_ids_pkey PRIMARY KEY (source_id, key),
  CONSTRAINT webhook_ids_source_id_fkey FOREIGN KEY (source_id) REFERENCES agentbus.sources(id) ON DELETE CASCADE
);

CREATE TABLE agentbus.webhook_pending (
  webhook_id uuid NOT NULL,
  source_id uuid NOT NULL,
  bytes integer NOT NULL,
  due_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT webhook_pending_pkey PRIMARY KEY (webhook_id),
  CONSTRAINT webhook_pending_webhook_id_fkey FOREIGN KEY (webhook_id) REFERENCES agentbus.webhooks(id) ON DELETE CASCADE
);

CREATE TABLE agentbus.webhooks (
  id uuid NOT NULL,
  source_id uuid NOT NULL,
  delivery_id text,
  type text NOT NULL,
  topic text NOT NULL,
  headers jsonb NOT NULL,
  payload bytea NOT NULL,
  body bytea,
  received_at timestamp with time zone DEFAULT now() NOT NULL,
  status text DEFAULT 'accepted'::text NOT NULL,
  tries integer DEFAULT 0 NOT NULL,
  last_error text,
  made jsonb,
  ended_at timestamp with time zone,
  CONSTRAINT webhooks_pkey PRIMARY KEY (id),
  CONSTRAINT webhooks_status_known CHECK ((status = ANY (ARRAY['accepted'::text, 'routed'::text, 'dead'::text, 'replaced'::text]))),
  CONSTRAINT webhooks_source_id_fkey FOREIGN KEY (source_id) REFERENCES agentbus.sources(id) ON DELETE CASCADE
);

CREATE INDEX agents_channel_idx ON agentbus.agents USING btree (channel, agent_no) WHERE (channel <> 'pull'::text);

CREATE UNIQUE INDEX campaign_runs_batch_idx ON agentbus.campaign_runs USING btree (campaign_id, batch) WHERE open;

CREATE UNIQUE INDEX campaign_runs_current_idx ON agentbus.campaign_runs USING btree (campaign_id, phase_no) WHERE (replaced_at IS NULL);

CREATE INDEX campaign_runs_silent_idx ON agentbus.campaign_runs USING btree (job_id) WHERE (open AND (stuck_at IS NULL));

CREATE INDEX campaign_runs_stuck_idx ON agentbus.campaign_runs USING btree (job_id) WHERE (open AND (stuck_at IS NOT NULL));

CREATE INDEX campaigns_finished_idx ON agentbus.campaigns USING btree (finished_at) WHERE (finished_at IS NOT NULL);

CREATE UNIQUE INDEX campaigns_open_name_idx ON agentbus.campaigns USING btree (namespace_id, name) WHERE (status = 'open'::text);

CREATE INDEX deliveries_buried_idx ON agentbus.deliveries USING btree (ended_at) WHERE (status = 'dead'::agentbus.delivery_status);

CREATE INDEX deliveries_dead_idx ON agentbus.deliveries USING btree (subscription_id, "position") WHERE (status = 'dead'::agentbus.delivery_status);

CREATE INDEX deliveries_due_idx ON agentbus.deliveries USING btree (subscription_id, due_at) WHERE (status = 'pending'::agentbus.delivery_status);

CREATE INDEX deliveries_ended_idx ON agentbus.deliveries USING btree (ended_at) WHERE (status = 'delivered'::agentbus.delivery_status);

CREATE INDEX deliveries_line_idx ON agentbus.deliveries USING btree (subscription_id, "position") WHERE (status = 'pending'::agentbus.delivery_status);

CREATE UNIQUE INDEX deliveries_subscription_idx ON agentbus.deliveries USING btree (subscription_id, "position");

CREATE INDEX deliveries_taken_idx ON agentbus.deliveries USING btree (subscription_id) WHERE (lease IS NOT NULL);

CREATE UNIQUE INDEX event_facts_dedupe_idx ON agentbus.event_facts USING btree (namespace_id, topic, dedupe_key) WHERE (dedupe_key IS NOT NULL);

CREATE INDEX event_facts_job_idx ON agentbus.event_facts USING btree (source_job_id) WHERE (source_job_id IS NOT NULL);

CREATE INDEX event_facts_topic_idx ON agentbus.event_facts USING btree (topic, journal_id);

CREATE INDEX idempotency_keys_created_idx ON agentbus.idempotency_keys USING btree (created_at);

CREATE INDEX job_blocked_review_idx ON agentbus.job_blocked USING btree (review_at) WHERE (review_at IS NOT NULL);

CREATE INDEX job_closings_ended_idx ON agentbus.job_closings USING btree (queue_id, job_status, id) WHERE (ends AND (job_status <> 'succeeded'::agentbus.job_status));

CREATE INDEX job_closings_finished_brin ON agentbus.job_closings USING brin (finished_at) WITH (pages_per_range='32');

CREATE INDEX job_closings_unwell_idx ON agentbus.job_closings USING btree (finished_at) WHERE (ends AND (job_status <> 'succeeded'::agentbus.job_status));

CREATE INDEX job_dedupe_job_idx ON agentbus.job_dedupe USING btree (job_id);

CREATE INDEX job_dependencies_parent_idx ON agentbus.job_dependencies USING btree (depends_on_job_id);

CREATE INDEX job_facts_correlation_idx ON agentbus.job_facts USING btree (correlation_key) WHERE (correlation_key IS NOT NULL);

CREATE INDEX job_facts_flow_idx ON agentbus.job_facts USING btree (flow_key) WHERE (flow_key IS NOT NULL);

CREATE INDEX job_facts_parent_idx ON agentbus.job_facts USING btree (parent_job_id) WHERE (parent_job_id IS NOT NULL);

CREATE INDEX job_leases_claim_idx ON agentbus.job_leases USING btree (claim_id) WHERE (claim_id IS NOT NULL);

CREATE INDEX job_leases_limited_idx ON agentbus.job_leases USING btree (agent_no) WHERE limited;

CREATE INDEX job_leases_sweep_idx ON agentbus.job_leases USING btree (sweep_at);

CREATE INDEX journal_at_brin ON agentbus.journal USING brin (at) WITH (pages_per_range='32');

CREATE INDEX journal_job_idx ON agentbus.journal USING btree (job_id) WHERE (job_id IS NOT NULL);

CREATE INDEX memory_entries_expires_idx ON agentbus.memory_entries USING btree (expires_at) WHERE (expires_at IS NOT NULL);

CREATE INDEX memory_entries_listed_idx ON agentbus.memory_entries USING btree (namespace_id, priority DESC, updated_at DESC);

CREATE INDEX memory_entries_words_idx ON agentbus.memory_entries USING gin (words);

CREATE INDEX memory_links_target_idx ON agentbus.memory_links USING btree (target_id);

CREATE INDEX memory_links_timeline_idx ON agentbus.memory_links USING btree (source_id, valid_from);

CREATE INDEX memory_pending_also_idx ON agentbus.memory_pending USING btree (also_id) WHERE (also_id IS NOT NULL);

CREATE INDEX memory_pending_decided_idx ON agentbus.memory_pending USING btree (decided_at) WHERE (decided_at IS NOT NULL);

CREATE INDEX memory_pending_namespace_idx ON agentbus.memory_pending USING btree (namespace_id, requested_at DESC);

CREATE INDEX message_deferred_due_idx ON agentbus.message_deferred USING btree (agent_no, deferred_until);

CREATE INDEX message_deferred_urgent_idx ON agentbus.message_deferred USING btree (agent_no, deferred_until) WHERE (rank <= 1);

CREATE UNIQUE INDEX message_facts_box_idx ON agentbus.message_facts USING btree (agent_no, rank, arrival);

CREATE INDEX message_facts_thread_idx ON agentbus.message_facts USING btree (agent_no, thread_id, arrival) WHERE (thread_id IS NOT NULL);

CREATE INDEX queues_target_idx ON agentbus.queues USING btree (target_id);

CREATE INDEX read_log_at_brin ON agentbus.read_log USING brin (at) WITH (pages_per_range='32');

CREATE INDEX source_secrets_source_idx ON agentbus.source_secrets USING btree (source_id);

CREATE INDEX sources_namespace_idx ON agentbus.sources USING btree (namespace_id);

CREATE INDEX subscriptions_namespace_idx ON agentbus.subscriptions USING btree (namespace_id);

CREATE INDEX subscriptions_owner_idx ON agentbus.subscriptions USING btree (owner);

CREATE INDEX tickets_expiry_idx ON agentbus.tickets USING btree (expires_at);

CREATE INDEX tickets_token_idx ON agentbus.tickets USING btree (token_id);

CREATE INDEX tokens_agent_idx ON agentbus.tokens USING btree (agent_no) WHERE (agent_no IS NOT NULL);

CREATE INDEX tokens_name_idx ON agentbus.tokens USING btree (name) WHERE (agent_no IS NULL);

CREATE INDEX webhook_ids_until_idx ON agentbus.webhook_ids USING btree (until);

CREATE INDEX webhook_pending_due_idx ON agentbus.webhook_pending USING btree (due_at, webhook_id);

CREATE INDEX webhook_pending_source_idx ON agentbus.webhook_pending USING btree (source_id, due_at, webhook_id) INCLUDE (bytes);

CREATE INDEX webhooks_dead_idx ON agentbus.webhooks USING btree (source_id, id) WHERE (status = 'dead'::text);

CREATE INDEX webhooks_ended_idx ON agentbus.webhooks USING btree (ended_at) WHERE (status <> 'accepted'::text);

CREATE INDEX webhooks_source_idx ON agentbus.webhooks USING btree (source_id, id);

CREATE VIEW agentbus.dispatcher_health_summary_v AS
 SELECT count(*) FILTER (WHERE stopped_at IS NULL) AS dispatcher_count,
    count(*) FILTER (WHERE stopped_at IS NULL AND last_seen > (now() - '00:01:30'::interval)) AS healthy_count,
    count(*) FILTER (WHERE stopped_at IS NULL AND last_seen <= (now() - '00:01:30'::interval)) AS stale_count,
    max(last_seen) AS last_seen,
    EXTRACT(epoch FROM now() - max(last_seen))::bigint AS seconds_since_last_seen,
    COALESCE(sum(leases_owned) FILTER (WHERE stopped_at IS NULL), 0::bigint) AS leases_owned,
    COALESCE(sum(busy_agents) FILTER (WHERE stopped_at IS NULL), 0::bigint) AS busy_agents
   FROM agentbus.dispatcher_heartbeats;

CREATE VIEW agentbus.events AS
 SELECT e.id,
    n.path AS namespace,
    e.topic,
    e.source AS source_agent,
    e.source_job_id,
    e.dedupe_key,
    e.payload,
    e.created_at,
    e.journal_id,
    e.namespace_id
   FROM agentbus.event_facts e
     JOIN agentbus.namespaces n ON n.id = e.namespace_id
UNION ALL
 SELECT agentbus.bus_event_id(j.id) AS id,
    n.path AS namespace,
    agentbus.bus_topic(j.*) AS topic,
    agentbus.actor_name(j.actor) AS source_agent,
    j.job_id AS source_job_id,
    NULL::text AS dedupe_key,
    agentbus.bus_payload(j.*) AS payload,
    j.at AS created_at,
    j.id AS journal_id,
    j.namespace_id
   FROM agentbus.journal j
     JOIN agentbus.namespaces n ON n.id = j.namespace_id
  WHERE agentbus.bus_topic(j.*) IS NOT NULL;

CREATE VIEW agentbus.inbox_messages AS
 SELECT f.id,
    agentbus.actor_name(COALESCE(f.sender, f.source)) AS sender,
    agentbus.actor_name(f.source) AS source_agent,
    a.name AS target,
    n.path AS namespace,
    f.title,
    f.payload,
    10 - f.rank AS priority,
    f.thread_id,
    f.reply_to,
    f.correlation_key,
    f.dedupe_key,
    f.source_job_id,
    f.arrival,
    f.created_at,
    d.deferred_until,
    k.acked_at,
    agentbus.actor_name(k.acked_by) AS acked_by,
    k.result,
    COALESCE(f.sender, f.source) AS sent_by,
    f.source,
    f.agent_no,
    f.namespace_id,
    f.subscribed,
        CASE
            WHEN k.id IS NOT NULL THEN 'acknowledged'::text
            WHEN d.deferred_until > now() THEN 'deferred'::text
            ELSE 'unread'::text
        END AS status
   FROM agentbus.message_facts f
     JOIN agentbus.agents a ON a.agent_no = f.agent_no
     JOIN agentbus.namespaces n ON n.id = f.namespace_id
     LEFT JOIN agentbus.message_deferred d ON d.agent_no = f.agent_no AND d.rank = f.rank AND d.arrival = f.arrival
     LEFT JOIN agentbus.message_acks k ON k.id = f.id;

CREATE VIEW agentbus.job_attempts AS
 SELECT c.id AS job_id,
    c.fence,
    c.attempt::integer AS attempt_no,
    c.owner AS dispatcher_id,
    c.attempt_status AS status,
    c.counted,
    c.summary,
    c.error,
    c.openclaw_task_ref,
    c.openclaw_session_key,
    COALESCE(c.result, '{}'::jsonb) AS response,
    c.leased_at AS started_at,
    c.running_at,
    c.finished_at,
    c.agent_no
   FROM agentbus.job_closings c
  WHERE c.attempt_status IS NOT NULL
UNION ALL
 SELECT l.id AS job_id,
    l.fence,
    l.attempt AS attempt_no,
    l.owner AS dispatcher_id,
        CASE
            WHEN l.running_at IS NULL THEN 'leased'::text
            ELSE 'running'::text
        END::agentbus.attempt_status AS status,
    true AS counted,
    NULL::text AS summary,
    NULL::text AS error,
    NULL::text AS openclaw_task_ref,
    NULL::text AS openclaw_session_key,
    '{}'::jsonb AS response,
    l.leased_at AS started_at,
    l.running_at,
    NULL::timestamp with time zone AS finished_at,
    l.agent_no
   FROM agentbus.job_leases l;

CREATE VIEW agentbus.job_words AS
 SELECT f.id,
    n.path AS namespace,
    f.parent_job_id,
    f.flow_key,
    f.correlation_key,
    agentbus.actor_name(f.source) AS source_agent,
        CASE t.kind
            WHEN 'agent'::agentbus.target_kind THEN t.name
            ELSE NULL::text
        END AS target_agent,
        CASE t.kind
            WHEN 'capability'::agentbus.target_kind THEN t.name
            ELSE NULL::text
        END AS target_capability,
        CASE t.kind
            WHEN 'tag'::agentbus.target_kind THEN t.name
            ELSE NULL::text
        END AS target_tag,
    q.lane,
    f.job_type,
    f.subject,
    f.priority::integer AS priority,
    f.dedupe_key,
    f.payload,
    COALESCE(o.state, f.state, '{}'::jsonb) AS state,
    f.run_after,
    f.max_attempts::integer AS max_attempts,
    f.timeout_seconds,
    f.expected_seconds,
    f.created_at,
    f.queue_id,
    q.namespace_id,
    q.target_id,
    o.summary AS noted_summary,
    o.last_error AS noted_error,
    o.progress,
    o.progress_at,
    o.openclaw_task_ref,
    o.openclaw_session_key,
    COALESCE(o.openclaw_meta, '{}'::jsonb) AS openclaw_meta
   FROM agentbus.job_facts f
     JOIN agentbus.queues q ON q.id = f.queue_id
     JOIN agentbus.namespaces n ON n.id = q.namespace_id
     JOIN agentbus.targets t ON t.id = q.target_id
     LEFT JOIN agentbus.job_notes o ON o.job_id = f.id;

CREATE VIEW agentbus.jobs AS
 SELECT w.id,
    w.namespace,
    w.parent_job_id,
    w.flow_key,
    w.correlation_key,
    w.source_agent,
    w.target_agent,
    w.target_capability,
    w.target_tag,
    w.lane,
    w.job_type,
    w.subject,
    w.priority,
    w.dedupe_key,
    w.payload,
    w.state,
    s.result,
    COALESCE(s.summary, w.noted_summary) AS summary,
    s.status,
    w.run_after,
    s.lease_owner,
    s.leased_until,
    s.fence,
    s.attempt_count,
    w.max_attempts,
    w.timeout_seconds,
    w.expected_seconds,
    s.blocked_reason,
    s.needs,
    s.needs_from,
    s.review_at,
    COALESCE(s.last_error, w.noted_error) AS last_error,
    w.progress,
    w.progress_at,
    COALESCE(s.openclaw_task_ref, w.openclaw_task_ref) AS openclaw_task_ref,
    COALESCE(s.openclaw_session_key, w.openclaw_session_key) AS openclaw_session_key,
    w.openclaw_meta,
    w.created_at,
    GREATEST(w.created_at, w.progress_at, s.changed_at) AS updated_at,
    s.leased_at,
    s.running_at,
    s.completed_at,
    s.agent_no,
    w.queue_id,
    w.namespace_id,
    w.target_id
   FROM agentbus.job_words w
     CROSS JOIN LATERAL ( SELECT 'queued'::agentbus.job_status AS status,
            r.attempt::integer AS attempt_count,
            NULL::bigint AS fence,
            NULL::text AS lease_owner,
            NULL::timestamp with time zone AS leased_until,
            NULL::integer AS agent_no,
            NULL::timestamp with time zone AS leased_at,
            NULL::timestamp with time zone AS running_at,
            NULL::timestamp with time zone AS completed_at,
            ( SELECT max(c.finished_at) AS max
                   FROM agentbus.job_closings c
                  WHERE c.id = r.id) AS changed_at,
            NULL::text AS blocked_reason,
            NULL::text AS needs,
            NULL::text AS needs_from,
            NULL::timestamp with time zone AS review_at,
            NULL::text AS summary,
            NULL::text AS last_error,
            '{}'::jsonb AS result,
            NULL::text AS openclaw_task_ref,
            NULL::text AS openclaw_session_key
           FROM agentbus.job_ready r
          WHERE r.queue_id = w.queue_id AND r.rank = (1000 - w.priority) AND r.run_after = w.run_after AND r.id = w.id
        UNION ALL
         SELECT 'queued'::agentbus.job_status,
            s_1.attempt,
            NULL::bigint,
            NULL::text,
            NULL::timestamp with time zone,
            NULL::integer,
            NULL::timestamp with time zone,
            NULL::timestamp with time zone,
            NULL::timestamp with time zone,
            ( SELECT max(c.finished_at) AS max
                   FROM agentbus.job_closings c
                  WHERE c.id = s_1.id) AS max,
            NULL::text,
            NULL::text,
            NULL::text,
            NULL::timestamp with time zone,
            NULL::text,
            NULL::text,
            '{}'::jsonb,
            NULL::text,
            NULL::text
           FROM agentbus.job_scheduled s_1
          WHERE s_1.run_after = w.run_after AND s_1.id = w.id
        UNION ALL
         SELECT 'waiting'::agentbus.job_status,
            x.attempt,
            NULL::bigint,
            NULL::text,
            NULL::timestamp with time zone,
            NULL::integer,
            NULL::timestamp with time zone,
            NULL::timestamp with time zone,
            NULL::timestamp with time zone,
            x.since,
            NULL::text,
            NULL::text,
            NULL::text,
            NULL::timestamp with time zone,
            NULL::text,
            NULL::text,
            '{}'::jsonb,
            NULL::text,
            NULL::text
           FROM agentbus.job_waiting x
          WHERE x.id = w.id
        UNION ALL
         SELECT
                CASE
                    WHEN l.running_at IS NULL THEN 'leased'::text
                    ELSE 'running'::text
                END::agentbus.job_status AS job_status,
            l.attempt,
            l.fence,
            l.owner,
            l.leased_until,
            l.agent_no,
            l.leased_at,
            l.running_at,
            NULL::timestamp with time zone,
            COALESCE(l.running_at, l.leased_at) AS "coalesce",
            NULL::text,
            NULL::text,
            NULL::text,
            NULL::timestamp with time zone,
            NULL::text,
            NULL::text,
            '{}'::jsonb,
            NULL::text,
            NULL::text
           FROM agentbus.job_leases l
          WHERE l.id = w.id
        UNION ALL
         SELECT 'blocked'::agentbus.job_status,
            b.attempt,
            NULL::bigint,
            NULL::text,
            NULL::timestamp with time zone,
            NULL::integer,
            NULL::timestamp with time zone,
            NULL::timestamp with time zone,
            NULL::timestamp with time zone,
            b.blocked_at,
            b.blocked_reason,
            b.needs,
            b.needs_from,
            b.review_at,
            NULL::text,
            NULL::text,
            '{}'::jsonb,
            NULL::text,
            NULL::text
           FROM agentbus.job_blocked b
          WHERE b.id = w.id
        UNION ALL
         SELECT c.job_status,
            c.attempt,
            c.fence,
            NULL::text,
            NULL::timestamp with time zone,
            c.agent_no,
            c.leased_at,
            c.running_at,
            c.finished_at,
            c.finished_at,
            NULL::text,
            NULL::text,
            NULL::text,
            NULL::timestamp with time zone,
            c.summary,
            c.error,
            COALESCE(c.result, '{}'::jsonb) AS "coalesce",
            c.openclaw_task_ref,
            c.openclaw_session_key
           FROM agentbus.job_closings c
          WHERE c.id = w.id AND c.ends AND NOT c.reopened) s;

CREATE VIEW agentbus.journal_positioned AS
 SELECT p."position" + (j.id - p.first_id) AS "position",
    j.id,
    j.at,
    n.path AS namespace,
    j.job_id,
    j.actor,
    j.action,
    j.from_state,
    j.to_state,
    j.fence,
    j.attempt::integer AS attempt,
    j.detail,
    j.namespace_id
   FROM agentbus.journal j
     LEFT JOIN agentbus.namespaces n ON n.id = j.namespace_id
     LEFT JOIN LATERAL ( SELECT b."position",
            b.first_id
           FROM agentbus.journal_positions b
          WHERE b.first_id <= j.id AND j.id < (b.first_id + b.n)
          ORDER BY b.first_id DESC
         LIMIT 1) p ON true;

CREATE VIEW agentbus.open_subscriptions AS
 SELECT s.id,
    s.owner,
    s.target,
    s.quick,
    s.ordered,
    s.in_flight_max,
    b.unacked AS box_unacked,
    "substring"(e.url, '^[^:]+://(?:[^@/?#]*@)?(\[[^]]*\]|[^:/?#]+)'::text) AS host,
    GREATEST(e.hold_until,
        CASE
            WHEN e.rate_per_second IS NOT NULL THEN e.next_at - '00:00:00.25'::interval
            ELSE NULL::timestamp with time zone
        END) AS open_at,
    floor(EXTRACT(epoch FROM now() + '00:00:00.25'::interval - GREATEST(e.next_at, now())) * e.rate_per_second::numeric)::integer + 1 AS turns
   FROM agentbus.subscriptions s
     JOIN agentbus.namespaces n ON n.id = s.namespace_id
     LEFT JOIN agentbus.webhook_endpoints e ON e.subscription_id = s.id
     LEFT JOIN agentbus.message_boxes b ON b.agent_no = s.full_box AND b.agent_no = (( SELECT a.agent_no
           FROM agentbus.agents a
             JOIN agentbus.namespaces w ON w.id = a.namespace_id
          WHERE a.name = (s.settings ->> 'target_agent'::text) AND (n.path = w.path OR starts_with(n.path, w.path || '/'::text))
          ORDER BY (length(w.path)) DESC
         LIMIT 1))
  WHERE s.status = 'active'::agentbus.subscription_status AND NOT (EXISTS ( SELECT
           FROM agentbus.pauses p
             JOIN agentbus.namespaces wall ON wall.id = p.namespace_id
          WHERE p.agent_no IS NULL AND p.lane IS NULL AND (n.path = wall.path OR starts_with(n.path, wall.path || '/'::text))));

CREATE VIEW agentbus.queue_health_summary_v AS
 WITH ready AS (
         SELECT q.namespace_id,
            sum(c.jobs) AS jobs,
            sum(c.hot) AS hot,
            min(c.oldest_at) AS oldest_at,
            bool_or(c.jobs >= 10000) AS cut
           FROM agentbus.queues q
             CROSS JOIN LATERAL ( SELECT count(*) AS jobs,
                    count(*) FILTER (WHERE r_1.attempt >= 3) AS hot,
                    min(agentbus.made_at(r_1.id)) AS oldest_at
                   FROM ( SELECT r_2.id,
                            r_2.attempt
                           FROM agentbus.job_ready r_2
                          WHERE r_2.queue_id = q.id
                          ORDER BY r_2.queue_id, r_2.rank, r_2.run_after, r_2.id
                         LIMIT 10000) r_1) c
          GROUP BY q.namespace_id
        ), scheduled AS (
         SELECT q.namespace_id,
            count(*) AS jobs,
            count(*) FILTER (WHERE s_1.attempt >= 3) AS hot,
            min(f.created_at) AS oldest_at
           FROM ( SELECT job_scheduled.id,
                    job_scheduled.attempt
                   FROM agentbus.job_scheduled
                  ORDER BY job_scheduled.run_after, job_scheduled.id
                 LIMIT 10000) s_1
             CROSS JOIN LATERAL ( SELECT job_facts.queue_id,
                    job_facts.created_at
                   FROM agentbus.job_facts
                  WHERE job_facts.id = s_1.id
                 LIMIT 1) f
             JOIN agentbus.queues q ON q.id = f.queue_id
          GROUP BY q.namespace_id
        ), waiting AS (
         SELECT q.namespace_id,
            count(*) AS jobs
           FROM ( SELECT job_waiting.id
                   FROM agentbus.job_waiting
                  ORDER BY job_waiting.id
                 LIMIT 10000) x_1
             CROSS JOIN LATERAL ( SELECT job_facts.queue_id
                   FROM agentbus.job_facts
                  WHERE job_facts.id = x_1.id
                 LIMIT 1) f
             JOIN agentbus.queues q ON q.id = f.queue_id
          GROUP BY q.namespace_id
        ), blocked AS (
         SELECT q.namespace_id,
            count(*) AS jobs,
            min(b_1.blocked_at) AS oldest_at
           FROM ( SELECT job_blocked.id,
                    job_blocked.blocked_at
                   FROM agentbus.job_blocked
                  ORDER BY job_blocked.id
                 LIMIT 10000) b_1
             CROSS JOIN LATERAL ( SELECT job_facts.queue_id
                   FROM agentbus.job_facts
                  WHERE job_facts.id = b_1.id
                 LIMIT 1) f
             JOIN agentbus.queues q ON q.id = f.queue_id
          GROUP BY q.namespace_id
        ), held AS (
         SELECT l.namespace_id,
            count(*) AS jobs,
            count(*) FILTER (WHERE l.running_at IS NOT NULL) AS running,
            count(*) FILTER (WHERE l.attempt >= 3) AS hot
           FROM ( SELECT job_leases.namespace_id,
                    job_leases.running_at,
                    job_leases.attempt
                   FROM agentbus.job_leases
                 LIMIT 100000) l
          GROUP BY l.namespace_id
        ), expired AS (
         SELECT l.namespace_id,
            count(*) AS jobs
           FROM ( SELECT job_leases.namespace_id
                   FROM agentbus.job_leases
                  WHERE job_leases.sweep_at < now()
                  ORDER BY job_leases.sweep_at
                 LIMIT 10000) l
          GROUP BY l.namespace_id
        ), succeeded AS (
         SELECT q.namespace_id,
            sum(s_1.jobs) AS jobs
           FROM agentbus.succeeded_since(now() - '24:00:00'::interval, 100000) s_1(queue_id, jobs)
             JOIN agentbus.queues q ON q.id = s_1.queue_id
          GROUP BY q.namespace_id
        ), unwell AS (
         SELECT q.namespace_id,
            count(*) AS jobs,
            count(*) FILTER (WHERE c.job_status = 'failed'::agentbus.job_status) AS failed,
            count(*) FILTER (WHERE c.job_status = 'dead'::agentbus.job_status) AS dead,
            count(*) FILTER (WHERE c.job_status = 'cancelled'::agentbus.job_status) AS cancelled
           FROM ( SELECT job_closings.queue_id,
                    job_closings.job_status
                   FROM agentbus.job_closings
                  WHERE job_closings.finished_at > (now() - '24:00:00'::interval) AND job_closings.ends AND job_closings.job_status <> 'succeeded'::agentbus.job_status AND NOT job_closings.reopened
                  ORDER BY job_closings.finished_at DESC
                 LIMIT 10000) c
             JOIN agentbus.queues q ON q.id = c.queue_id
          GROUP BY q.namespace_id
        ), whole AS (
         SELECT NOT (COALESCE(( SELECT bool_or(ready.cut) AS bool_or
                   FROM ready), false) OR GREATEST(( SELECT sum(scheduled.jobs) AS sum
                   FROM scheduled), ( SELECT sum(waiting.jobs) AS sum
                   FROM waiting), ( SELECT sum(blocked.jobs) AS sum
                   FROM blocked), ( SELECT sum(expired.jobs) AS sum
                   FROM expired), ( SELECT sum(unwell.jobs) AS sum
                   FROM unwell), 0::numeric) >= 10000::numeric OR GREATEST(( SELECT sum(held.jobs) AS sum
                   FROM held), ( SELECT sum(succeeded.jobs) AS sum
                   FROM succeeded), 0::numeric) >= 100000::numeric) AS complete
        )
 SELECT n.path AS namespace,
    COALESCE(w.jobs, 0::bigint) AS waiting_count,
    (COALESCE(r.jobs, 0::numeric) + COALESCE(s.jobs, 0::bigint)::numeric)::bigint AS queued_count,
    COALESCE(h.jobs - h.running, 0::bigint) AS leased_count,
    COALESCE(h.running, 0::bigint) AS running_count,
    COALESCE(b.jobs, 0::bigint) AS blocked_count,
    COALESCE(g.jobs, 0::numeric)::bigint AS succeeded_count,
    COALESCE(u.failed, 0::bigint) AS failed_count,
    COALESCE(u.dead, 0::bigint) AS dead_count,
    COALESCE(u.cancelled, 0::bigint) AS cancelled_count,
    COALESCE(x.jobs, 0::bigint) AS expired_lease_count,
    (COALESCE(h.hot, 0::bigint)::numeric + COALESCE(r.hot, 0::numeric) + COALESCE(s.hot, 0::bigint)::numeric)::bigint AS retry_hotspot_count,
    EXTRACT(epoch FROM now() - LEAST(r.oldest_at, s.oldest_at))::bigint AS oldest_queued_age_seconds,
    EXTRACT(epoch FROM now() - b.oldest_at)::bigint AS oldest_blocked_age_seconds,
    whole.complete
   FROM agentbus.namespaces n
     CROSS JOIN whole
     LEFT JOIN ready r ON r.namespace_id = n.id
     LEFT JOIN scheduled s ON s.namespace_id = n.id
     LEFT JOIN waiting w ON w.namespace_id = n.id
     LEFT JOIN blocked b ON b.namespace_id = n.id
     LEFT JOIN held h ON h.namespace_id = n.id
     LEFT JOIN expired x ON x.namespace_id = n.id
     LEFT JOIN succeeded g ON g.namespace_id = n.id
     LEFT JOIN unwell u ON u.namespace_id = n.id;

CREATE VIEW agentbus.ready_jobs_v AS
 SELECT w.id,
    w.namespace,
    w.parent_job_id,
    w.flow_key,
    w.correlation_key,
    w.source_agent,
    w.target_agent,
    w.target_capability,
    w.target_tag,
    w.lane,
    w.job_type,
    w.subject,
    w.priority,
    w.dedupe_key,
    w.payload,
    w.state,
    w.run_after,
    w.max_attempts,
    w.timeout_seconds,
    w.expected_seconds,
    w.created_at,
    w.queue_id,
    w.namespace_id,
    w.target_id,
    w.noted_summary,
    w.noted_error,
    w.progress,
    w.progress_at,
    w.openclaw_task_ref,
    w.openclaw_session_key,
    w.openclaw_meta
   FROM agentbus.job_words w
     JOIN agentbus.job_ready r ON r.queue_id = w.queue_id AND r.rank = (1000 - w.priority) AND r.run_after = w.run_after AND r.id = w.id;

CREATE VIEW agentbus.stuck_jobs_v AS
 SELECT w.id,
    w.namespace,
    w.target_agent,
    w.subject,
    l.fence,
    l.attempt::integer AS attempt_no,
    a.name AS agent,
    l.owner AS lease_owner,
    l.leased_at,
    l.leased_until,
    l.sweep_at < now() AS expired,
    COALESCE((l.leased_at + make_interval(secs => (2 * w.expected_seconds)::double precision)) < now(), false) AS stuck
   FROM agentbus.job_leases l
     JOIN agentbus.job_words w ON w.id = l.id
     LEFT JOIN agentbus.agents a ON a.agent_no = l.agent_no
  WHERE l.sweep_at < now() OR (l.leased_at + make_interval(secs => (2 * w.expected_seconds)::double precision)) < now();

CREATE VIEW agentbus.system_health_snapshot_v AS
 SELECT q.namespace,
    q.waiting_count,
    q.queued_count,
    q.leased_count,
    q.running_count,
    q.blocked_count,
    q.succeeded_count,
    q.failed_count,
    q.dead_count,
    q.cancelled_count,
    q.expired_lease_count,
    q.retry_hotspot_count,
    q.oldest_queued_age_seconds,
    q.oldest_blocked_age_seconds,
    q.complete,
    d.dispatcher_count,
    d.healthy_count AS healthy_dispatcher_count,
    d.stale_count AS stale_dispatcher_count,
    d.last_seen AS dispatcher_last_seen,
    d.seconds_since_last_seen AS seconds_since_dispatcher_seen,
    d.leases_owned,
    d.busy_agents,
    COALESCE(( SELECT journal_positions."position" + journal_positions.n - 1
           FROM agentbus.journal_positions
          ORDER BY journal_positions."position" DESC
         LIMIT 1), 0::bigint) - COALESCE(( SELECT journal_seals.to_position
           FROM agentbus.journal_seals
          ORDER BY journal_seals.seal_no DESC
         LIMIT 1), 0::bigint) AS unsealed_journal_rows
   FROM agentbus.queue_health_summary_v q
     CROSS JOIN agentbus.dispatcher_health_summary_v d;

CREATE OR REPLACE FUNCTION agentbus.actor_name(actor text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  SELECT regexp_replace(actor, '^(agent:(.*/)?|token:)', '') $function$;

CREATE OR REPLACE FUNCTION agentbus.bus_event_id(journal_id bigint)
 RETURNS uuid
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  SELECT ('00000000-' || substr(h, 1, 4) || '-8000-8000-' || substr(h, 5))::uuid FROM lpad(to_hex(journal_id), 16, '0') AS h $function$;

CREATE OR REPLACE FUNCTION agentbus.bus_payload(j agentbus.journal)
 RETURNS jsonb
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
  SELECT coalesce(j.detail, '{}') || jsonb_strip_nulls(jsonb_build_object('job_id', j.job_id, 'action', j.action, 'actor', j.actor,
           'from', j.from_state, 'to', j.to_state, 'fence', j.fence, 'attempt', j.attempt)) $function$;

CREATE OR REPLACE FUNCTION agentbus.bus_topic(j agentbus.journal)
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
  SELECT CASE
    WHEN j.to_state IS NOT NULL AND j.job_id IS NOT NULL THEN 'job.' || j.to_state
    WHEN j.detail ? 'refused' THEN NULL
    ELSE CASE j.action
      WHEN 'create_agent' THEN 'agent.created'
      WHEN 'register_agent' THEN 'agent.registered'
      WHEN 'update_agent' THEN 'agent.updated'
      WHEN 'rotate_agent_token' THEN 'agent.token_rotated'
      WHEN 'revoke_agent_token' THEN 'agent.token_revoked'
      WHEN 'create_source' THEN 'source.created'
      WHEN 'update_source' THEN 'source.updated'
      WHEN 'rotate_source_secret' THEN 'source.secret_rotated'
      WHEN 'delete_source' THEN 'source.deleted'
      WHEN 'put_route' THEN 'source.route_put'
      WHEN 'delete_route' THEN 'source.route_deleted'
      WHEN 'bury_webhook' THEN 'source.webhook_dead'
      WHEN 'retry_webhook' THEN 'source.webhook_retried'
      WHEN 'notify' THEN 'message.sent'
      WHEN 'subscribe' THEN 'subscription.created'
      WHEN 'unsubscribe' THEN 'subscription.removed'
      WHEN 'update_subscription' THEN 'subscription.updated'
      WHEN 'pause_subscription' THEN 'subscription.paused'
      WHEN 'resume_subscription' THEN 'subscription.resumed'
      WHEN 'disable_subscription' THEN 'subscription.disabled'
      WHEN 'hold_subscription' THEN 'subscription.held'
      WHEN 'replay_deliveries' THEN 'delivery.replayed'
      WHEN 'remove_dead_letters' THEN 'delivery.removed'
      -- Of a delivery that tells of deliveries nobody is told: two that fail would tell each other of it for ever.
      WHEN 'delivery_dead' THEN CASE WHEN coalesce(j.detail->>'topic', '') NOT LIKE 'delivery.%' THEN 'delivery.dead' END
      WHEN 'ack_message' THEN CASE WHEN NOT j.detail ? 'subscribed' THEN 'message.acknowledged' END
      WHEN 'create_campaign' THEN 'campaign.created'
      WHEN 'report_phase' THEN 'campaign.phase_landed'
      WHEN 'phase_stuck' THEN 'campaign.phase_stuck'
      WHEN 'phase_heard' THEN 'campaign.phase_heard'
      WHEN 'rerun_phase' THEN 'campaign.phase_rerun'
      WHEN 'finish_campaign' THEN 'campaign.finished'
      WHEN 'decide_campaign' THEN 'campaign.decided'
      WHEN 'cancel_campaign' THEN 'campaign.cancelled'
      WHEN 'remove_campaign' THEN 'campaign.removed'
      WHEN 'memory_store' THEN 'memory.stored'
      WHEN 'memory_update' THEN 'memory.updated'
      WHEN 'memory_promote' THEN 'memory.promoted'
      WHEN 'memory_delete' THEN 'memory.deleted'
      WHEN 'memory_link' THEN 'memory.link_created'
      WHEN 'memory_kg_invalidate' THEN 'memory.link_invalidated'
      WHEN 'memory_approval_requested' THEN 'memory.approval_requested'
    END
  END $function$;

CREATE OR REPLACE FUNCTION agentbus.campaign_heard_at(job uuid, asked_at timestamp with time zone, admitted_at timestamp with time zone)
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
  SELECT greatest(asked_at, admitted_at, campaign_taken_at(job, admitted_at),
    (SELECT max(c.leased_at) FROM job_closings c WHERE c.id = job AND (c.running_at IS NOT NULL OR c.verb <> 'hand_back')),
    (SELECT o.progress_at FROM job_notes o WHERE o.job_id = job)) $function$;

CREATE OR REPLACE FUNCTION agentbus.campaign_taken_at(job uuid, admitted_at timestamp with time zone)
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
  SELECT l.leased_at FROM job_leases l JOIN agents a ON a.agent_no = l.agent_no
  WHERE l.id = job AND (a.channel <> 'eventbus' OR l.running_at IS NOT NULL OR admitted_at >= l.leased_at
    OR EXISTS (SELECT FROM journal j WHERE j.job_id = job AND j.fence = l.fence AND j.action = 'claim_jobs' AND j.actor <> 'bus')) $function$;

CREATE OR REPLACE FUNCTION agentbus.enqueue_job(namespace text, target_agent text, subject text, payload jsonb DEFAULT '{}'::jsonb, options jsonb DEFAULT '{}'::jsonb)
 RETURNS uuid
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'agentbus', 'pg_temp'
AS $function$
#variable_conflict use_column
DECLARE
  v_namespace text := enqueue_job.namespace;
  v_target text := enqueue_job.target_agent;
  v_options jsonb := coalesce(enqueue_job.options, '{}');
  v_payload jsonb := coalesce(enqueue_job.payload, '{}');
  v_type text := coalesce(v_options->>'job_type', 'reactive');
  v_key text := v_options->>'dedupe_key';
  v_run timestamptz := coalesce((v_options->>'run_after')::timestamptz, now());
  v_priority int := coalesce((v_options->>'priority')::int, 100);
  v_id uuid;
  v_existing uuid;
  v_ns int;
  v_queue int;
  v_target_id int;
  v_block bigint;
  v_unknown text;
  v_defaults job_defaults;
BEGIN
  SELECT d.* INTO STRICT v_defaults FROM job_defaults d;
  SELECT string_agg(k, ', ') INTO v_unknown FROM jsonb_object_keys(v_options) k
  WHERE k NOT IN ('job_type', 'priority', 'dedupe_key', 'flow_key', 'correlation_key', 'parent_job_id', 'run_after', 'max_attempts',
                  'timeout_seconds', 'expected_seconds', 'lane', 'state');
  IF v_unknown IS NOT NULL THEN
    RAISE EXCEPTION 'enqueue_job: unknown option %', v_unknown USING ERRCODE = '22023';
  END IF;
  IF coalesce(enqueue_job.subject, '') = '' THEN
    RAISE EXCEPTION 'enqueue_job: subject is required' USING ERRCODE = '22023';
  END IF;
  IF octet_length(v_payload::text) > v_defaults.payload_bytes THEN
    RAISE EXCEPTION 'enqueue_job: payload has % bytes; the limit is %', octet_length(v_payload::text), v_defaults.payload_bytes
      USING ERRCODE = '22023';
  END IF;
  SELECT n.id INTO v_ns FROM namespaces n WHERE n.path = v_namespace;
  IF v_ns IS NULL THEN
    RAISE EXCEPTION 'enqueue_job: there is no namespace %', v_namespace USING ERRCODE = '22023';
  END IF;
  v_queue := ensure_queue(v_ns, CASE WHEN v_target IS NULL THEN v_ns ELSE resolve_agent_namespace(v_namespace, v_target) END,
                          CASE WHEN v_target IS NULL THEN 'any' ELSE 'agent' END::target_kind, coalesce(v_target, ''),
                          coalesce((v_options->>'lane')::lane, lane_of(v_type)));
  SELECT q.target_id INTO v_target_id FROM queues q WHERE q.id = v_queue;
  -- UUID of version 7: 48 bits of milliseconds, then random.
  v_id := encode(set_byte(set_byte(
            overlay(uuid_send(gen_random_uuid()) PLACING substring(int8send(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
                    FROM 1 FOR 6),
            6, (get_byte(uuid_send(gen_random_uuid()), 6) & 15) | 112),
            8, (get_byte(uuid_send(gen_random_uuid()), 8) & 63) | 128), 'hex')::uuid;
  IF v_key IS NOT NULL THEN
    LOOP
      INSERT INTO job_dedupe (target_id, namespace_id, key, job_id) VALUES (v_target_id, v_ns, v_key, v_id) ON CONFLICT DO NOTHING;
      EXIT WHEN FOUND;
      SELECT d.job_id INTO v_existing FROM job_dedupe d WHERE d.target_id = v_target_id AND d.namespace_id = v_ns AND d.key = v_key;
      IF v_existing IS NOT NULL THEN
        RETURN v_existing;
      END IF;
    END LOOP;
  END IF;
  INSERT INTO job_facts (id, queue_id, run_after, priority, max_attempts, timeout_seconds, expected_seconds, job_type, subject, source,
                         parent_job_id, flow_key, correlation_key, dedupe_key, payload, state)
  VALUES (v_id, v_queue, v_run, v_priority, coalesce((v_options->>'max_attempts')::int, v_defaults.max_attempts), (v_options->>'timeout_seconds')::int,
          (v_options->>'expected_seconds')::int, v_type, enqueue_job.subject, 'sql:' || session_user, (v_options->>'parent_job_id')::uuid,
          v_options->>'flow_key', v_options->>'correlation_key', v_key, v_payload, v_options->'state');
  IF v_run > now() THEN
    INSERT INTO job_scheduled (run_after, id) VALUES (v_run, v_id);
  ELSE
    INSERT INTO job_ready (queue_id, rank, run_after, id) VALUES (v_queue, 1000 - v_priority, v_run, v_id);
    PERFORM pg_notify('jobs_ready', json_build_object('namespace', v_namespace, 'target_agent', v_target, 'job_id', v_id,
                                                      'queues', json_build_array(v_queue))::text);
  END IF;
  v_block := nextval('journal_block');
  INSERT INTO journal (id, namespace_id, job_id, actor, action, to_state)
  VALUES (v_block, v_ns, v_id, 'sql:' || session_user, 'enqueue_job', 'queued');
  INSERT INTO journal_pending (first_id, n) VALUES (v_block, 1);
  RETURN v_id;
END $function$;

CREATE OR REPLACE FUNCTION agentbus.ensure_namespace(p_path text, p_by text)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
DECLARE found int;
BEGIN
  SELECT id INTO found FROM namespaces WHERE path = p_path;
  IF found IS NULL THEN
    INSERT INTO namespaces (path, created_by) VALUES (p_path, p_by) ON CONFLICT (path) DO NOTHING RETURNING id INTO found;
    IF found IS NULL THEN
      SELECT id INTO found FROM namespaces WHERE path = p_path;
    END IF;
  END IF;
  RETURN found;
END $function$;

CREATE OR REPLACE FUNCTION agentbus.ensure_queue(p_namespace_id integer, p_target_namespace_id integer, p_kind agentbus.target_kind, p_name text, p_lane agentbus.lane)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
DECLARE
  t int;
  q int;
BEGIN
  SELECT q2.id INTO q FROM queues q2 JOIN targets t2 ON t2.id = q2.target_id
  WHERE t2.namespace_id = p_target_namespace_id AND t2.kind = p_kind AND t2.name = p_name
    AND q2.namespace_id = p_namespace_id AND q2.lane = p_lane;
  IF q IS NOT NULL THEN
    RETURN q;
  END IF;
  PERFORM pg_advisory_xact_lock_shared(hashtext('agentbus.pauses'));
  INSERT INTO targets (namespace_id, kind, name) VALUES (p_target_namespace_id, p_kind, p_name) ON CONFLICT DO NOTHING;
  SELECT id INTO t FROM targets WHERE namespace_id = p_target_namespace_id AND kind = p_kind AND name = p_name;
  INSERT INTO queues (namespace_id, target_id, lane, paused) VALUES (p_namespace_id, t, p_lane, queue_is_paused(p_namespace_id, p_lane))
  ON CONFLICT DO NOTHING;
  SELECT id INTO q FROM queues WHERE namespace_id = p_namespace_id AND target_id = t AND lane = p_lane;
  RETURN q;
END $function$;

CREATE OR REPLACE FUNCTION agentbus.lane_of(p_job_type text)
 RETURNS agentbus.lane
 LANGUAGE sql
 IMMUTABLE
AS $function$
  SELECT (CASE
    WHEN p_job_type IN ('scheduled', 'delivery', 'proactive', 'memory', 'idle', 'projection', 'coding') THEN p_job_type
    WHEN p_job_type ~ '^(dev|coding)\.' THEN 'coding'
    WHEN p_job_type ~ '^memory\.' THEN 'memory'
    WHEN p_job_type ~ '^idle\.' THEN 'idle'
    ELSE 'reactive' END)::lane
$function$;

CREATE OR REPLACE FUNCTION agentbus.made_at(id uuid)
 RETURNS timestamp with time zone
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  SELECT to_timestamp(('x' || left(translate(id::text, '-', ''), 12))::bit(48)::bigint / 1000.0) $function$;

CREATE OR REPLACE FUNCTION agentbus.make_message_box()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  INSERT INTO message_boxes (agent_no) VALUES (NEW.agent_no);
  RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION agentbus.memory_words(title text, content text, tags text[])
 RETURNS tsvector
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  SELECT setweight(to_tsvector('pg_catalog.simple', title || ' ' || array_to_string(tags, ' ')), 'A')
      || setweight(to_tsvector('pg_catalog.simple', content), 'B') $function$;

CREATE OR REPLACE FUNCTION agentbus.queue_is_paused(p_namespace_id integer, p_lane agentbus.lane)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  SELECT EXISTS (
    SELECT FROM pauses p JOIN namespaces wall ON wall.id = p.namespace_id JOIN namespaces n ON n.id = p_namespace_id
    WHERE p.agent_no IS NULL AND (p.lane IS NULL OR p.lane = p_lane)
      AND (n.path = wall.path OR starts_with(n.path, wall.path || '/')))
$function$;

CREATE OR REPLACE FUNCTION agentbus.resolve_agent_namespace(p_namespace text, p_agent text)
 RETURNS integer
 LANGUAGE sql
 STABLE
AS $function$
  SELECT n.id FROM namespaces n LEFT JOIN agents a ON a.namespace_id = n.id AND a.name = p_agent
  WHERE n.path = p_namespace OR (a.agent_no IS NOT NULL AND starts_with(p_namespace, n.path || '/'))
  ORDER BY (a.agent_no IS NOT NULL) DESC, length(n.path) DESC LIMIT 1
$function$;

CREATE OR REPLACE FUNCTION agentbus.succeeded_since(p_since timestamp with time zone, p_most integer)
 RETURNS TABLE(queue_id integer, jobs bigint)
 LANGUAGE sql
 STABLE
 SET enable_seqscan TO 'off'
AS $function$
  SELECT c.queue_id, count(*) FROM (
    SELECT c.queue_id FROM job_closings c
    WHERE c.finished_at > p_since AND c.ends AND NOT c.reopened AND c.job_status = 'succeeded' LIMIT p_most) c
  GROUP BY 1 $function$;

CREATE OR REPLACE FUNCTION agentbus.touch_updated_at()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END $function$;

CREATE TRIGGER agents_box AFTER INSERT ON agentbus.agents FOR EACH ROW EXECUTE FUNCTION agentbus.make_message_box();

CREATE TRIGGER agents_touch BEFORE UPDATE ON agentbus.agents FOR EACH ROW EXECUTE FUNCTION agentbus.touch_updated_at();

CREATE TRIGGER source_routes_touch BEFORE UPDATE ON agentbus.source_routes FOR EACH ROW EXECUTE FUNCTION agentbus.touch_updated_at();

CREATE TRIGGER sources_touch BEFORE UPDATE ON agentbus.sources FOR EACH ROW EXECUTE FUNCTION agentbus.touch_updated_at();

CREATE TRIGGER subscriptions_touch BEFORE UPDATE ON agentbus.subscriptions FOR EACH ROW EXECUTE FUNCTION agentbus.touch_updated_at();

COMMENT ON VIEW agentbus.jobs IS 'Every job and where it stands. Filter by id or by a key where you can: the state is found job by job.';

REVOKE ALL ON FUNCTION agentbus.enqueue_job(text,text,text,jsonb,jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION agentbus.enqueue_job(text,text,text,jsonb,jsonb) TO agentbus_enqueuer;

GRANT USAGE ON SCHEMA agentbus TO agentbus_enqueuer;
