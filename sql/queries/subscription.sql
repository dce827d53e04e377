-- Subscriptions: who is to be told of which events, and how far the events were handed out.

-- name: subscription.fan_out_take
-- Holds the shared cursor. Paused: some namespace is. No row: another node has it.
SELECT position, version, EXISTS (SELECT FROM pauses WHERE agent_no IS NULL AND lane IS NULL) AS paused FROM event_fan_out FOR UPDATE SKIP LOCKED

-- name: subscription.fan_out_hold
-- The same, waiting for it: for those who change what is to be served.
SELECT position, version, false AS paused FROM event_fan_out FOR UPDATE

-- name: subscription.fan_out_changed
UPDATE event_fan_out SET version = version + 1 RETURNING version

-- name: subscription.fan_out_advance
-- Never ahead of the events: from there it would not come back.
UPDATE event_fan_out SET position = greatest(position, least($1, coalesce((
  SELECT position + n - 1 FROM journal_positions ORDER BY position DESC LIMIT 1), 0))) RETURNING position

-- name: subscription.fan_out_look
-- How far the events were handed out, and whether anybody is served.
SELECT position, EXISTS (SELECT FROM subscriptions WHERE live) AS served,
       EXISTS (SELECT FROM subscriptions WHERE NOT live AND status = 'active' AND target <> 'sse' AND coalesce(hold_until <= now(), true)) AS behind
FROM event_fan_out

-- name: subscription.add
-- $1 id, $2 namespace, $3 owner, $4 its agent, $5 topic, $6 namespaces, $7 source agent, $8 filter, $9 target, $10 settings, $11 ordered,
-- $12 most under way, $13 description, $14 live, $15 position, $16 from.
INSERT INTO subscriptions (id, namespace_id, owner, owner_agent_no, topic, namespaces, source_agent, filter, target, settings, ordered,
                           in_flight_max, description, live, position, from_time)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::text::subscription_target, $10::text::jsonb, $11, $12, $13, $14, $15, $16)
RETURNING id

-- name: subscription.count_of_owner
-- Up to $2 of them.
SELECT count(*) AS subscriptions FROM (SELECT FROM subscriptions WHERE owner = $1 LIMIT $2) s

-- name: subscription.get
-- Counts go up to 10,000. Null when there is none.
SELECT s.id, s.namespace_id, n.path AS home, s.owner, s.owner_agent_no, s.topic, s.namespaces, s.source_agent, s.filter, s.target::text AS target,
       s.settings::text AS settings, s.ordered, s.in_flight_max, s.description, s.status::text AS status,
       CASE WHEN s.status <> 'active' OR s.hold_until IS NOT NULL THEN s.reason END AS reason, s.status_since, s.live,
       CASE WHEN s.live THEN greatest(s.position, f.position) ELSE s.position END AS position, s.from_time, s.missed_before, s.created_at,
       (SELECT count(*) FROM (SELECT FROM deliveries d WHERE d.subscription_id = s.id AND d.status = 'pending' LIMIT 10000) x) AS pending,
       (SELECT count(*) FROM (SELECT FROM deliveries d WHERE d.subscription_id = s.id AND d.status = 'dead' LIMIT 10000) x) AS dead
FROM subscriptions s JOIN namespaces n ON n.id = s.namespace_id CROSS JOIN event_fan_out f WHERE s.id = $1

-- name: subscription.list
-- By rising id. $1 walls (empty = none), $2 owner (null = any), $3 target, $4 status, $5 behind this id, $6 most.
SELECT s.id, s.namespace_id, n.path AS home, s.owner, s.owner_agent_no, s.topic, s.namespaces, s.source_agent, s.filter, s.target::text AS target,
       s.settings::text AS settings, s.ordered, s.in_flight_max, s.description, s.status::text AS status,
       CASE WHEN s.status <> 'active' OR s.hold_until IS NOT NULL THEN s.reason END AS reason, s.status_since, s.live,
       CASE WHEN s.live THEN greatest(s.position, f.position) ELSE s.position END AS position, s.from_time, s.missed_before, s.created_at,
       (SELECT count(*) FROM (SELECT FROM deliveries d WHERE d.subscription_id = s.id AND d.status = 'pending' LIMIT 10000) x) AS pending,
       (SELECT count(*) FROM (SELECT FROM deliveries d WHERE d.subscription_id = s.id AND d.status = 'dead' LIMIT 10000) x) AS dead
