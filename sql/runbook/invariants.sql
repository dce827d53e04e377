-- What must always be true of jobs, messages and the journal. Each statement only reads and returns the rows that break its rule, so that
-- an empty answer is a good one. Run with: SET search_path TO agentbus; each statement sees one moment, so it may run at any time.
-- Those named at_rest_ are true only while nobody writes and the sweeper and the sequencer have done their work.

-- name: invariants.one_place
-- A job stands in exactly one place, and nothing stands anywhere that is no job.
WITH places AS (
  SELECT id, 'ready' AS place FROM job_ready
  UNION ALL SELECT id, 'scheduled' FROM job_scheduled
  UNION ALL SELECT id, 'waiting' FROM job_waiting
  UNION ALL SELECT id, 'blocked' FROM job_blocked
  UNION ALL SELECT id, 'leased' FROM job_leases
  UNION ALL SELECT id, 'ended' FROM job_closings WHERE ends AND NOT reopened
)
SELECT coalesce(f.id, p.id) AS id, f.id IS NOT NULL AS known, count(p.place) AS places, string_agg(p.place, ', ') AS names
FROM job_facts f FULL JOIN places p ON p.id = f.id
GROUP BY f.id, p.id HAVING count(p.place) <> 1 OR f.id IS NULL;

-- name: invariants.ready_as_asked
-- The place in line is what the facts say: else the view jobs would not find the job.
SELECT r.id, r.queue_id, r.rank, r.run_after, f.queue_id AS facts_queue_id, 1000 - f.priority AS facts_rank, f.run_after AS facts_run_after
FROM job_ready r JOIN job_facts f ON f.id = r.id
WHERE (r.queue_id, r.rank::int, r.run_after) IS DISTINCT FROM (f.queue_id, 1000 - f.priority, f.run_after);

-- name: invariants.scheduled_as_asked
SELECT s.id, s.run_after, f.run_after AS facts_run_after FROM job_scheduled s JOIN job_facts f ON f.id = s.id WHERE s.run_after <> f.run_after;

-- name: invariants.leased_as_asked
SELECT l.id, l.queue_id, f.queue_id AS facts_queue_id, l.sweep_at, l.leased_until, l.timeout_at
FROM job_leases l JOIN job_facts f ON f.id = l.id
WHERE l.queue_id <> f.queue_id OR l.sweep_at IS DISTINCT FROM least(l.leased_until, l.timeout_at);

-- name: invariants.within_limits
-- No agent holds more than its concurrency allows. An operator who lowers the limit of a busy agent breaks this for a while.
SELECT a.agent_no, a.name, a.concurrency, count(*) AS held
FROM job_leases l JOIN agents a ON a.agent_no = l.agent_no
WHERE a.concurrency IS NOT NULL GROUP BY 1, 2, 3 HAVING count(*) > a.concurrency;

-- name: invariants.limited_leases_count
-- Every lease of a limited agent counts.
SELECT l.id, l.agent_no FROM job_leases l JOIN agents a ON a.agent_no = l.agent_no WHERE a.concurrency IS NOT NULL AND NOT l.limited;

-- name: invariants.newest_fence_holds
-- The open lease has the highest fence of its job.
SELECT l.id, l.fence, max(c.fence) AS closed_fence FROM job_leases l JOIN job_closings c ON c.id = l.id
GROUP BY 1, 2 HAVING max(c.fence) >= l.fence;

