-- Pauses. queues.paused and agents.paused say what all pauses together say; they are set in the transaction of the pause, under a lock
-- that the making of a queue shares, so that no queue slips through.

-- name: control.patience
-- How long a statement of this transaction waits for a lock: somebody else's open transaction must not hang an operator's call.
SELECT set_config('lock_timeout', $1, true)

-- name: control.lock
SELECT pg_advisory_xact_lock(hashtext('agentbus.pauses'))

-- name: control.pause
-- No row: that was paused already. $1 id, $2 namespace, $3 lane, $4 agent, $5 reason, $6 by whom.
INSERT INTO pauses (id, namespace_id, lane, agent_no, reason, paused_by) VALUES ($1, $2, $3::text::lane, $4, $5, $6)
ON CONFLICT (namespace_id, lane, agent_no) DO NOTHING RETURNING id

-- name: control.resume
-- No row: that was not paused. $1 namespace, $2 lane, $3 agent.
DELETE FROM pauses WHERE namespace_id = $1 AND lane IS NOT DISTINCT FROM $2::text::lane AND agent_no IS NOT DISTINCT FROM $3 RETURNING id

-- name: control.mark_queues
-- Makes the queues of namespace $1 and of those below say what the pauses say.
UPDATE queues q SET paused = NOT q.paused FROM namespaces n, namespaces wall
WHERE n.id = q.namespace_id AND wall.id = $1 AND (n.path = wall.path OR starts_with(n.path, wall.path || '/'))
  AND q.paused <> queue_is_paused(q.namespace_id, q.lane)
RETURNING q.id

-- name: control.mark_agent
-- The same for agent $1.
UPDATE agents a SET paused = NOT a.paused
WHERE a.agent_no = $1 AND a.paused <> EXISTS (SELECT FROM pauses p WHERE p.agent_no = a.agent_no)

-- name: control.queues_of_agent
-- The queues of the jobs that name agent $1.
SELECT q.id FROM agents a JOIN targets t ON t.kind = 'agent' AND t.namespace_id = a.namespace_id AND t.name = a.name
JOIN queues q ON q.target_id = t.id WHERE a.agent_no = $1

-- name: control.claimable
-- Of the queues $1 those with jobs that may be claimed, and how many, counted up to 1000.
SELECT q.id, c.jobs::int AS jobs FROM queues q
CROSS JOIN LATERAL (SELECT count(*) AS jobs FROM (SELECT FROM job_ready r WHERE r.queue_id = q.id LIMIT 1000) x) c
WHERE q.id = ANY ($1::int[]) AND NOT q.paused AND c.jobs > 0

-- name: control.get
-- The pause of exactly this. $1 namespace, $2 lane, $3 agent.
SELECT p.id, n.path AS namespace, p.lane::text AS lane, a.name AS agent, p.reason, p.paused_by, p.paused_at
FROM pauses p JOIN namespaces n ON n.id = p.namespace_id LEFT JOIN agents a ON a.agent_no = p.agent_no
WHERE p.namespace_id = $1 AND p.lane IS NOT DISTINCT FROM $2::text::lane AND p.agent_no IS NOT DISTINCT FROM $3

-- name: control.covering
-- The pauses of namespace $1 and those above that keep a whole namespace, or a lane $2 in it.
SELECT p.id, n.path AS namespace, p.lane::text AS lane, NULL::text AS agent, p.reason, p.paused_by, p.paused_at
FROM pauses p JOIN namespaces n ON n.id = p.namespace_id JOIN namespaces own ON own.id = $1
WHERE p.agent_no IS NULL AND (p.lane IS NULL OR p.lane = $2::text::lane) AND (own.path = n.path OR starts_with(own.path, n.path || '/'))
ORDER BY length(n.path), p.lane NULLS FIRST

-- name: control.list
-- Newest first. $1 namespaces as a regular expression (null = any), $2 walls (empty = none), $3 id to go on after, $4 most rows.
SELECT p.id, n.path AS namespace, p.lane::text AS lane, a.name AS agent, p.reason, p.paused_by, p.paused_at
FROM pauses p JOIN namespaces n ON n.id = p.namespace_id LEFT JOIN agents a ON a.agent_no = p.agent_no
WHERE ($1::text IS NULL OR n.path ~ $1)
  AND (cardinality($2::text[]) = 0 OR EXISTS (SELECT FROM unnest($2::text[]) wall WHERE n.path = wall OR starts_with(n.path, wall || '/')))
  AND ($3::uuid IS NULL OR p.id < $3)
ORDER BY p.id DESC LIMIT $4

-- name: control.journal
-- One row of the journal for a change by other statements of the same transaction. $1 namespace, $2 actor, $3 action, $4 detail.
WITH noted AS (
  INSERT INTO journal (id, namespace_id, actor, action, detail)
  VALUES (nextval('journal_block'), $1, $2, $3, $4::text::jsonb) RETURNING id
)
INSERT INTO journal_pending (first_id, n) SELECT id, 1 FROM noted RETURNING first_id