FROM subscriptions s JOIN namespaces n ON n.id = s.namespace_id CROSS JOIN event_fan_out f
WHERE (cardinality($1::text[]) = 0 OR EXISTS (SELECT FROM unnest($1::text[]) w WHERE n.path = w OR starts_with(n.path, w || '/')))
  AND ($2::text IS NULL OR s.owner = $2) AND ($3::text IS NULL OR s.target = $3::text::subscription_target)
  AND ($4::text IS NULL OR s.status = $4::text::subscription_status) AND ($5::uuid IS NULL OR s.id > $5)
ORDER BY s.id LIMIT $6

-- name: subscription.live
-- All that are served from the shared cursor.
SELECT s.id, s.namespace_id, s.owner, s.owner_agent_no, s.topic, s.namespaces, s.source_agent, s.filter, s.target::text AS target,
       s.settings::text AS settings, s.ordered, s.in_flight_max, s.position, s.from_time
FROM subscriptions s WHERE s.live ORDER BY s.id

-- name: subscription.definition
-- What one of them wants, whatever its state.
SELECT s.id, s.namespace_id, s.owner, s.owner_agent_no, s.topic, s.namespaces, s.source_agent, s.filter, s.target::text AS target,
       s.settings::text AS settings, s.ordered, s.in_flight_max, s.position, s.from_time
FROM subscriptions s WHERE s.id = $1

-- name: subscription.definitions
SELECT s.id, s.namespace_id, s.owner, s.owner_agent_no, s.topic, s.namespaces, s.source_agent, s.filter, s.target::text AS target,
       s.settings::text AS settings, s.ordered, s.in_flight_max, s.position, s.from_time
FROM subscriptions s WHERE s.id = ANY($1::uuid[])

-- name: subscription.terms
-- What the owners of subscriptions $1 may see and do now, by their newest valid token that may read and whose walls hold the place where the
-- subscription lives: of an agent by its number, of a service by its name. No row for a subscription whose owner has none.
SELECT s.id, t.namespaces, t.rights
FROM subscriptions s JOIN namespaces n ON n.id = s.namespace_id CROSS JOIN LATERAL (
  SELECT t.namespaces, t.rights FROM (
    SELECT t.* FROM tokens t WHERE s.owner_agent_no IS NOT NULL AND t.agent_no = s.owner_agent_no AND t.kind = 'agent'
    UNION ALL
    SELECT t.* FROM tokens t
    WHERE s.owner_agent_no IS NULL AND t.agent_no IS NULL AND t.name = substr(s.owner, 7) AND starts_with(s.owner, 'token:')
      AND t.kind IN ('operator', 'service')
  ) t
  WHERE t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > now()) AND 'read' = ANY(t.rights)
    AND (cardinality(t.namespaces) = 0 OR EXISTS (SELECT FROM unnest(t.namespaces) w WHERE n.path = w OR starts_with(n.path, w || '/')))
  ORDER BY t.id DESC LIMIT 1) t
WHERE s.id = ANY($1::uuid[])

-- name: subscription.open
-- Those of subscriptions $1 that no pause keeps back.
SELECT id FROM open_subscriptions WHERE id = ANY($1::uuid[])

-- name: subscription.box_full
-- The box of agent $2 had no room for subscription $1: it waits until that has.
UPDATE subscriptions SET full_box = $2 WHERE id = $1 AND full_box IS DISTINCT FROM $2

