-- Insight: the seals of the journal, what callers read, health.
--
-- A row's digest is SHA-256 over its columns in Postgres' binary form, each with its type and length or as null, and text as UTF-8: the same
-- whatever the session's settings are. It leaves out id and position, which the hash over the rows adds, so that a row that was moved
-- is told from one that was edited. The expression stands here and not in a function, which could be replaced in the database.

-- name: insight.seal_lock
-- One sealer at a time, until the end of the transaction. Does not wait: whoever has the lock does the work.
SELECT pg_try_advisory_xact_lock(hashtextextended('agentbus.journal_sealer', 0)) AS locked

-- name: insight.newest_seal
SELECT * FROM journal_seals ORDER BY seal_no DESC LIMIT 1

-- name: insight.seal
SELECT * FROM journal_seals WHERE seal_no = $1

-- name: insight.seals
SELECT * FROM journal_seals WHERE seal_no >= $1 ORDER BY seal_no LIMIT $2

-- name: insight.seal_covering
-- The seal that covers a position, or else the first behind it. Seals rise in both.
SELECT * FROM journal_seals WHERE to_position >= $1 ORDER BY seal_no LIMIT 1

-- name: insight.insert_seal
INSERT INTO journal_seals (seal_no, from_position, to_position, rows_hash, row_marks, previous_hash, seal_hash, signature, key_id, sealed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)

-- name: insight.add_key
INSERT INTO journal_keys (key_id, public_key, node) VALUES ($1, $2, $3) ON CONFLICT (key_id) DO NOTHING

-- name: insight.keys
SELECT key_id, public_key FROM journal_keys ORDER BY added_at LIMIT 1000

