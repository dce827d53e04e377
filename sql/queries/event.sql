-- Events.

-- name: event.emit
-- States a fact and its journal row. $1 id, $2 namespace, $3 topic, $4 source, $5 job, $6 dedupe key, $7 payload, $8 actor.
-- No row: an event with this topic and key is there; event.find_duplicate tells.
WITH block AS MATERIALIZED (
  SELECT nextval('journal_block') AS first_id
), fact AS (
  INSERT INTO event_facts (id, journal_id, namespace_id, topic, source, source_job_id, dedupe_key, payload)
  SELECT $1, first_id, $2, $3, $4, $5, $6, $7::text::jsonb FROM block
  ON CONFLICT (namespace_id, topic, dedupe_key) WHERE dedupe_key IS NOT NULL DO NOTHING RETURNING id, journal_id
), noted AS (
  INSERT INTO journal (id, namespace_id, job_id, actor, action, detail)
  SELECT journal_id, $2, $5, $8, 'emit_event', jsonb_build_object('topic', $3::text, 'event_id', id) FROM fact
), pending AS (
  INSERT INTO journal_pending (first_id, n) SELECT journal_id, 1 FROM fact
)
SELECT id FROM fact

-- name: event.find_duplicate
SELECT id FROM event_facts WHERE namespace_id = $1 AND topic = $2 AND dedupe_key = $3

-- name: event.get_emitted
SELECT e.id, n.path AS namespace, e.topic, e.source AS source_agent, e.source_job_id, e.dedupe_key, e.payload::text AS payload, e.created_at,
       (SELECT p.position + (e.journal_id - p.first_id) FROM journal_positions p
        WHERE p.first_id <= e.journal_id AND e.journal_id < p.first_id + p.n ORDER BY p.first_id DESC LIMIT 1) AS position
FROM event_facts e JOIN namespaces n ON n.id = e.namespace_id WHERE e.id = $1

-- name: event.namespace_of_job
SELECT n.path FROM job_facts f JOIN queues q ON q.id = f.queue_id JOIN namespaces n ON n.id = q.namespace_id WHERE f.id = $1

-- name: event.sequencer_look
-- Whether rows wait for a position, and the newest position. $1 first_id to look from: what lies before costs nothing.
SELECT EXISTS (SELECT FROM journal_pending WHERE first_id >= $1) AS pending,
       coalesce((SELECT position + n - 1 FROM journal_positions ORDER BY position DESC LIMIT 1), 0) AS newest

-- name: event.sequencer_lock
-- One sequencer at a time, until the end of the transaction.
SELECT pg_advisory_xact_lock(hashtextextended('agentbus.sequencer', 0))

-- name: event.sequence
-- Gives blocks their positions. $1 first_id to look from, $2 most blocks. The order inside a batch is that of the ids. Positions go on
-- behind the newest seal when older ones were removed, so that no position is ever given twice. Returns how many rows and blocks got
-- theirs, the newest of these blocks, and the newest position there is now.
WITH taken AS (
  DELETE FROM journal_pending WHERE first_id IN (SELECT first_id FROM journal_pending WHERE first_id >= $1 ORDER BY first_id LIMIT $2)
  RETURNING first_id, n
), next AS (
  SELECT greatest(coalesce((SELECT position + n FROM journal_positions ORDER BY position DESC LIMIT 1), 1),
                  coalesce((SELECT to_position + 1 FROM journal_seals ORDER BY seal_no DESC LIMIT 1), 1)) AS position
), given AS (
  INSERT INTO journal_positions (position, first_id, n)
  SELECT next.position + sum(t.n) OVER (ORDER BY t.first_id) - t.n, t.first_id, t.n FROM taken t, next
  RETURNING position, first_id, n
)
SELECT coalesce(sum(g.n), 0) AS rows, count(*) AS blocks, max(g.first_id) AS newest_block,
       coalesce(max(g.position + g.n), (SELECT position FROM next)) - 1 AS newest
FROM given g

-- name: event.bounds
-- The positions there are; 1 and 0 when there are none.
SELECT coalesce((SELECT position FROM journal_positions ORDER BY position LIMIT 1), 1) AS oldest,
       coalesce((SELECT position + n - 1 FROM journal_positions ORDER BY position DESC LIMIT 1), 0) AS newest