-- name: subscription.set_status
-- $1 id, $2 status, $3 reason, $4 position from which to go on when it is not live any more. No row: it is gone, or that already.
UPDATE subscriptions SET status = $2::text::subscription_status, reason = $3, status_since = now(), hold_until = NULL, live = false,
                         position = CASE WHEN live THEN greatest(position, $4) ELSE position END
WHERE id = $1 AND (status <> $2::text::subscription_status OR reason IS DISTINCT FROM $3)
RETURNING id

-- name: subscription.go_behind
-- Those that have as many deliveries waiting as they may: from position $2 on they go by themselves.
UPDATE subscriptions SET live = false, position = greatest(position, $2) WHERE id = ANY($1::uuid[]) AND live RETURNING id

-- name: subscription.stop
-- Those that leave the others, each where it stands. $1 ids, $2 positions, $3 seconds until they are read on (null = at once), $4 why, or null.
-- Returns those that were not held for that reason already.
UPDATE subscriptions s SET live = false, position = greatest(s.position, p.position), hold_until = now() + make_interval(secs => p.wait),
                           reason = p.reason
FROM unnest($1::uuid[], $2::bigint[], $3::float8[], $4::text[]) AS p(id, position, wait, reason) JOIN subscriptions o ON o.id = p.id
WHERE s.id = p.id AND s.status = 'active'
RETURNING s.id, o.hold_until IS NULL OR o.reason IS DISTINCT FROM p.reason AS fresh

-- name: subscription.go_live
UPDATE subscriptions SET live = true, hold_until = NULL, position = greatest(position, $2) WHERE id = $1 AND NOT live AND status = 'active' AND target <> 'sse'
RETURNING id

-- name: subscription.behind
-- Some that must catch up, and have room for more deliveries: fewer than $1 wait. One of each owner, then a second of each ...; first those
-- whose last page is longest ago. $2 most. What waits is counted of no more than are needed.
SELECT s.id, o.owner
FROM (SELECT DISTINCT owner FROM subscriptions
      WHERE NOT live AND status = 'active' AND target <> 'sse' AND coalesce(hold_until <= now(), true)) o
CROSS JOIN LATERAL (
  SELECT r.id, r.updated_at, row_number() OVER (ORDER BY r.updated_at, r.id) AS turn
  FROM (
    SELECT b.id, b.updated_at
    FROM (
      SELECT id, updated_at FROM subscriptions
      WHERE owner = o.owner AND NOT live AND status = 'active' AND target <> 'sse' AND coalesce(hold_until <= now(), true)
      ORDER BY updated_at, id OFFSET 0
    ) b
    WHERE (SELECT count(*) FROM (SELECT FROM deliveries d WHERE d.subscription_id = b.id AND d.status = 'pending' LIMIT $1) x) < $1
    ORDER BY b.updated_at, b.id LIMIT $2
  ) r
) s
ORDER BY s.turn, s.updated_at, s.id LIMIT $2

-- name: subscription.hold_behind
-- Holds one that must catch up. No row: it need not any more, or another node is at it.
SELECT s.id, s.namespace_id, s.owner, s.owner_agent_no, s.topic, s.namespaces, s.source_agent, s.filter, s.target::text AS target,
       s.settings::text AS settings, s.ordered, s.in_flight_max, s.position, s.from_time
FROM subscriptions s WHERE s.id = $1 AND NOT s.live AND s.status = 'active' AND s.target <> 'sse' AND coalesce(s.hold_until <= now(), true)
FOR NO KEY UPDATE SKIP LOCKED

-- name: subscription.move_to
-- $1 id, $2 position up to which it was served, $3 up to where events were removed before it could look at them, or null.
UPDATE subscriptions SET position = greatest(position, $2), missed_before = coalesce($3, missed_before), hold_until = NULL WHERE id = $1
RETURNING position

-- name: subscription.update
-- $1 id, $2 topic, $3 namespaces, $4 source agent, $5 filter, $6 settings, $7 ordered, $8 most under way, $9 description. Its place stays; if
-- it is held, it is read on at once.
UPDATE subscriptions SET topic = $2, namespaces = $3, source_agent = $4, filter = $5, settings = $6::text::jsonb, ordered = $7, in_flight_max = $8,
                         description = $9, hold_until = NULL
