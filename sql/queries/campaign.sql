-- Campaigns. Whatever changes a campaign locks its row first, so that its changes come one after another and the one that lands the last
-- phase sees all others.

-- name: campaign.create
-- No row: an open campaign of this name is there; campaign.open_of_name tells. $1 id, $2 namespace, $3 name, $4 orchestrator in full, $5 its
-- agent or null, $6 actor.
INSERT INTO campaigns (id, namespace_id, name, orchestrator, orchestrator_no, created_by) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (namespace_id, name) WHERE status = 'open' DO NOTHING RETURNING id

-- name: campaign.hold_namespace
-- Until the end of the transaction nobody else opens a campaign in it, so that they can be counted.
SELECT id FROM namespaces WHERE id = $1 FOR NO KEY UPDATE

-- name: campaign.count_open
-- Up to $2 of them. $1 namespace.
SELECT count(*)::int AS campaigns FROM (SELECT FROM campaigns WHERE namespace_id = $1 AND status = 'open' LIMIT $2) o

-- name: campaign.open_of_name
SELECT id FROM campaigns WHERE namespace_id = $1 AND name = $2 AND status = 'open'

-- name: campaign.add_phases
-- $1 campaign; then one element a phase: $2 number, $3 name, $4 group, $5 batch, $6 namespace, $7 worker, $8 expected seconds, $9 template.
INSERT INTO campaign_phases (campaign_id, phase_no, name, phase_group, batch, namespace_id, worker, expected_seconds, template)
SELECT $1, t.phase_no, t.name, t.phase_group, t.batch, t.namespace_id, t.worker, t.expected_seconds, t.template::jsonb
FROM unnest($2::int[], $3::text[], $4::text[], $5::text[], $6::int[], $7::text[], $8::int[], $9::text[])
  AS t(phase_no, name, phase_group, batch, namespace_id, worker, expected_seconds, template)

-- name: campaign.lock
-- The campaign, held until the end of the transaction. No row: there is none, or it was removed.
SELECT c.id, n.path AS namespace, c.namespace_id, c.name, c.orchestrator, c.orchestrator_no, c.status
FROM campaigns c JOIN namespaces n ON n.id = c.namespace_id WHERE c.id = $1 AND c.removed_at IS NULL FOR NO KEY UPDATE OF c

-- name: campaign.phase
-- A phase and its current run, whose columns are null when there is none: it has not begun, or is to run again and waits for its turn. last_run
-- is the number of its newest run, 0 before the first. $1 campaign, $2 name.
SELECT p.phase_no, p.name, p.batch, n.path AS namespace, p.namespace_id, p.worker, p.expected_seconds, p.template::text AS template, r.run, r.job_id,
       r.open, r.stuck_at, r.verdict, r.reported_by, r.report_digest,
       coalesce((SELECT max(a.run) FROM campaign_runs a WHERE a.campaign_id = p.campaign_id AND a.phase_no = p.phase_no), 0) AS last_run
FROM campaign_phases p JOIN namespaces n ON n.id = p.namespace_id
LEFT JOIN campaign_runs r ON r.campaign_id = p.campaign_id AND r.phase_no = p.phase_no AND r.replaced_at IS NULL
WHERE p.campaign_id = $1 AND p.name = $2

-- name: campaign.next_phases
-- The phases that may begin: without a current run, all before them in their batch have landed, and no other of the batch is at work. Of one
-- batch that is one at most. last_run as in campaign.phase. $1 campaign.
SELECT p.phase_no, p.name, p.batch, n.path AS namespace, p.namespace_id, p.worker, p.expected_seconds, p.template::text AS template,
       coalesce((SELECT max(a.run) FROM campaign_runs a WHERE a.campaign_id = p.campaign_id AND a.phase_no = p.phase_no), 0) AS last_run