-- name: event.after
-- Events of a stretch of positions, those of callers and those of the bus. $1 behind this position, $2 up to this one, $3 most events,
-- $4 walls (empty = none), $5 namespace, $6 namespace as regex, $7 topic, $8 topic as regex, $9 source, $10 job. Null = any.
-- A block has at most 2048 rows: so far before the stretch can one begin that reaches into it.
SELECT v.position, v.id, v.namespace, v.topic, v.source_agent, v.source_job_id, v.dedupe_key, v.payload::text AS payload, v.created_at
FROM (
  SELECT p.position + (j.id - p.first_id) AS position, coalesce(e.id, bus_event_id(j.id)) AS id, n.path AS namespace,
         coalesce(e.topic, bus_topic(j)) AS topic, coalesce(e.source, actor_name(j.actor)) AS source_agent,
         CASE WHEN e.id IS NULL THEN j.job_id ELSE e.source_job_id END AS source_job_id, e.dedupe_key,
         CASE WHEN e.id IS NULL THEN bus_payload(j) ELSE e.payload END AS payload, coalesce(e.created_at, j.at) AS created_at
  FROM journal_positions p
  JOIN journal j ON j.id >= p.first_id AND j.id < p.first_id + p.n
  JOIN namespaces n ON n.id = j.namespace_id
  LEFT JOIN event_facts e ON e.journal_id = j.id AND j.action = 'emit_event'
  WHERE p.position > $1 - 2048 AND p.position <= $2
) v
WHERE v.position > $1 AND v.position <= $2 AND v.topic IS NOT NULL
  AND (cardinality($4::text[]) = 0 OR EXISTS (SELECT FROM unnest($4::text[]) w WHERE v.namespace = w OR starts_with(v.namespace, w || '/')))
  AND ($5::text IS NULL OR v.namespace = $5) AND ($6::text IS NULL OR v.namespace ~ $6) AND ($7::text IS NULL OR v.topic = $7)
  AND ($8::text IS NULL OR v.topic ~ $8) AND ($9::text IS NULL OR v.source_agent = $9) AND ($10::uuid IS NULL OR v.source_job_id = $10)
ORDER BY v.position LIMIT $3

-- name: event.emitted_after
-- The same where only events of callers can match. Each stands in a block of its own, so that the rows of other blocks are not looked at.
SELECT p.position, e.id, n.path AS namespace, e.topic, e.source AS source_agent, e.source_job_id, e.dedupe_key, e.payload::text AS payload,
       e.created_at
FROM journal_positions p JOIN event_facts e ON e.journal_id = p.first_id JOIN namespaces n ON n.id = e.namespace_id
WHERE p.position > $1 AND p.position <= $2 AND p.n = 1
  AND (cardinality($4::text[]) = 0 OR EXISTS (SELECT FROM unnest($4::text[]) w WHERE n.path = w OR starts_with(n.path, w || '/')))
  AND ($5::text IS NULL OR n.path = $5) AND ($6::text IS NULL OR n.path ~ $6) AND ($7::text IS NULL OR e.topic = $7)
  AND ($8::text IS NULL OR e.topic ~ $8) AND ($9::text IS NULL OR e.source = $9) AND ($10::uuid IS NULL OR e.source_job_id = $10)
ORDER BY p.position LIMIT $3

-- name: event.get_of_bus
-- An event that the bus itself states. $1 journal id, $2 the event's id, which must be the one that belongs to that journal id.
SELECT p.position, bus_event_id(j.id) AS id, n.path AS namespace, bus_topic(j) AS topic, actor_name(j.actor) AS source_agent,
       j.job_id AS source_job_id, NULL::text AS dedupe_key, bus_payload(j)::text AS payload, j.at AS created_at
FROM journal j JOIN namespaces n ON n.id = j.namespace_id
LEFT JOIN LATERAL (
  SELECT b.position + (j.id - b.first_id) AS position FROM journal_positions b WHERE b.first_id <= j.id AND j.id < b.first_id + b.n
  ORDER BY b.first_id DESC LIMIT 1) p ON true
WHERE j.id = $1 AND bus_event_id(j.id) = $2 AND bus_topic(j) IS NOT NULL

-- name: event.publish
-- Takes or renews the right to publish for the cluster. $1 this start of a node, $2 the node's name, $3 position up to which it has
-- published everything since it had the right (null = it has not had it), $4 seconds after which a right that was not renewed is free.
-- Answers the position from which to go on. No row: another node publishes.
INSERT INTO event_publisher AS p (holder, node, renewed_at, position)
VALUES ($1, $2, now(), coalesce((SELECT position + n - 1 FROM journal_positions ORDER BY position DESC LIMIT 1), 0))
ON CONFLICT (one) DO UPDATE SET holder = excluded.holder, node = excluded.node, renewed_at = excluded.renewed_at,
                                position = greatest(p.position, $3::bigint)
WHERE p.holder = $1 OR p.renewed_at < now() - make_interval(secs => $4::float8)
RETURNING position

-- name: event.publish_no_more
-- Gives the right back, so that another node need not wait. $1 this start of a node, $2 position up to which it has published.
UPDATE event_publisher SET renewed_at = '-infinity', position = greatest(position, $2) WHERE holder = $1
