-- Campaigns: phases that independent workers carry out, each run of a phase being a job. New tables: no lock that matters.

CREATE TABLE campaigns (
  id uuid PRIMARY KEY,
  namespace_id int NOT NULL REFERENCES namespaces,
  name text NOT NULL,
  orchestrator text NOT NULL,                        -- in full, as the journal has it: agent:<namespace>/<name> or token:<name>
  orchestrator_no int REFERENCES agents ON DELETE SET NULL,   -- whose inbox hears of it; null = no agent's
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  status text NOT NULL DEFAULT 'open',
  finished_at timestamptz,                           -- when it got its verdict or was cancelled; null while open
  removed_at timestamptz,                            -- from then on nobody sees or changes it, and what it holds is being deleted
  CONSTRAINT campaigns_status_known CHECK (status IN ('open', 'passed', 'failed', 'cancelled')),
  CONSTRAINT campaigns_finished CHECK ((status = 'open') = (finished_at IS NULL)),
  CONSTRAINT campaigns_removed CHECK (removed_at IS NULL OR finished_at IS NOT NULL)
);
-- One open campaign of a name: an orchestrator that starts again finds what it began.
CREATE UNIQUE INDEX campaigns_open_name_idx ON campaigns (namespace_id, name) WHERE status = 'open';
-- Those that may be removed one day, the oldest first.
CREATE INDEX campaigns_finished_idx ON campaigns (finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE campaign_phases (
  campaign_id uuid NOT NULL REFERENCES campaigns ON DELETE CASCADE,
  phase_no int NOT NULL,                             -- its place in the campaign, from 1; the order within a batch too
  name text NOT NULL,
  phase_group text,
  batch text,
  namespace_id int NOT NULL REFERENCES namespaces,   -- of its jobs; the campaign's or one below
  worker text NOT NULL,
  expected_seconds int NOT NULL,
  template jsonb NOT NULL,                           -- what is asked for: the input of enqueue_job, without what belongs to the run
  PRIMARY KEY (campaign_id, phase_no),
  UNIQUE (campaign_id, name),
  CONSTRAINT campaign_phases_expected_positive CHECK (expected_seconds > 0)
);

-- One run of a phase: one job. Open until it was reported, or replaced by the next run, or its campaign was cancelled.
CREATE TABLE campaign_runs (
  campaign_id uuid NOT NULL,
  phase_no int NOT NULL,
  run int NOT NULL,
  job_id uuid NOT NULL UNIQUE,
  batch text,                                        -- of its phase
  open boolean NOT NULL DEFAULT true,
  started_at timestamptz NOT NULL DEFAULT now(),
  admitted_at timestamptz,                           -- when an agent to whom the job is brought last admitted it
  due_at timestamptz NOT NULL,                       -- silent until then, it is stuck
  stuck_at timestamptz,
  stuck_reason text,
  verdict text,
  summary text,
  evidence jsonb,
  reported_by text,                                  -- in full
  reported_at timestamptz,
  report_digest bytea,                               -- SHA-256 of the report: the same one sent again is answered again
  replaced_by text,
  replaced_at timestamptz,
  replaced_reason text,
  PRIMARY KEY (campaign_id, phase_no, run),
  FOREIGN KEY (campaign_id, phase_no) REFERENCES campaign_phases ON DELETE CASCADE,
  CONSTRAINT campaign_runs_verdict_known CHECK (verdict IN ('passed', 'failed')),
  CONSTRAINT campaign_runs_reported CHECK ((verdict IS NULL) = (reported_at IS NULL)),
  CONSTRAINT campaign_runs_landed CHECK (NOT open OR (verdict IS NULL AND replaced_at IS NULL))
);
CREATE UNIQUE INDEX campaign_runs_current_idx ON campaign_runs (campaign_id, phase_no) WHERE replaced_at IS NULL;
-- The phases of a batch share state: one is at work at a time.
CREATE UNIQUE INDEX campaign_runs_batch_idx ON campaign_runs (campaign_id, batch) WHERE open;
-- What the sweeper goes through: who may have fallen silent, and who may have been heard of again.
CREATE INDEX campaign_runs_silent_idx ON campaign_runs (job_id) WHERE open AND stuck_at IS NULL;
CREATE INDEX campaign_runs_stuck_idx ON campaign_runs (job_id) WHERE open AND stuck_at IS NOT NULL;

-- Since when somebody has a run's job. That it was brought to an agent over the event bus counts only once the agent admitted it, or
-- works at it: until then nobody but the bus has said anything. What such an agent claims itself counts at once.
CREATE FUNCTION campaign_taken_at(job uuid, admitted_at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT l.leased_at FROM job_leases l JOIN agents a ON a.agent_no = l.agent_no
  WHERE l.id = job AND (a.channel <> 'eventbus' OR l.running_at IS NOT NULL OR admitted_at >= l.leased_at
    OR EXISTS (SELECT FROM journal j WHERE j.job_id = job AND j.fence = l.fence AND j.action = 'claim_jobs' AND j.actor <> 'bus')) $$;

-- The last word of who works at a run's job: it took or admitted the job, or told its progress. Before the first word it is when the job was
-- asked for. What the bus gave back since nobody took it is no word.
CREATE FUNCTION campaign_heard_at(job uuid, asked_at timestamptz, admitted_at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT greatest(asked_at, admitted_at, campaign_taken_at(job, admitted_at),
    (SELECT max(c.leased_at) FROM job_closings c WHERE c.id = job AND (c.running_at IS NOT NULL OR c.verb <> 'hand_back')),
    (SELECT o.progress_at FROM job_notes o WHERE o.job_id = job)) $$;

-- What a run captured of each of its scenarios.
CREATE TABLE campaign_scenarios (
  campaign_id uuid NOT NULL,
  phase_no int NOT NULL,
  run int NOT NULL,
  scenario_no int NOT NULL,
  name text NOT NULL,
  verdict text NOT NULL,
  result jsonb,
  stderr text,
  trace jsonb,
  PRIMARY KEY (campaign_id, phase_no, run, scenario_no),
  FOREIGN KEY (campaign_id, phase_no, run) REFERENCES campaign_runs ON DELETE CASCADE,
  CONSTRAINT campaign_scenarios_verdict_known CHECK (verdict IN ('passed', 'failed', 'skipped'))
);

-- Each time that all phases had landed, and what an operator decided about it. A campaign has more than one when a phase was run again.
CREATE TABLE campaign_verdicts (
  campaign_id uuid NOT NULL REFERENCES campaigns ON DELETE CASCADE,
  verdict_no int NOT NULL,
  verdict text NOT NULL,
  failed text[] NOT NULL,                            -- names of the phases that failed
  reached_at timestamptz NOT NULL DEFAULT now(),
  decision text,
  decision_reason text,
  decided_by text,
  decided_at timestamptz,
  PRIMARY KEY (campaign_id, verdict_no),
  CONSTRAINT campaign_verdicts_known CHECK (verdict IN ('passed', 'failed')),
  CONSTRAINT campaign_verdicts_decision_known CHECK (decision IN ('retag', 'fix_forward', 'accept')),
  CONSTRAINT campaign_verdicts_decided CHECK ((decision IS NULL) = (decided_at IS NULL))
);

-- Which rows of the journal belong to a campaign, so that one question answers all that happened.
CREATE TABLE campaign_journal (
  campaign_id uuid NOT NULL REFERENCES campaigns ON DELETE CASCADE,
  journal_id bigint NOT NULL,
  PRIMARY KEY (campaign_id, journal_id)
);

-- When a node last looked for silent phases: time in which none did is not charged to a worker.
CREATE TABLE campaign_clock (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  last_swept timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);
INSERT INTO campaign_clock DEFAULT VALUES;