-- name: invariants.fences_grow
-- Along the journal of a job no fence is followed by a smaller one, and every claim has a greater one than all before.
SELECT * FROM (
  SELECT job_id, id, action, fence, max(fence) OVER (PARTITION BY job_id ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
  FROM journal WHERE job_id IS NOT NULL AND fence IS NOT NULL AND to_state IS NOT NULL) j
WHERE before > fence OR (before = fence AND action = 'claim_jobs');

-- name: invariants.one_end
-- An ended job has one end that was not undone, and nothing was closed after it; only ends are ever undone.
SELECT e.id, e.fence, c.fence AS other_fence FROM job_closings e JOIN job_closings c ON c.id = e.id AND c.fence <> e.fence
WHERE e.ends AND NOT e.reopened AND (c.fence > e.fence OR (c.ends AND NOT c.reopened))
UNION ALL
SELECT id, fence, NULL FROM job_closings WHERE reopened AND NOT ends;

-- name: invariants.attempts_in_order
-- Attempts are numbered 1, 2, 3 ... by those that count, anew after each reopening, and never exceed max_attempts.
WITH numbered AS (
  SELECT c.id, c.fence, c.attempt, c.counted, c.attempt_status,
         count(*) FILTER (WHERE c.reopened) OVER (PARTITION BY c.id ORDER BY c.fence ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS life
  FROM job_closings c
), expected AS (
  SELECT n.*, coalesce(count(*) FILTER (WHERE n.counted) OVER (PARTITION BY n.id, n.life ORDER BY n.fence
           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS used_before
  FROM numbered n
)
SELECT e.id, e.fence, e.attempt, e.counted, e.attempt_status, e.used_before, f.max_attempts
FROM expected e JOIN job_facts f ON f.id = e.id
WHERE e.attempt <> e.used_before + CASE WHEN e.attempt_status IS NULL THEN 0 ELSE 1 END OR e.attempt > f.max_attempts
   OR (e.counted AND e.attempt_status IS NULL);

-- name: invariants.attempts_used_up
-- Where a job stands says how many attempts are used up, and what may still run has one left.
WITH used AS (
  SELECT c.id, count(*) FILTER (WHERE c.counted AND c.fence > coalesce(r.fence, 0)) AS used
  FROM job_closings c LEFT JOIN (SELECT id, max(fence) AS fence FROM job_closings WHERE reopened GROUP BY id) r ON r.id = c.id GROUP BY c.id
), standing AS (
  SELECT id, attempt::int AS used, 'ready' AS place FROM job_ready
  UNION ALL SELECT id, attempt, 'scheduled' FROM job_scheduled
  UNION ALL SELECT id, attempt, 'waiting' FROM job_waiting
  UNION ALL SELECT id, attempt, 'blocked' FROM job_blocked
  UNION ALL SELECT id, attempt - 1, 'leased' FROM job_leases
)
SELECT s.id, s.place, s.used, coalesce(u.used, 0) AS closed_used, f.max_attempts
FROM standing s JOIN job_facts f ON f.id = s.id LEFT JOIN used u ON u.id = s.id
WHERE s.used <> coalesce(u.used, 0) OR s.used >= f.max_attempts;

-- name: invariants.key_is_of_active_job
-- A dedupe key is held by an active job that has it, at the target the job is addressed to.
SELECT d.*, f.dedupe_key, q.target_id AS facts_target_id
FROM job_dedupe d LEFT JOIN job_facts f ON f.id = d.job_id LEFT JOIN queues q ON q.id = f.queue_id
WHERE (d.key, d.target_id, d.namespace_id) IS DISTINCT FROM (f.dedupe_key, q.target_id, q.namespace_id)
   OR EXISTS (SELECT FROM job_closings c WHERE c.id = d.job_id AND c.ends AND NOT c.reopened);

-- name: invariants.active_job_has_key
SELECT f.id, f.dedupe_key FROM job_facts f
WHERE f.dedupe_key IS NOT NULL AND NOT EXISTS (SELECT FROM job_dedupe d WHERE d.job_id = f.id)
  AND NOT EXISTS (SELECT FROM job_closings c WHERE c.id = f.id AND c.ends AND NOT c.reopened);

-- name: invariants.verdict_when_all_have_landed
-- A campaign that was not cancelled has its verdict exactly when all its phases have landed, and it passed exactly when all of them did.
SELECT c.id, c.status, t.landed, t.passed FROM campaigns c
CROSS JOIN LATERAL (
  SELECT bool_and(r.verdict IS NOT NULL) AS landed, bool_and(coalesce(r.verdict, '') = 'passed') AS passed FROM campaign_phases p
  LEFT JOIN campaign_runs r ON r.campaign_id = p.campaign_id AND r.phase_no = p.phase_no AND r.replaced_at IS NULL
  WHERE p.campaign_id = c.id) t
WHERE c.status <> 'cancelled' AND c.status <> CASE WHEN NOT t.landed THEN 'open' WHEN t.passed THEN 'passed' ELSE 'failed' END;

-- name: invariants.no_job_behind_a_run_that_is_over
-- The job of a run that landed, was replaced or went with its campaign has ended. An operator who retries such a job breaks this.
SELECT r.campaign_id, r.phase_no, r.run, j.status FROM campaign_runs r CROSS JOIN LATERAL (SELECT status FROM jobs WHERE id = r.job_id LIMIT 1) j
WHERE NOT r.open AND j.status NOT IN ('succeeded', 'failed', 'dead', 'cancelled');

-- name: invariants.at_rest_nothing_undecided
-- No job waits whose dependencies have all ended or of which one ended badly.
SELECT w.id FROM job_waiting w
WHERE NOT EXISTS (SELECT FROM job_dependencies d WHERE d.job_id = w.id AND d.dropped_at IS NULL
        AND NOT EXISTS (SELECT FROM job_closings c WHERE c.id = d.depends_on_job_id AND c.ends AND NOT c.reopened))
   OR EXISTS (SELECT FROM job_dependencies d JOIN job_closings c ON c.id = d.depends_on_job_id AND c.ends AND NOT c.reopened
        WHERE d.job_id = w.id AND d.dropped_at IS NULL AND c.job_status <> 'succeeded');

-- name: invariants.at_rest_blocked_for_a_reason
-- A job that a dependency blocks has one that ended badly.
SELECT b.id, b.blocked_reason FROM job_blocked b
WHERE b.by_dependency AND NOT EXISTS (
  SELECT FROM job_dependencies d JOIN job_closings c ON c.id = d.depends_on_job_id AND c.ends AND NOT c.reopened AND c.job_status <> 'succeeded'
  WHERE d.job_id = b.id AND d.dropped_at IS NULL);

-- name: invariants.dependencies_succeeded
-- No job is in line, at work or succeeded before what it depends on.
SELECT d.job_id, d.depends_on_job_id FROM job_dependencies d
WHERE d.dropped_at IS NULL
  AND (EXISTS (SELECT FROM job_leases l WHERE l.id = d.job_id)
    OR EXISTS (SELECT FROM job_closings c WHERE c.id = d.job_id AND c.ends AND NOT c.reopened AND c.job_status = 'succeeded')
    OR EXISTS (SELECT FROM job_facts f JOIN job_ready r ON r.queue_id = f.queue_id AND r.rank = 1000 - f.priority AND r.run_after = f.run_after
                 AND r.id = f.id WHERE f.id = d.job_id))
  AND NOT EXISTS (SELECT FROM job_closings c WHERE c.id = d.depends_on_job_id AND c.ends AND NOT c.reopened AND c.job_status = 'succeeded');

-- name: invariants.journal_is_a_path
-- The journal of each job is a way through its state machine: begins with its enqueueing, and every change starts where the last one led.
WITH allowed (from_state, to_state) AS (
  VALUES ('waiting', 'waiting'), ('waiting', 'queued'), ('waiting', 'blocked'), ('waiting', 'cancelled'), ('waiting', 'dead'),
         ('queued', 'queued'), ('queued', 'waiting'), ('queued', 'leased'), ('queued', 'cancelled'), ('queued', 'dead'),
         ('leased', 'running'), ('leased', 'queued'), ('leased', 'blocked'), ('leased', 'succeeded'), ('leased', 'failed'), ('leased', 'dead'),
         ('leased', 'cancelled'),
         ('running', 'queued'), ('running', 'blocked'), ('running', 'succeeded'), ('running', 'failed'), ('running', 'dead'),
         ('running', 'cancelled'),
         ('blocked', 'queued'), ('blocked', 'waiting'), ('blocked', 'cancelled'), ('blocked', 'dead'),
         ('failed', 'queued'), ('failed', 'waiting'), ('dead', 'queued'), ('dead', 'waiting'), ('cancelled', 'queued'), ('cancelled', 'waiting')
), path AS (
  SELECT job_id, id, action, from_state, to_state, lag(to_state) OVER (PARTITION BY job_id ORDER BY id) AS before,
         row_number() OVER (PARTITION BY job_id ORDER BY id) AS step
  FROM journal WHERE job_id IS NOT NULL AND to_state IS NOT NULL
)
SELECT * FROM path p
WHERE CASE WHEN step = 1 THEN from_state IS NOT NULL OR to_state NOT IN ('queued', 'waiting')
           ELSE from_state IS DISTINCT FROM before OR NOT EXISTS (
             SELECT FROM allowed a WHERE a.from_state = p.from_state::text AND a.to_state = p.to_state::text) END;

-- name: invariants.journal_ends_where_the_job_stands
SELECT f.id, s.status, j.to_state FROM job_facts f
LEFT JOIN (
  SELECT id, 'queued'::job_status AS status FROM job_ready
  UNION ALL SELECT id, 'queued' FROM job_scheduled
  UNION ALL SELECT id, 'waiting' FROM job_waiting
  UNION ALL SELECT id, 'blocked' FROM job_blocked
  UNION ALL SELECT id, CASE WHEN running_at IS NULL THEN 'leased' ELSE 'running' END::job_status FROM job_leases
  UNION ALL SELECT id, job_status FROM job_closings WHERE ends AND NOT reopened) s ON s.id = f.id
LEFT JOIN (SELECT DISTINCT ON (job_id) job_id, to_state FROM journal WHERE job_id IS NOT NULL AND to_state IS NOT NULL ORDER BY job_id, id DESC) j
  ON j.job_id = f.id
WHERE s.status IS DISTINCT FROM j.to_state;

-- name: invariants.closings_are_journalled
-- Every closing has its row in the journal, and every attempt that the journal says was closed has its closing.
SELECT c.id, c.fence, 'closing without journal' AS what FROM job_closings c
WHERE NOT EXISTS (SELECT FROM journal j WHERE j.job_id = c.id AND j.to_state = c.job_status
  AND (j.fence = c.fence OR (c.attempt_status IS NULL AND j.fence IS NULL)))
UNION ALL
SELECT j.job_id, j.fence, 'journal without closing' FROM journal j
WHERE j.from_state IN ('leased', 'running') AND j.to_state <> 'running'
  AND NOT EXISTS (SELECT FROM job_closings c WHERE c.id = j.job_id AND c.fence = j.fence AND c.job_status = j.to_state);

-- name: invariants.message_in_one_place
-- A message is unread, put off or acknowledged: exactly one of them, at the place that its facts say; and nothing else is.
WITH places AS (
  SELECT id, agent_no, rank, arrival, 'unread' AS place FROM message_unread
  UNION ALL SELECT id, agent_no, rank, arrival, 'deferred' FROM message_deferred
  UNION ALL SELECT k.id, f.agent_no, f.rank, f.arrival, 'acknowledged' FROM message_acks k LEFT JOIN message_facts f ON f.id = k.id
)
SELECT coalesce(f.id, p.id) AS id, count(p.place) AS places, string_agg(p.place, ', ') AS names
FROM message_facts f FULL JOIN places p ON p.id = f.id
GROUP BY f.id, p.id
HAVING count(p.place) <> 1 OR f.id IS NULL OR bool_or((p.agent_no, p.rank, p.arrival) IS DISTINCT FROM (f.agent_no, f.rank, f.arrival));

-- name: invariants.box_counts_its_messages
-- A box knows how many messages wait in it and how many ever came; arrivals run 1, 2, 3 ... until retention removes the oldest.
SELECT b.agent_no, b.unacked, b.arrivals, w.waiting, f.newest, f.messages FROM message_boxes b
LEFT JOIN (SELECT agent_no, count(*) AS waiting FROM (SELECT agent_no FROM message_unread UNION ALL SELECT agent_no FROM message_deferred) w GROUP BY 1) w
  ON w.agent_no = b.agent_no
LEFT JOIN (SELECT agent_no, max(arrival) AS newest, min(arrival) AS oldest, count(*) AS messages, count(DISTINCT arrival) AS places
           FROM message_facts GROUP BY 1) f ON f.agent_no = b.agent_no
WHERE b.unacked <> coalesce(w.waiting, 0) OR b.arrivals <> coalesce(f.newest, b.arrivals) OR f.messages <> f.places
   OR f.messages <> f.newest - f.oldest + 1;

-- name: invariants.message_key_is_of_waiting_message
SELECT d.* FROM message_dedupe d LEFT JOIN message_facts f ON f.id = d.id
WHERE (d.agent_no, d.source, d.key) IS DISTINCT FROM (f.agent_no, f.source, f.dedupe_key) OR EXISTS (SELECT FROM message_acks k WHERE k.id = d.id);

-- name: invariants.waiting_message_has_key
SELECT f.id FROM message_facts f
WHERE f.dedupe_key IS NOT NULL AND NOT EXISTS (SELECT FROM message_acks k WHERE k.id = f.id)
  AND NOT EXISTS (SELECT FROM message_dedupe d WHERE d.id = f.id);

-- name: invariants.messages_are_journalled
-- Every message and every acknowledgement has one row in the journal, by who the message says.
SELECT f.id, count(j.id) AS rows FROM message_facts f
LEFT JOIN (SELECT (detail->>'message_id')::uuid AS id, action, actor FROM journal WHERE action IN ('notify', 'deliver_message')) j
  ON j.id = f.id AND j.action = CASE WHEN f.subscribed THEN 'deliver_message' ELSE 'notify' END
  AND (f.subscribed OR j.actor = coalesce(f.sender, f.source))
GROUP BY f.id HAVING count(j.id) <> 1
UNION ALL
SELECT k.id, count(j.id) FROM message_acks k
LEFT JOIN (SELECT (detail->>'message_id')::uuid AS id, actor FROM journal WHERE action = 'ack_message') j ON j.id = k.id AND j.actor = k.acked_by
GROUP BY k.id HAVING count(j.id) <> 1;

-- name: invariants.positions_have_no_gap
-- Positions run 1, 2, 3 ...; after retention removed the oldest, from the first that is kept.
SELECT * FROM (
  SELECT position, first_id, n, lag(position + n) OVER (ORDER BY position) AS expected, min(position) OVER () AS first FROM journal_positions) p
WHERE position <> coalesce(expected, position)
   OR (expected IS NULL AND first <> 1 AND NOT EXISTS (SELECT FROM journal_seals s WHERE s.to_position >= p.first - 1));

-- name: invariants.blocks_are_whole
-- Every block, sequenced or pending, holds as many rows as it says.
SELECT b.first_id, b.n, count(j.id) AS rows FROM (
  SELECT first_id, n FROM journal_positions UNION ALL SELECT first_id, n FROM journal_pending) b
LEFT JOIN journal j ON j.id >= b.first_id AND j.id < b.first_id + 2048
GROUP BY 1, 2 HAVING count(j.id) FILTER (WHERE j.id < b.first_id + b.n) <> b.n OR count(j.id) <> b.n;

-- name: invariants.every_row_in_one_block
SELECT j.id, count(b.first_id) AS blocks FROM journal j
LEFT JOIN (SELECT first_id FROM journal_positions UNION ALL SELECT first_id FROM journal_pending) b ON b.first_id = j.id - j.id % 2048
GROUP BY 1 HAVING count(b.first_id) <> 1;

-- name: invariants.at_rest_all_sequenced
SELECT * FROM journal_pending;