WHERE id = $1

-- name: subscription.keep
-- Holds a subscription against its removal: what the transaction writes for it is removed with it or not written. A statement of its own, so
-- that the next one sees what those wrote who held it before. No row: there is none.
SELECT id FROM subscriptions WHERE id = $1 FOR NO KEY UPDATE

-- name: subscription.remove
-- With everything that hangs on it; subscription.keep came before.
WITH gone AS (
  DELETE FROM subscriptions WHERE id = $1 RETURNING id
), untold AS (
  DELETE FROM deliveries d USING gone g WHERE d.subscription_id = g.id RETURNING d.id, d.status
), untried AS (
  DELETE FROM delivery_tries t USING untold u WHERE t.delivery_id = u.id
)
SELECT g.id, (SELECT count(*) FROM untold WHERE status = 'pending') AS pending FROM gone g

-- name: subscription.journal
-- $1 namespace, $2 actor, $3 action, $4 detail.
WITH block AS MATERIALIZED (
  SELECT nextval('journal_block') AS first_id
), noted AS (
  INSERT INTO journal (id, namespace_id, actor, action, detail) SELECT first_id, $1, $2, $3, $4::text::jsonb FROM block RETURNING id
)
INSERT INTO journal_pending (first_id, n) SELECT id, 1 FROM noted RETURNING first_id

-- name: subscription.page
-- Events of a stretch of positions, those of callers and those of the bus. $1 behind this position, $2 up to this one, $3 most events,
-- $4 topics (null = any), $5 bytes of payloads behind which it ends, after at least one event. Looked is how many there were up to $3.
-- A block has at most 2048 rows: so far before the stretch can one begin that reaches into it.
SELECT position, journal_id, id, namespace, topic, source_agent, source_job_id, dedupe_key, payload, created_at, looked
FROM (
SELECT e.*, count(*) OVER () AS looked, sum(octet_length(e.payload)) OVER (ORDER BY e.position) - octet_length(e.payload) AS before
FROM (
SELECT v.position, v.journal_id, v.id, v.namespace, v.topic, v.source_agent, v.source_job_id, v.dedupe_key, v.payload::text AS payload, v.created_at
FROM (
  SELECT p.position + (j.id - p.first_id) AS position, j.id AS journal_id, coalesce(e.id, bus_event_id(j.id)) AS id, n.path AS namespace,
         coalesce(e.topic, bus_topic(j)) AS topic, coalesce(e.source, actor_name(j.actor)) AS source_agent,
         CASE WHEN e.id IS NULL THEN j.job_id ELSE e.source_job_id END AS source_job_id, e.dedupe_key,
         CASE WHEN e.id IS NULL THEN bus_payload(j) ELSE e.payload END AS payload, coalesce(e.created_at, j.at) AS created_at
  FROM journal_positions p
  JOIN journal j ON j.id >= p.first_id AND j.id < p.first_id + p.n
  JOIN namespaces n ON n.id = j.namespace_id
  LEFT JOIN event_facts e ON e.journal_id = j.id AND j.action = 'emit_event'
  WHERE p.position > $1 - 2048 AND p.position <= $2
) v
WHERE v.position > $1 AND v.position <= $2 AND v.topic IS NOT NULL AND ($4::text[] IS NULL OR v.topic = ANY($4::text[]))
ORDER BY v.position LIMIT $3
) e
) s
WHERE before < $5 ORDER BY position