FROM campaign_phases p JOIN namespaces n ON n.id = p.namespace_id
WHERE p.campaign_id = $1
  AND NOT EXISTS (SELECT FROM campaign_runs r WHERE r.campaign_id = p.campaign_id AND r.phase_no = p.phase_no AND r.replaced_at IS NULL)
  AND NOT EXISTS (
    SELECT FROM campaign_phases b
    LEFT JOIN campaign_runs r ON r.campaign_id = b.campaign_id AND r.phase_no = b.phase_no AND r.replaced_at IS NULL
    WHERE b.campaign_id = p.campaign_id AND b.batch = p.batch AND b.phase_no <> p.phase_no
      AND (r.open OR b.phase_no < p.phase_no AND r.verdict IS NULL))
ORDER BY p.phase_no

-- name: campaign.start_runs
-- $1 campaign; then one element a phase: $2 phase, $3 number of the run, $4 job. Silent for twice the expected time, a run is stuck.
INSERT INTO campaign_runs (campaign_id, phase_no, run, job_id, batch, due_at)
SELECT $1, t.phase_no, t.run, t.job_id, p.batch, now() + make_interval(secs => 2 * p.expected_seconds)
FROM unnest($2::int[], $3::int[], $4::uuid[]) AS t(phase_no, run, job_id)
JOIN campaign_phases p ON p.campaign_id = $1 AND p.phase_no = t.phase_no

-- name: campaign.attempt
-- Who had an attempt of a run's job, and whether the job was claimed again after it, however that attempt ended. To whom it was brought in
-- vain has not claimed it. $1 campaign, $2 phase, $3 fence. Of an older run too: the run tells. No row: nobody had one with this fence.
SELECT r.run, t.agent_no,
       EXISTS (SELECT FROM job_leases o WHERE o.id = r.job_id AND o.fence > $3)
         OR EXISTS (SELECT FROM job_closings o WHERE o.id = r.job_id AND o.fence > $3 AND o.attempt_status IS NOT NULL AND o.verb <> 'hand_back') AS claimed_again
FROM campaign_runs r
CROSS JOIN LATERAL (
  SELECT l.agent_no FROM job_leases l WHERE l.id = r.job_id AND l.fence = $3
  UNION ALL SELECT c.agent_no FROM job_closings c WHERE c.id = r.job_id AND c.fence = $3 AND c.attempt_status IS NOT NULL) t
WHERE r.campaign_id = $1 AND r.phase_no = $2 ORDER BY r.run DESC

-- name: campaign.held
-- Who holds a job with this fence now. No row: nobody.
SELECT agent_no FROM job_leases WHERE id = $1 AND fence = $2

-- name: campaign.land
-- $1 campaign, $2 phase, $3 run, $4 verdict, $5 summary, $6 evidence, $7 who reports, $8 digest of the report. No row: this run is not open.
UPDATE campaign_runs SET open = false, verdict = $4, summary = $5, evidence = $6::text::jsonb, reported_by = $7, reported_at = now(), report_digest = $8
WHERE campaign_id = $1 AND phase_no = $2 AND run = $3 AND open AND replaced_at IS NULL
RETURNING stuck_at