-- name: insight.reach
-- Whole blocks without a hole from position $1 on, of at most $2 rows together.
WITH blocks AS (
  SELECT position, n FROM journal_positions WHERE position >= $1 ORDER BY position LIMIT $2
), walked AS (
  SELECT position + n - 1 AS last, position - $1 - coalesce(sum(n) OVER (ORDER BY position ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS hole
  FROM blocks
)
SELECT max(last) FILTER (WHERE hole = 0 AND last - $1 < $2) AS to_position,
       coalesce((SELECT position + n - 1 FROM journal_positions ORDER BY position DESC LIMIT 1), 0) AS newest
FROM walked

-- name: insight.digest
-- The rows from position $1 to $2. A block has at most 2048 rows: so far before can one begin that reaches into the stretch.
WITH row AS (
  SELECT p.position + (j.id - p.first_id) AS position, j.id,
         sha256(record_send(ROW(j.at, j.job_id, j.fence, j.namespace_id, j.attempt, convert_to(j.from_state::text, 'UTF8'),
           convert_to(j.to_state::text, 'UTF8'), convert_to(j.actor, 'UTF8'), convert_to(j.action, 'UTF8'), convert_to(j.detail::text, 'UTF8')))) AS digest
  FROM journal_positions p JOIN journal j ON j.id >= p.first_id AND j.id < p.first_id + p.n
  WHERE p.position > $1 - 2048 AND p.position <= $2
)
SELECT count(*) AS rows, now() AS at,
       sha256(coalesce(string_agg(int8send(position) || int8send(id) || digest, ''::bytea ORDER BY position, id), '')) AS rows_hash,
       coalesce(string_agg(substr(digest, 1, 8), ''::bytea ORDER BY position, id), '') AS row_marks
FROM row WHERE position BETWEEN $1 AND $2

-- name: insight.digests
-- The same for several stretches, with how many of the rows stand in namespaces within $4 walls and the last of them (empty = no walls: all
-- of them). $1 numbers, $2 first positions, $3 last positions. No row for a stretch without rows.
WITH row AS (
  SELECT s.no, p.position + (j.id - p.first_id) AS position, j.id, j.namespace_id,
         sha256(record_send(ROW(j.at, j.job_id, j.fence, j.namespace_id, j.attempt, convert_to(j.from_state::text, 'UTF8'),
           convert_to(j.to_state::text, 'UTF8'), convert_to(j.actor, 'UTF8'), convert_to(j.action, 'UTF8'), convert_to(j.detail::text, 'UTF8')))) AS digest
  FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS s(no, first, last)
  CROSS JOIN LATERAL (SELECT * FROM journal_positions WHERE position > s.first - 2048 AND position <= s.last OFFSET 0) p
  JOIN journal j ON j.id >= p.first_id AND j.id < p.first_id + p.n
  WHERE p.position + (j.id - p.first_id) BETWEEN s.first AND s.last
), own AS MATERIALIZED (
  SELECT n.id FROM namespaces n WHERE EXISTS (SELECT FROM unnest($4::text[]) w WHERE n.path = w OR starts_with(n.path, w || '/'))
)
SELECT r.no AS seal_no, count(*) AS rows, now() AS at,
       sha256(string_agg(int8send(r.position) || int8send(r.id) || r.digest, ''::bytea ORDER BY r.position, r.id)) AS rows_hash,
       string_agg(substr(r.digest, 1, 8), ''::bytea ORDER BY r.position, r.id) AS row_marks,
       count(*) FILTER (WHERE cardinality($4::text[]) = 0 OR o.id IS NOT NULL) AS own_rows,
       max(r.position) FILTER (WHERE cardinality($4::text[]) = 0 OR o.id IS NOT NULL) AS own_to
FROM row r LEFT JOIN own o ON o.id = r.namespace_id GROUP BY r.no

-- name: insight.unsealed_of
-- The rows behind position $1 that stand within $2 walls: first, last and how many. Looks at $3 positions.
SELECT min(v.position) AS first, max(v.position) AS last, count(*) AS rows FROM (
  SELECT p.position + (j.id - p.first_id) AS position, n.path
  FROM journal_positions p
  JOIN journal j ON j.id >= p.first_id AND j.id < p.first_id + p.n
  JOIN namespaces n ON n.id = j.namespace_id
  WHERE p.position > $1 - 2048 AND p.position <= $1 + $3::bigint
) v
WHERE v.position > $1 AND v.position <= $1 + $3::bigint
  AND EXISTS (SELECT FROM unnest($2::text[]) w WHERE v.path = w OR starts_with(v.path, w || '/'))

-- name: insight.row_marks
-- The rows from position $1 to $2 one by one, to find the one that does not fit.
SELECT p.position + (j.id - p.first_id) AS position, j.id,
       substr(sha256(record_send(ROW(j.at, j.job_id, j.fence, j.namespace_id, j.attempt, convert_to(j.from_state::text, 'UTF8'),
         convert_to(j.to_state::text, 'UTF8'), convert_to(j.actor, 'UTF8'), convert_to(j.action, 'UTF8'), convert_to(j.detail::text, 'UTF8')))), 1, 8) AS mark
FROM journal_positions p JOIN journal j ON j.id >= p.first_id AND j.id < p.first_id + p.n
WHERE p.position > $1 - 2048 AND p.position <= $2 AND p.position + (j.id - p.first_id) BETWEEN $1 AND $2
ORDER BY 1, 2 LIMIT 100000

-- name: insight.last_block
SELECT max(first_id) AS first_id FROM journal_positions WHERE position BETWEEN $1 AND $2

-- name: insight.rows_and_blocks
-- Every row stands in a block that has its position or waits for it; $1 and $2 are where blocks begin.
SELECT (SELECT count(*) FROM journal WHERE id >= $1 AND id < $2) AS in_journal,
       ((SELECT coalesce(sum(n), 0) FROM journal_positions WHERE first_id >= $1 AND first_id < $2)
         + (SELECT coalesce(sum(n), 0) FROM journal_pending WHERE first_id >= $1 AND first_id < $2))::bigint AS in_blocks

-- name: insight.stray
-- A row in no block.
SELECT j.id FROM journal j
WHERE j.id >= $1 AND j.id < $2
  AND NOT EXISTS (SELECT FROM (SELECT first_id, n FROM journal_positions WHERE first_id <= j.id ORDER BY first_id DESC LIMIT 1) b WHERE j.id < b.first_id + b.n)
  AND NOT EXISTS (SELECT FROM (SELECT first_id, n FROM journal_pending WHERE first_id <= j.id ORDER BY first_id DESC LIMIT 1) b WHERE j.id < b.first_id + b.n)
ORDER BY j.id LIMIT 1

-- name: insight.hole
-- Where positions behind $1 are interrupted first. Looks at 100,000 blocks: what waits longer to be sealed has another trouble.
SELECT before AS position FROM (
  SELECT position, lag(position + n, 1, $1 + 1) OVER (ORDER BY position) AS before
  FROM (SELECT position, n FROM journal_positions WHERE position > $1 ORDER BY position LIMIT 100000) b
) w WHERE position <> before ORDER BY position LIMIT 1

-- name: insight.incomplete_block
-- A block behind position $1 with fewer rows than it had. Looks at 100,000 blocks.
SELECT b.position, b.n, j.found
FROM (SELECT position, first_id, n FROM journal_positions WHERE position > $1 ORDER BY position LIMIT 100000) b
CROSS JOIN LATERAL (SELECT count(*) AS found FROM journal WHERE id >= b.first_id AND id < b.first_id + b.n) j
WHERE j.found < b.n ORDER BY b.position LIMIT 1

-- name: insight.journal_after
-- Rows of a stretch of positions. $1 behind this position, $2 up to this one, $3 most rows, $4 walls (empty = none), $5 namespace, $6 namespace
-- as regex, $7 actor, $8 action. Null = any. What concerns no namespace is for those without walls.
SELECT v.* FROM (
  SELECT p.position + (j.id - p.first_id) AS position, j.at, n.path AS namespace, j.job_id, j.actor, j.action, j.from_state::text AS from_state,
         j.to_state::text AS to_state, j.fence, j.attempt::int AS attempt, j.detail::text AS detail
  FROM journal_positions p
  JOIN journal j ON j.id >= p.first_id AND j.id < p.first_id + p.n
  LEFT JOIN namespaces n ON n.id = j.namespace_id
  WHERE p.position > $1 - 2048 AND p.position <= $2
) v
WHERE v.position > $1 AND v.position <= $2
  AND (cardinality($4::text[]) = 0 OR EXISTS (SELECT FROM unnest($4::text[]) w WHERE v.namespace = w OR starts_with(v.namespace, w || '/')))
  AND ($5::text IS NULL OR v.namespace = $5) AND ($6::text IS NULL OR v.namespace ~ $6) AND ($7::text IS NULL OR v.actor = $7)
  AND ($8::text IS NULL OR v.action = $8)
ORDER BY v.position LIMIT $3

-- name: insight.journal_of_job
-- The same for one job. $1 job, $2 behind this position, $3 most rows, then as above from $4 on.
SELECT v.position, v.at, v.namespace, v.job_id, v.actor, v.action, v.from_state::text AS from_state, v.to_state::text AS to_state, v.fence, v.attempt,
       v.detail::text AS detail
FROM journal_positioned v
WHERE v.job_id = $1 AND v.position > $2
  AND (cardinality($4::text[]) = 0 OR EXISTS (SELECT FROM unnest($4::text[]) w WHERE v.namespace = w OR starts_with(v.namespace, w || '/')))
  AND ($5::text IS NULL OR v.namespace = $5) AND ($6::text IS NULL OR v.namespace ~ $6) AND ($7::text IS NULL OR v.actor = $7)
  AND ($8::text IS NULL OR v.action = $8)
ORDER BY v.position LIMIT $3

-- name: insight.audit_read
-- What somebody was answered: $1 actor or $2 agent's name, $3 from, $4 before, $5 walls (empty = none), $6 namespace, $7 namespace as regex,
-- behind $8 time, $9 kind and $10 id, $11 most entries. Jobs handed out by one claim are one entry. A read that spans several namespaces
-- belongs to that of its agent.
SELECT v.at, v.kind, v.id, v.actor, v.operation, v.namespace, v.job_ids, v.rows_read FROM (
  SELECT r.at, 1 AS kind, r.id, r.actor, r.operation, n.path AS namespace, r.job_ids, r.rows_read::bigint AS rows_read
  FROM read_log r LEFT JOIN namespaces n ON n.id = r.namespace_id
  WHERE r.at >= greatest($3::timestamptz, $8) AND r.at < $4
    AND (r.actor = $1::text OR (starts_with(r.actor, 'agent:') AND actor_name(r.actor) = $2::text))
  UNION ALL
  SELECT j.at, 0, min(j.id), j.actor, j.action, n.path, array_agg(j.job_id ORDER BY j.id), count(*)
  FROM journal j JOIN namespaces n ON n.id = j.namespace_id
  WHERE j.at >= greatest($3::timestamptz, $8) AND j.at < $4 AND j.action = 'claim_jobs' AND j.to_state = 'leased'
    AND (j.actor = $1::text OR (starts_with(j.actor, 'agent:') AND actor_name(j.actor) = $2::text))
  GROUP BY j.at, j.actor, j.action, n.path
) v
WHERE (cardinality($5::text[]) = 0 OR EXISTS (SELECT FROM unnest($5::text[]) w WHERE v.namespace = w OR starts_with(v.namespace, w || '/')
                                                OR (v.namespace IS NULL AND starts_with(v.actor, 'agent:' || w || '/'))))
  AND ($6::text IS NULL OR v.namespace = $6) AND ($7::text IS NULL OR v.namespace ~ $7) AND (v.at, v.kind, v.id) > ($8, $9::int, $10::bigint)
ORDER BY v.at, v.kind, v.id LIMIT $11

-- name: insight.audit_wrote
-- Every change somebody made. $1 to $7 as above, behind $8 time and $9 id, $10 most rows.
SELECT p.position, j.id, j.at, n.path AS namespace, j.job_id, j.actor, j.action, j.from_state::text AS from_state, j.to_state::text AS to_state, j.fence,
       j.attempt::int AS attempt, j.detail::text AS detail
FROM (
  SELECT j.* FROM journal j LEFT JOIN namespaces n ON n.id = j.namespace_id
  WHERE j.at >= greatest($3::timestamptz, $8) AND j.at < $4
    AND (j.actor = $1::text OR (starts_with(j.actor, 'agent:') AND actor_name(j.actor) = $2::text))
    AND (cardinality($5::text[]) = 0 OR EXISTS (SELECT FROM unnest($5::text[]) w WHERE n.path = w OR starts_with(n.path, w || '/')))
    AND ($6::text IS NULL OR n.path = $6) AND ($7::text IS NULL OR n.path ~ $7) AND (j.at, j.id) > ($8, $9::bigint)
  ORDER BY j.at, j.id LIMIT $10
) j
LEFT JOIN namespaces n ON n.id = j.namespace_id
LEFT JOIN LATERAL (
  SELECT b.position + (j.id - b.first_id) AS position FROM journal_positions b WHERE b.first_id <= j.id AND j.id < b.first_id + b.n
  ORDER BY b.first_id DESC LIMIT 1) p ON true
ORDER BY j.at, j.id

-- name: insight.audit_acted
-- The jobs somebody changed; what was refused changed nothing. $1 to $7 as above, $8 behind this job, $9 most jobs.
SELECT j.job_id, min(j.at) AS first_at, (array_agg(j.action ORDER BY j.at, j.id))[1] AS first_action, max(j.at) AS last_at,
       (array_agg(j.action ORDER BY j.at DESC, j.id DESC))[1] AS last_action, count(*) AS changes
FROM journal j LEFT JOIN namespaces n ON n.id = j.namespace_id
WHERE j.at >= $3::timestamptz AND j.at < $4 AND j.job_id > $8 AND NOT coalesce(j.detail ? 'refused', false)
  AND (j.actor = $1::text OR (starts_with(j.actor, 'agent:') AND actor_name(j.actor) = $2::text))
  AND (cardinality($5::text[]) = 0 OR EXISTS (SELECT FROM unnest($5::text[]) w WHERE n.path = w OR starts_with(n.path, w || '/')))
  AND ($6::text IS NULL OR n.path = $6) AND ($7::text IS NULL OR n.path ~ $7)
GROUP BY j.job_id ORDER BY j.job_id LIMIT $9

-- name: insight.write_reads
-- What callers read. $1 ages in seconds, $2 actors, $3 operations, $4 namespaces, $5 jobs as array text, $6 numbers of rows.
INSERT INTO read_log (at, actor, operation, namespace_id, job_ids, rows_read)
SELECT now() - make_interval(secs => t.age), t.actor, t.operation, n.id, t.job_ids::uuid[], t.rows_read
FROM unnest($1::double precision[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[])
  WITH ORDINALITY AS t(age, actor, operation, namespace, job_ids, rows_read, no)
LEFT JOIN namespaces n ON n.path = t.namespace ORDER BY t.no

-- name: insight.health
-- Every namespace; the columns about nodes are the same in each row.
SELECT * FROM system_health_snapshot_v ORDER BY namespace LIMIT 10000

-- name: insight.trouble
-- What should not be: leases that no sweep has ended for a minute (counted up to 1,000), and the age of the oldest row that no seal covers.
SELECT (SELECT count(*) FROM (SELECT FROM job_leases WHERE sweep_at < now() - interval '60 seconds' LIMIT 1000) l) AS unswept,
       (SELECT extract(epoch FROM now() - j.at)::bigint FROM journal_positions p JOIN journal j ON j.id = p.first_id
        WHERE p.position > coalesce((SELECT to_position FROM journal_seals ORDER BY seal_no DESC LIMIT 1), 0) ORDER BY p.position LIMIT 1)
         AS unsealed_seconds

-- name: insight.beat
-- A node's sign of life. $1 node, $2 host, $3 pid, $4 roles, $5 metrics. The leases are those of agents that were last heard of by this node.
INSERT INTO dispatcher_heartbeats (dispatcher_id, host, pid, roles, leases_owned, busy_agents, metrics)
SELECT $1, $2, $3, $4, count(*), count(DISTINCT l.agent_no), $5::text::jsonb
FROM job_leases l JOIN agent_presence p ON p.agent_no = l.agent_no AND p.node_id = $1
ON CONFLICT (namespace, dispatcher_id) DO UPDATE SET host = EXCLUDED.host, roles = EXCLUDED.roles, last_seen = now(), stopped_at = NULL,
  started_at = CASE WHEN dispatcher_heartbeats.pid = EXCLUDED.pid AND dispatcher_heartbeats.stopped_at IS NULL
               THEN dispatcher_heartbeats.started_at ELSE now() END,
  pid = EXCLUDED.pid, leases_owned = EXCLUDED.leases_owned, busy_agents = EXCLUDED.busy_agents, metrics = EXCLUDED.metrics

-- name: insight.stopped
-- A node's clean stop. $1 node, $2 pid.
UPDATE dispatcher_heartbeats SET stopped_at = now(), last_seen = now(), leases_owned = 0, busy_agents = 0
WHERE dispatcher_id = $1 AND pid = $2

-- name: insight.forget_nodes
-- Nodes that were not heard of for a week.
DELETE FROM dispatcher_heartbeats WHERE last_seen < now() - interval '7 days'

-- name: insight.depths
-- How much stands where, each counted up to $1: what a look may cost does not grow with what there is. Events are behind only where a
-- subscription waits for them.
SELECT (SELECT count(*) FROM (SELECT FROM job_ready LIMIT $1) x) AS ready,
       (SELECT count(*) FROM (SELECT FROM job_scheduled LIMIT $1) x) AS scheduled,
       (SELECT count(*) FROM (SELECT FROM job_waiting LIMIT $1) x) AS waiting,
       (SELECT count(*) FROM (SELECT FROM job_blocked LIMIT $1) x) AS blocked,
       (SELECT count(*) FROM (SELECT FROM job_leases LIMIT $1) x) AS leased,
       (SELECT count(*) FROM (SELECT FROM job_leases WHERE sweep_at < now() LIMIT $1) x) AS expired,
       (SELECT count(*) FROM (SELECT FROM message_unread LIMIT $1) x) AS messages_unread,
       (SELECT count(*) FROM (SELECT FROM message_deferred LIMIT $1) x) AS messages_deferred,
       (SELECT count(*) FROM (SELECT FROM deliveries WHERE status = 'pending' LIMIT $1) x) AS deliveries_pending,
       (SELECT count(*) FROM (SELECT FROM deliveries WHERE status = 'dead' LIMIT $1) x) AS deliveries_dead,
       (SELECT count(*) FROM (SELECT FROM webhook_pending LIMIT $1) x) AS webhooks_waiting,
       (SELECT count(*) FROM (SELECT FROM webhooks WHERE status = 'dead' LIMIT $1) x) AS webhooks_dead,
       s.active, s.paused, s.disabled, s.behind,
       CASE WHEN s.live > 0 THEN greatest(0, at.position - (SELECT position FROM event_fan_out)) ELSE 0 END AS events_behind,
       (SELECT count(*) FROM (SELECT FROM journal_pending LIMIT $1) x) AS unsequenced,
       at.position,
       coalesce((SELECT to_position FROM journal_seals ORDER BY seal_no DESC LIMIT 1), 0) AS sealed
FROM (SELECT coalesce((SELECT position + n - 1 FROM journal_positions ORDER BY position DESC LIMIT 1), 0) AS position) at,
     (SELECT count(*) FILTER (WHERE status = 'active') AS active, count(*) FILTER (WHERE status = 'paused') AS paused,
             count(*) FILTER (WHERE status = 'disabled') AS disabled, count(*) FILTER (WHERE live) AS live,
             count(*) FILTER (WHERE status = 'active' AND NOT live AND target <> 'sse') AS behind
      FROM (SELECT status, live, target FROM subscriptions LIMIT $1) x) s