-- name: subscription.page_emitted
-- The same where only events of callers can match.
SELECT position, journal_id, id, namespace, topic, source_agent, source_job_id, dedupe_key, payload, created_at, looked
FROM (
SELECT e.*, count(*) OVER () AS looked, sum(octet_length(e.payload)) OVER (ORDER BY e.position) - octet_length(e.payload) AS before
FROM (
SELECT p.position, e.journal_id, e.id, n.path AS namespace, e.topic, e.source AS source_agent, e.source_job_id, e.dedupe_key,
       e.payload::text AS payload, e.created_at
FROM journal_positions p JOIN event_facts e ON e.journal_id = p.first_id JOIN namespaces n ON n.id = e.namespace_id
WHERE p.position > $1 AND p.position <= $2 AND p.n = 1 AND ($4::text[] IS NULL OR e.topic = ANY($4::text[]))
ORDER BY p.position LIMIT $3
) e
) s
WHERE before < $5 ORDER BY position

-- name: subscription.events
-- Events by the ids of their journal rows $1. The payloads of the first that come to $2 bytes, at least of one; null for the others.
SELECT e.position, e.journal_id, e.id, e.namespace, e.topic, e.source_agent, e.source_job_id, e.dedupe_key, e.created_at,
       CASE WHEN sum(octet_length(e.payload)) OVER (ORDER BY e.journal_id) - octet_length(e.payload) < $2 THEN e.payload END AS payload
FROM (
SELECT p.position, j.id AS journal_id, coalesce(e.id, bus_event_id(j.id)) AS id, n.path AS namespace, coalesce(e.topic, bus_topic(j)) AS topic,
       coalesce(e.source, actor_name(j.actor)) AS source_agent, CASE WHEN e.id IS NULL THEN j.job_id ELSE e.source_job_id END AS source_job_id,
       e.dedupe_key, CASE WHEN e.id IS NULL THEN bus_payload(j) ELSE e.payload END::text AS payload, coalesce(e.created_at, j.at) AS created_at
FROM journal j JOIN namespaces n ON n.id = j.namespace_id
LEFT JOIN event_facts e ON e.journal_id = j.id AND j.action = 'emit_event'
LEFT JOIN LATERAL (
  SELECT b.position + (j.id - b.first_id) AS position FROM journal_positions b WHERE b.first_id <= j.id AND j.id < b.first_id + b.n
  ORDER BY b.first_id DESC LIMIT 1) p ON true
WHERE j.id = ANY($1::bigint[]) AND coalesce(e.topic, bus_topic(j)) IS NOT NULL
) e

-- name: subscription.journal_of_event
-- The journal row of an event that a caller emitted.
SELECT journal_id FROM event_facts WHERE id = $1

-- name: subscription.position_from
-- The first block at or behind position $1, and when the latest of it and 63 before it was begun: a long transaction that ended late stands
-- among others with a time of long ago, and alone would tell nothing of what stands before it.
SELECT p.position, p.n, (
  SELECT max(j.at) FROM (SELECT b.first_id FROM journal_positions b WHERE b.position <= p.position ORDER BY b.position DESC LIMIT 64) b
  JOIN journal j ON j.id = b.first_id) AS at
FROM journal_positions p WHERE p.position >= $1 ORDER BY p.position LIMIT 1

-- name: subscription.made_by
-- Which subscriptions made jobs $1, themselves or as what followed from them, and how long the chain of subscriptions is.
WITH RECURSIVE line AS (
  SELECT j AS job_id, j AS at, 0 AS depth FROM unnest($1::uuid[]) j
  UNION ALL
  SELECT l.job_id, f.parent_job_id, l.depth + 1 FROM line l JOIN job_facts f ON f.id = l.at
  WHERE l.depth < 16 AND f.parent_job_id IS NOT NULL AND NOT EXISTS (SELECT FROM subscription_jobs s WHERE s.job_id = l.at)
)
SELECT l.job_id, s.subscription_id, s.hops, l.depth FROM line l JOIN subscription_jobs s ON s.job_id = l.at

-- name: subscription.add_job
INSERT INTO subscription_jobs (job_id, subscription_id, hops) VALUES ($1, $2, $3) ON CONFLICT (job_id) DO NOTHING RETURNING job_id

-- name: subscription.stream_seen
-- A stream's client has everything up to position $2.
UPDATE subscriptions SET position = $2 WHERE id = $1 AND position < $2 AND target = 'sse' RETURNING position