-- name: campaign.keep_scenarios
-- $1 campaign, $2 phase, $3 run; then one element a scenario: $4 number, $5 name, $6 verdict, $7 result, $8 stderr, $9 trace.
INSERT INTO campaign_scenarios (campaign_id, phase_no, run, scenario_no, name, verdict, result, stderr, trace)
SELECT $1, $2, $3, t.no, t.name, t.verdict, t.result::jsonb, t.stderr, t.trace::jsonb
FROM unnest($4::int[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[]) AS t(no, name, verdict, result, stderr, trace)

-- name: campaign.tally
-- How many phases have not landed, and the names of those that failed, in order. $1 campaign.
SELECT count(*) FILTER (WHERE r.verdict IS NULL) AS open, coalesce(array_agg(p.name ORDER BY p.phase_no) FILTER (WHERE r.verdict = 'failed'), '{}') AS failed
FROM campaign_phases p
LEFT JOIN campaign_runs r ON r.campaign_id = p.campaign_id AND r.phase_no = p.phase_no AND r.replaced_at IS NULL
WHERE p.campaign_id = $1

-- name: campaign.finish
-- Records the verdict of an open campaign. $1 campaign, $2 verdict, $3 names of the phases that failed. No row: it is not open.
WITH done AS (
  UPDATE campaigns SET status = $2, finished_at = now() WHERE id = $1 AND status = 'open' RETURNING id
)
INSERT INTO campaign_verdicts (campaign_id, verdict_no, verdict, failed)
SELECT d.id, 1 + (SELECT count(*) FROM campaign_verdicts v WHERE v.campaign_id = d.id), $2, $3 FROM done d
RETURNING verdict_no

-- name: campaign.reopen
-- A campaign with a verdict is open again. No row: it has none, or another of its name is open.
UPDATE campaigns c SET status = 'open', finished_at = NULL
WHERE c.id = $1 AND c.status IN ('passed', 'failed')
  AND NOT EXISTS (SELECT FROM campaigns o WHERE o.namespace_id = c.namespace_id AND o.name = c.name AND o.status = 'open')
RETURNING c.id

-- name: campaign.replace_run
-- Puts a run aside for the next one. $1 campaign, $2 phase, $3 run, $4 who, $5 why.
UPDATE campaign_runs SET open = false, replaced_by = $4, replaced_at = now(), replaced_reason = $5
WHERE campaign_id = $1 AND phase_no = $2 AND run = $3 AND replaced_at IS NULL RETURNING run

-- name: campaign.cancel
-- Ends an open campaign; answers the jobs of the runs that were open. $1 campaign. No row besides one without a job: nothing was open.
WITH ended AS (
  UPDATE campaigns SET status = 'cancelled', finished_at = now() WHERE id = $1 AND status = 'open' RETURNING id
), runs AS (
  UPDATE campaign_runs r SET open = false FROM ended e WHERE r.campaign_id = e.id AND r.open RETURNING r.job_id
)
SELECT NULL::uuid AS job_id FROM ended UNION ALL SELECT job_id FROM runs

-- name: campaign.decide
-- An operator's decision about the newest verdict. $1 campaign, $2 decision, $3 reason, $4 who. No row: there is no verdict, or it was
-- decided upon.
UPDATE campaign_verdicts v SET decision = $2, decision_reason = $3, decided_by = $4, decided_at = now()
FROM campaigns c
WHERE c.id = $1 AND c.status IN ('passed', 'failed') AND v.campaign_id = c.id AND v.decision IS NULL
  AND v.verdict_no = (SELECT max(verdict_no) FROM campaign_verdicts WHERE campaign_id = c.id)
RETURNING v.verdict_no

-- name: campaign.decision
-- The decision about the newest verdict, if there is one.
SELECT decision, decision_reason FROM campaign_verdicts WHERE campaign_id = $1 ORDER BY verdict_no DESC LIMIT 1

-- name: campaign.note
-- One row of the journal for a change by other statements of the same transaction, which belongs to the campaign. $1 campaign, $2 namespace,
-- $3 job or null, $4 actor, $5 action, $6 detail.
WITH noted AS (
  INSERT INTO journal (id, namespace_id, job_id, actor, action, detail)
  VALUES (nextval('journal_block'), $2, $3, $4, $5, $6::text::jsonb) RETURNING id
), belongs AS (
  INSERT INTO campaign_journal (campaign_id, journal_id) SELECT $1, id FROM noted
)
INSERT INTO journal_pending (first_id, n) SELECT id, 1 FROM noted RETURNING first_id

-- name: campaign.sweep_clock
-- Adds the time in which no node looked, and $2 seconds of grace, to the open runs; an outage is a gap of more than $1 seconds. What is moved is
-- the deadline that holds, whether it comes from the beginning of the run or from its worker's last word; from a word after the last look it is
-- the time since that. A run that is stuck is charged nothing, unless its worker was heard of since.
WITH clock AS MATERIALIZED (
  SELECT last_swept, clock_timestamp() AS at FROM campaign_clock FOR UPDATE
), heard AS MATERIALIZED (
  SELECT r.campaign_id, r.phase_no, r.run, r.stuck_at, 2 * p.expected_seconds AS seconds, campaign_heard_at(r.job_id, r.started_at, r.admitted_at) AS heard_at
  FROM clock c JOIN campaign_runs r ON c.at - c.last_swept > make_interval(secs => $1::float8)
  JOIN campaign_phases p ON p.campaign_id = r.campaign_id AND p.phase_no = r.phase_no
  WHERE r.open
), charged AS (
  UPDATE campaign_runs r SET due_at = greatest(r.due_at, h.heard_at + make_interval(secs => h.seconds)) + (c.at - greatest(c.last_swept, h.heard_at))
    + make_interval(secs => $2::float8)
  FROM clock c, heard h WHERE r.campaign_id = h.campaign_id AND r.phase_no = h.phase_no AND r.run = h.run AND r.open
    AND (h.stuck_at IS NULL OR h.heard_at > h.stuck_at)
)
UPDATE campaign_clock k SET last_swept = clock_timestamp() FROM clock RETURNING k.last_swept

-- name: campaign.silent
-- Runs that may be stuck, $1 at most: those that should have been heard of, and those whose job has ended without a report; where it succeeded,
-- $4 seconds ago. Goes through $3 runs from after job $2 on. The last column is how far that came, null at the end; without a run there is one
-- row all the same.
WITH page AS MATERIALIZED (
  SELECT * FROM campaign_runs WHERE open AND stuck_at IS NULL AND job_id > $2 ORDER BY job_id LIMIT $3
), found AS (
  SELECT v.* FROM (
    SELECT r.campaign_id, r.phase_no, r.run, r.job_id, r.due_at, p.expected_seconds, campaign_taken_at(r.job_id, r.admitted_at) IS NOT NULL AS held,
           e.job_status::text AS ended, e.error,
           campaign_heard_at(r.job_id, r.started_at, r.admitted_at) + make_interval(secs => 2 * p.expected_seconds) AS silent_from
    FROM page r
    JOIN campaign_phases p ON p.campaign_id = r.campaign_id AND p.phase_no = r.phase_no
    LEFT JOIN LATERAL (
      SELECT job_status, error FROM job_closings WHERE id = r.job_id AND ends AND NOT reopened
        AND (job_status <> 'succeeded' OR finished_at <= now() - make_interval(secs => $4::float8)) LIMIT 1) e ON true
  ) v
  WHERE v.ended IS NOT NULL OR v.due_at <= now() AND v.silent_from <= now() ORDER BY v.job_id LIMIT $1
)
SELECT f.*, CASE WHEN (SELECT count(*) FROM page) = $3 THEN (SELECT job_id FROM page ORDER BY job_id DESC LIMIT 1) END AS upto
FROM (SELECT) one LEFT JOIN found f ON true ORDER BY f.job_id

-- name: campaign.mark_stuck
-- $1 campaign, $2 phase, $3 run, $4 why, $5 as $4 of campaign.silent. No row: it landed, was replaced or heard of meanwhile, or is marked.
UPDATE campaign_runs r SET stuck_at = now(), stuck_reason = $4
FROM campaign_phases p
WHERE r.campaign_id = $1 AND r.phase_no = $2 AND r.run = $3 AND r.open AND r.stuck_at IS NULL
  AND p.campaign_id = r.campaign_id AND p.phase_no = r.phase_no
  AND (greatest(r.due_at, campaign_heard_at(r.job_id, r.started_at, r.admitted_at) + make_interval(secs => 2 * p.expected_seconds)) <= now()
    OR EXISTS (SELECT FROM job_closings e WHERE e.id = r.job_id AND e.ends AND NOT e.reopened
      AND (e.job_status <> 'succeeded' OR e.finished_at <= now() - make_interval(secs => $5::float8))))
RETURNING p.name

-- name: campaign.heard_again
-- Stuck runs whose worker was heard of since, $1 at most. One whose job has ended stays stuck: nobody works at it. $2, $3 and the last column as
-- in campaign.silent.
WITH page AS MATERIALIZED (
  SELECT * FROM campaign_runs WHERE open AND stuck_at IS NOT NULL AND job_id > $2 ORDER BY job_id LIMIT $3
), found AS (
  SELECT r.campaign_id, r.phase_no, r.run, r.job_id FROM page r
  WHERE campaign_heard_at(r.job_id, r.started_at, r.admitted_at) > r.stuck_at
    AND NOT EXISTS (SELECT FROM job_closings e WHERE e.id = r.job_id AND e.ends AND NOT e.reopened)
  ORDER BY r.job_id LIMIT $1
)
SELECT f.*, CASE WHEN (SELECT count(*) FROM page) = $3 THEN (SELECT job_id FROM page ORDER BY job_id DESC LIMIT 1) END AS upto
FROM (SELECT) one LEFT JOIN found f ON true ORDER BY f.job_id

-- name: campaign.clear_stuck
-- Its silence counts anew from its worker's last word, or from what an outage since made of that. $1 campaign, $2 phase, $3 run. No row: it
-- landed, was replaced or was cleared meanwhile.
UPDATE campaign_runs r SET stuck_at = NULL, stuck_reason = NULL,
  due_at = greatest(r.due_at, campaign_heard_at(r.job_id, r.started_at, r.admitted_at) + make_interval(secs => 2 * p.expected_seconds))
FROM campaign_phases p
WHERE r.campaign_id = $1 AND r.phase_no = $2 AND r.run = $3 AND r.open AND campaign_heard_at(r.job_id, r.started_at, r.admitted_at) > r.stuck_at
  AND p.campaign_id = r.campaign_id AND p.phase_no = r.phase_no
RETURNING p.name

-- name: campaign.admitted
-- The agent to whom a job was brought has admitted it: its word. $1 job.
UPDATE campaign_runs SET admitted_at = now() WHERE job_id = $1 AND open

-- name: campaign.ended_before
-- Campaigns that ended more than $1 seconds ago, $2 at most, and whether they are removed, but for what they hold.
SELECT id, removed_at IS NOT NULL AS removed FROM campaigns WHERE finished_at < now() - make_interval(secs => $1::float8) ORDER BY finished_at LIMIT $2

-- name: campaign.drop_scenarios
-- Deletes what a removed campaign captured of its scenarios, $2 of them at most, since together they may be more than one statement can delete in its time.
WITH few AS (
  SELECT phase_no, run, scenario_no FROM campaign_scenarios WHERE campaign_id = $1 LIMIT $2
), gone AS (
  DELETE FROM campaign_scenarios s USING few f
  WHERE s.campaign_id = $1 AND s.phase_no = f.phase_no AND s.run = f.run AND s.scenario_no = f.scenario_no RETURNING s.run
)
SELECT count(*)::int AS scenarios FROM gone

-- name: campaign.summary
-- What is kept of a campaign in the journal when it is removed: how it began and ended, and its newest verdict with what was decided.
SELECT jsonb_strip_nulls(jsonb_build_object('status', c.status, 'orchestrator', actor_name(c.orchestrator), 'created_at', c.created_at,
    'finished_at', c.finished_at, 'phases', (SELECT count(*) FROM campaign_phases p WHERE p.campaign_id = c.id),
    'runs', (SELECT count(*) FROM campaign_runs r WHERE r.campaign_id = c.id), 'verdict', v.verdict, 'failed', to_jsonb(v.failed),
    'reached_at', v.reached_at, 'decision', v.decision, 'decision_reason', v.decision_reason, 'decided_by', actor_name(v.decided_by),
    'decided_at', v.decided_at))::text AS summary
FROM campaigns c
LEFT JOIN LATERAL (SELECT * FROM campaign_verdicts WHERE campaign_id = c.id ORDER BY verdict_no DESC LIMIT 1) v ON true
WHERE c.id = $1 AND c.finished_at < now() - make_interval(secs => $2::float8) AND c.removed_at IS NULL

-- name: campaign.remove
-- Nobody sees or changes it from now on; what it holds is deleted afterwards. Its jobs and what the journal says of it stay. $1 campaign.
UPDATE campaigns SET removed_at = now() WHERE id = $1

-- name: campaign.delete
-- A removed campaign with everything that hangs on it. $1 campaign.
DELETE FROM campaigns WHERE id = $1 AND removed_at IS NOT NULL RETURNING id

-- name: campaign.place_of
-- Where a campaign lies, for the walls.
SELECT n.path AS namespace FROM campaigns c JOIN namespaces n ON n.id = c.namespace_id WHERE c.id = $1 AND c.removed_at IS NULL

-- name: campaign.list
-- Campaigns, newest first. $1 before id, $2 most rows, $3 walls (empty = none), $4 namespace, $5 namespace as regex, $6 status, $7 name.
-- Null = any.
SELECT c.id, n.path AS namespace, c.name, c.status, actor_name(c.orchestrator) AS orchestrator, c.created_at, c.finished_at, t.*
FROM campaigns c JOIN namespaces n ON n.id = c.namespace_id
CROSS JOIN LATERAL (
  SELECT count(*)::int AS phases, count(*) FILTER (WHERE r.verdict = 'passed')::int AS passed, count(*) FILTER (WHERE r.verdict = 'failed')::int AS failed,
         count(*) FILTER (WHERE r.open AND r.stuck_at IS NOT NULL)::int AS stuck
  FROM campaign_phases p
  LEFT JOIN campaign_runs r ON r.campaign_id = p.campaign_id AND r.phase_no = p.phase_no AND r.replaced_at IS NULL
  WHERE p.campaign_id = c.id) t
WHERE c.removed_at IS NULL AND ($1::uuid IS NULL OR c.id < $1)
  AND (cardinality($3::text[]) = 0 OR EXISTS (SELECT FROM unnest($3::text[]) w WHERE n.path = w OR starts_with(n.path, w || '/')))
  AND ($4::text IS NULL OR n.path = $4) AND ($5::text IS NULL OR n.path ~ $5) AND ($6::text IS NULL OR c.status = $6) AND ($7::text IS NULL OR c.name = $7)
ORDER BY c.id DESC LIMIT $2

-- name: campaign.evidence
-- All there is to show of a campaign as one JSON document, in one snapshot. $1 campaign, $2 phase (null = all), $3 most rows of the timeline.
-- Of runs that were replaced, and of scenarios, what they captured is left out: campaign.capture has it.
SELECT jsonb_build_object(
  'id', c.id, 'namespace', n.path, 'name', c.name, 'status', c.status, 'orchestrator', actor_name(c.orchestrator), 'created_by', actor_name(c.created_by),
  'created_at', c.created_at, 'finished_at', c.finished_at,
  'verdicts', (SELECT coalesce(jsonb_agg(jsonb_build_object('verdict', v.verdict, 'failed', to_jsonb(v.failed), 'reached_at', v.reached_at,
      'decision', v.decision, 'decision_reason', v.decision_reason, 'decided_by', actor_name(v.decided_by), 'decided_at', v.decided_at)
      ORDER BY v.verdict_no), '[]') FROM campaign_verdicts v WHERE v.campaign_id = c.id),
  'phases', (SELECT coalesce(jsonb_agg(jsonb_build_object('name', p.name, 'group', p.phase_group, 'batch', p.batch, 'namespace', pn.path,
      'worker', p.worker, 'expected_seconds', p.expected_seconds, 'run', r.run, 'job_id', r.job_id,
      'status', CASE WHEN r.verdict IS NOT NULL THEN r.verdict WHEN c.status = 'cancelled' THEN 'cancelled' WHEN r.run IS NULL THEN 'waiting'
        WHEN r.stuck_at IS NOT NULL THEN 'stuck' WHEN j.status IN ('leased', 'running') THEN 'running' WHEN j.status = 'blocked' THEN 'blocked'
        ELSE 'queued' END,
      'runs', (SELECT coalesce(jsonb_agg(jsonb_build_object('run', a.run, 'job_id', a.job_id, 'job_status', k.status, 'attempt_count', k.attempt_count,
          'started_at', a.started_at, 'stuck_at', a.stuck_at, 'stuck_reason', a.stuck_reason, 'verdict', a.verdict, 'summary', a.summary,
          'evidence', CASE WHEN a.replaced_at IS NULL THEN a.evidence END, 'reported_by', actor_name(a.reported_by), 'reported_at', a.reported_at,
          'replaced_at', a.replaced_at, 'replaced_by', actor_name(a.replaced_by), 'replaced_reason', a.replaced_reason,
          'scenarios', CASE WHEN a.replaced_at IS NULL THEN (
            SELECT jsonb_agg(jsonb_build_object('name', s.name, 'verdict', s.verdict,
              'stderr', CASE WHEN s.verdict = 'failed' THEN right(s.stderr, 500) END) ORDER BY s.scenario_no)
            FROM campaign_scenarios s WHERE s.campaign_id = a.campaign_id AND s.phase_no = a.phase_no AND s.run = a.run) END)
          ORDER BY a.run), '[]')
        FROM campaign_runs a LEFT JOIN LATERAL (SELECT status, attempt_count FROM jobs WHERE id = a.job_id LIMIT 1) k ON true
        WHERE a.campaign_id = p.campaign_id AND a.phase_no = p.phase_no))
      ORDER BY p.phase_no), '[]')
    FROM campaign_phases p JOIN namespaces pn ON pn.id = p.namespace_id
    LEFT JOIN campaign_runs r ON r.campaign_id = p.campaign_id AND r.phase_no = p.phase_no AND r.replaced_at IS NULL
    LEFT JOIN LATERAL (SELECT status FROM jobs WHERE id = r.job_id LIMIT 1) j ON true
    WHERE p.campaign_id = c.id AND ($2::text IS NULL OR p.name = $2)),
  'timeline', (SELECT coalesce(jsonb_agg(jsonb_build_object('at', t.at, 'topic', t.topic, 'actor', actor_name(t.actor), 'phase', t.phase, 'run', t.run,
      'attempt', t.attempt, 'detail', t.detail) ORDER BY t.position NULLS LAST, t.id), '[]')
    FROM (
      SELECT g.id, g.at, g.actor, coalesce(e.topic, bus_topic(g), g.action) AS topic, p.name AS phase, r.run, g.attempt,
             coalesce(g.detail, '{}') - 'campaign_id' - 'campaign' - 'phase' - 'run' - 'topic' - 'event_id' AS detail, b.position
      FROM (SELECT journal_id AS id FROM campaign_journal WHERE campaign_id = c.id
            UNION SELECT k.id FROM campaign_runs a JOIN journal k ON k.job_id = a.job_id
              WHERE a.campaign_id = c.id AND k.action <> 'deliver_message') i
      JOIN journal g ON g.id = i.id
      LEFT JOIN event_facts e ON e.journal_id = g.id AND g.action = 'emit_event'
      LEFT JOIN campaign_runs r ON r.job_id = g.job_id
      LEFT JOIN campaign_phases p ON p.campaign_id = r.campaign_id AND p.phase_no = r.phase_no
      LEFT JOIN LATERAL (SELECT q.position + (g.id - q.first_id) AS position FROM journal_positions q
        WHERE q.first_id <= g.id AND g.id < q.first_id + q.n ORDER BY q.first_id DESC LIMIT 1) b ON true
      WHERE $2::text IS NULL OR p.name = $2
      ORDER BY b.position DESC NULLS FIRST, g.id DESC LIMIT $3) t)
)::text AS evidence
FROM campaigns c JOIN namespaces n ON n.id = c.namespace_id WHERE c.id = $1 AND c.removed_at IS NULL

-- name: campaign.capture
-- What a run captured of its scenarios. $1 campaign, $2 phase, $3 run; a row for the run, and one for each of its scenarios in order.
SELECT n.path AS namespace, r.run, r.job_id, r.verdict AS run_verdict, r.summary, r.evidence::text AS evidence, r.reported_at, actor_name(r.reported_by) AS reported_by,
       s.name, s.verdict, s.result::text AS result, s.stderr, s.trace::text AS trace
FROM campaigns c JOIN campaign_phases p ON p.campaign_id = c.id AND c.removed_at IS NULL
JOIN namespaces n ON n.id = p.namespace_id
JOIN campaign_runs r ON r.campaign_id = p.campaign_id AND r.phase_no = p.phase_no
LEFT JOIN campaign_scenarios s ON s.campaign_id = r.campaign_id AND s.phase_no = r.phase_no AND s.run = r.run
WHERE p.campaign_id = $1 AND p.name = $2 AND CASE WHEN $3::int IS NULL THEN r.replaced_at IS NULL ELSE r.run = $3 END
ORDER BY s.scenario_no
