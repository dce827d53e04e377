-- Messages and boxes. Whatever changes a box runs inbox.lock_boxes first, in the same transaction: the statement after it then sees all
-- that was committed for those boxes, and nothing changes them until the commit. Joins from an array are lateral index look-ups, as in
-- job.sql.

-- name: inbox.lock_boxes
-- Locks the boxes of agents, in one order everywhere. $1 agents.
SELECT b.agent_no FROM message_boxes b WHERE b.agent_no = ANY ($1::int[]) ORDER BY b.agent_no FOR NO KEY UPDATE

-- name: inbox.put
-- Puts messages into their boxes, which are locked, as far as there is room; one with a dedupe key that stands in the box already is not put
-- in. $1 id, $2 recipient, $3 namespace, $4 rank, $5 title, $6 payload, $7 source, $8 sender (null = the source), $9 thread, $10 reply to,
-- $11 correlation, $12 dedupe key, $13 job, $14 actor, $15 whether by a subscription, $16 most messages of a box. At most 2048. A column whose
-- values are all null may come as an empty array.
-- Returns for each its number, the arrival when it was put in, else the message that is there, or neither: the box is full. Held is how many
-- the box holds then.
WITH asked AS MATERIALIZED (
  SELECT t.* FROM unnest($1::uuid[], $2::int[], $3::int[], $4::smallint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::uuid[],
    $11::text[], $12::text[], $13::uuid[], $14::text[], $15::boolean[])
    WITH ORDINALITY AS t(id, agent_no, namespace_id, rank, title, payload, source, sender, thread_id, reply_to, correlation_key, dedupe_key,
      source_job_id, actor, subscribed, no)
), judged AS MATERIALIZED (
  SELECT a.*, d.id AS standing,
         CASE WHEN a.dedupe_key IS NULL THEN 1 ELSE row_number() OVER (PARTITION BY a.agent_no, a.source, a.dedupe_key ORDER BY a.no) END AS nth_of_key,
         first_value(a.id) OVER (PARTITION BY a.agent_no, a.source, a.dedupe_key ORDER BY a.no) AS first_of_key
  FROM asked a
  LEFT JOIN LATERAL (SELECT id FROM message_dedupe WHERE agent_no = a.agent_no AND source = a.source AND key = a.dedupe_key LIMIT 1) d ON true
), fresh AS MATERIALIZED (
  SELECT j.*, b.arrivals, b.unacked, row_number() OVER (PARTITION BY j.agent_no ORDER BY j.no) AS nth_of_box
  FROM judged j CROSS JOIN LATERAL (SELECT arrivals, unacked FROM message_boxes WHERE agent_no = j.agent_no LIMIT 1) b
  WHERE j.standing IS NULL AND j.nth_of_key = 1
), taken AS MATERIALIZED (
  SELECT f.*, f.arrivals + f.nth_of_box AS arrival, row_number() OVER (ORDER BY f.no) AS place
  FROM fresh f WHERE f.unacked + f.nth_of_box <= $16::int
), facts AS (
  INSERT INTO message_facts (id, agent_no, rank, arrival, namespace_id, source, sender, subscribed, title, payload, thread_id, reply_to,
                             correlation_key, dedupe_key, source_job_id)
  SELECT id, agent_no, rank, arrival, namespace_id, source, sender, subscribed, title, payload::jsonb, thread_id, reply_to, correlation_key,
         dedupe_key, source_job_id FROM taken
), unread AS (
  INSERT INTO message_unread (agent_no, rank, arrival, id) SELECT agent_no, rank, arrival, id FROM taken
), keyed AS (
  INSERT INTO message_dedupe (agent_no, source, key, id) SELECT agent_no, source, dedupe_key, id FROM taken WHERE dedupe_key IS NOT NULL
), counted AS (
  UPDATE message_boxes b SET unacked = b.unacked + c.n, arrivals = b.arrivals + c.n
  FROM (SELECT agent_no, count(*)::int AS n FROM taken GROUP BY agent_no) c WHERE b.agent_no = c.agent_no
), block AS MATERIALIZED (
  SELECT nextval('journal_block') AS first_id WHERE EXISTS (SELECT FROM taken)
), noted AS (
  INSERT INTO journal (id, namespace_id, job_id, actor, action, detail)
  SELECT b.first_id + t.place - 1, t.namespace_id, t.source_job_id, t.actor, CASE WHEN t.subscribed THEN 'deliver_message' ELSE 'notify' END,
         jsonb_strip_nulls(jsonb_build_object('message_id', t.id, 'target', r.name, 'target_namespace', r.path, 'source', actor_name(t.source),
           'priority', 10 - t.rank, 'thread_id', t.thread_id))
  FROM taken t CROSS JOIN block b CROSS JOIN LATERAL (
    SELECT a.name, n.path FROM agents a JOIN namespaces n ON n.id = a.namespace_id WHERE a.agent_no = t.agent_no LIMIT 1) r
), pending AS (
  INSERT INTO journal_pending (first_id, n) SELECT b.first_id, (SELECT count(*) FROM taken) FROM block b
)
SELECT j.no, t.arrival, coalesce(j.standing, k.id) AS duplicate_of, greatest(b.unacked, $16::int) AS held, now() AS at
FROM judged j
LEFT JOIN taken t ON t.no = j.no
LEFT JOIN taken k ON k.id = j.first_of_key AND j.nth_of_key > 1
LEFT JOIN LATERAL (SELECT unacked FROM message_boxes WHERE agent_no = j.agent_no LIMIT 1) b ON true

-- name: inbox.ack
-- Acknowledges messages; their boxes are locked. $1 id, $2 box, $3 actor, $4 result, $5 most messages of a box. No id twice. Returns the words of each that stands in that
-- box, with its first acknowledgement, whether that is this one or an earlier one; no row for the others. Roomy is whether the box was full and
-- is not any more.
WITH asked AS MATERIALIZED (
  SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[]) WITH ORDINALITY AS t(id, agent_no, actor, result, no)
), known AS MATERIALIZED (
  SELECT f.*, a.actor, a.result, a.no FROM asked a CROSS JOIN LATERAL (SELECT * FROM message_facts WHERE id = a.id LIMIT 1) f
  WHERE f.agent_no = a.agent_no
), read AS (
  DELETE FROM message_unread u USING known k WHERE u.agent_no = k.agent_no AND u.rank = k.rank AND u.arrival = k.arrival RETURNING u.id
), woken AS (
  DELETE FROM message_deferred d USING known k WHERE d.agent_no = k.agent_no AND d.rank = k.rank AND d.arrival = k.arrival RETURNING d.id
), handled AS MATERIALIZED (
  SELECT k.*, row_number() OVER (ORDER BY k.no) AS place FROM known k WHERE k.id IN (SELECT id FROM read UNION ALL SELECT id FROM woken)
), kept AS (
  INSERT INTO message_acks (id, acked_by, result) SELECT id, actor, result::jsonb FROM handled
), freed AS (
  DELETE FROM message_dedupe d USING handled h
  WHERE h.dedupe_key IS NOT NULL AND d.agent_no = h.agent_no AND d.source = h.source AND d.key = h.dedupe_key AND d.id = h.id
), counted AS (
  UPDATE message_boxes b SET unacked = b.unacked - c.n
  FROM (SELECT agent_no, count(*)::int AS n FROM handled GROUP BY agent_no) c WHERE b.agent_no = c.agent_no
  RETURNING b.agent_no, b.unacked < $5::int AND b.unacked + c.n >= $5 AS roomy
), block AS MATERIALIZED (
  SELECT nextval('journal_block') AS first_id WHERE EXISTS (SELECT FROM handled)
), noted AS (
  INSERT INTO journal (id, namespace_id, job_id, actor, action, detail)
  SELECT b.first_id + h.place - 1, h.namespace_id, h.source_job_id, h.actor, 'ack_message',
         jsonb_strip_nulls(jsonb_build_object('message_id', h.id, 'target', r.name, 'source', actor_name(h.source), 'priority', 10 - h.rank,
           'thread_id', h.thread_id, 'subscribed', CASE WHEN h.subscribed THEN true END))
  FROM handled h CROSS JOIN block b CROSS JOIN LATERAL (SELECT name FROM agents WHERE agent_no = h.agent_no LIMIT 1) r
), pending AS (
  INSERT INTO journal_pending (first_id, n) SELECT b.first_id, (SELECT count(*) FROM handled) FROM block b
)
SELECT k.no, h.id IS NULL AS repeated, coalesce(c.roomy, false) AS roomy, k.id, actor_name(coalesce(k.sender, k.source)) AS sender, coalesce(k.sender, k.source) AS sent_by, actor_name(k.source) AS source_agent, r.name AS target,
       n.path AS namespace, k.title, k.payload::text AS payload, 10 - k.rank AS priority, k.thread_id, k.reply_to, k.correlation_key, k.dedupe_key,
       k.source_job_id, k.arrival, k.created_at, NULL::timestamptz AS deferred_until,
       CASE WHEN h.id IS NULL THEN a.acked_at ELSE now() END AS acked_at,
       CASE WHEN h.id IS NULL THEN actor_name(a.acked_by) ELSE actor_name(k.actor) END AS acked_by,
       CASE WHEN h.id IS NULL THEN a.result::text ELSE (k.result::jsonb)::text END AS result
FROM known k
LEFT JOIN handled h ON h.no = k.no
LEFT JOIN counted c ON c.agent_no = k.agent_no
LEFT JOIN LATERAL (SELECT * FROM message_acks WHERE id = k.id LIMIT 1) a ON true
CROSS JOIN LATERAL (SELECT name FROM agents WHERE agent_no = k.agent_no LIMIT 1) r
CROSS JOIN LATERAL (SELECT path FROM namespaces WHERE id = k.namespace_id LIMIT 1) n

-- name: inbox.defer
-- Puts a message off; its box is locked. $1 id, $2 box, $3 seconds (null = $4), $4 until, $5 actor. No row: it is not in that box, or it was
-- acknowledged.
WITH known AS MATERIALIZED (
  SELECT f.*, coalesce(now() + make_interval(secs => $3::float8), $4::timestamptz) AS deferred_until
  FROM message_facts f WHERE f.id = $1 AND f.agent_no = $2
), read AS (
  DELETE FROM message_unread u USING known k WHERE u.agent_no = k.agent_no AND u.rank = k.rank AND u.arrival = k.arrival RETURNING u.id
), again AS (
  DELETE FROM message_deferred d USING known k WHERE d.agent_no = k.agent_no AND d.rank = k.rank AND d.arrival = k.arrival RETURNING d.id
), put AS (
  INSERT INTO message_deferred (agent_no, rank, arrival, id, deferred_until)
  SELECT k.agent_no, k.rank, k.arrival, k.id, k.deferred_until FROM known k WHERE k.id IN (SELECT id FROM read UNION ALL SELECT id FROM again)
  RETURNING id, deferred_until
), noted AS (
  INSERT INTO journal (id, namespace_id, job_id, actor, action, detail)
  SELECT nextval('journal_block'), k.namespace_id, k.source_job_id, $5, 'defer_message',
         jsonb_build_object('message_id', k.id, 'target', r.name, 'deferred_until', p.deferred_until)
  FROM put p JOIN known k ON k.id = p.id CROSS JOIN LATERAL (SELECT name FROM agents WHERE agent_no = k.agent_no LIMIT 1) r
  RETURNING id
), pending AS (
  INSERT INTO journal_pending (first_id, n) SELECT id, 1 FROM noted
)
SELECT deferred_until FROM put

-- name: inbox.get
-- One message with all that is known of it. $1 id.
SELECT m.id, m.sender, m.sent_by, m.source_agent, m.target, m.namespace, m.title, m.payload::text AS payload, m.priority, m.thread_id, m.reply_to,
       m.correlation_key, m.dedupe_key, m.source_job_id, m.arrival, m.created_at, m.deferred_until, m.acked_at, m.acked_by,
       m.result::text AS result, m.agent_no, m.source
FROM inbox_messages m WHERE m.id = $1

-- name: inbox.unread_by_priority
-- What is to be read of a box, urgent first and then by arrival. $1 box, $2 behind this rank and $3 arrival, $4 highest rank, $5 thread (null =
-- any), $6 most rows.
SELECT m.id, m.sender, m.sent_by, m.source_agent, m.target, m.namespace, m.title, m.payload::text AS payload, m.priority, m.thread_id, m.reply_to,
       m.correlation_key, m.dedupe_key, m.source_job_id, m.arrival, m.created_at, m.deferred_until, m.acked_at, m.acked_by,
       m.result::text AS result
FROM (
  SELECT u.rank, u.arrival, u.id FROM message_unread u WHERE u.agent_no = $1 AND (u.rank, u.arrival) > ($2::smallint, $3::bigint) AND u.rank <= $4::smallint
  UNION ALL
  SELECT d.rank, d.arrival, d.id FROM message_deferred d
  WHERE d.agent_no = $1 AND (d.rank, d.arrival) > ($2::smallint, $3::bigint) AND d.rank <= $4::smallint AND d.deferred_until <= now()
) u
CROSS JOIN LATERAL (SELECT * FROM inbox_messages WHERE id = u.id LIMIT 1) m
WHERE $5::text IS NULL OR m.thread_id = $5
ORDER BY u.rank, u.arrival LIMIT $6

-- name: inbox.unread_by_arrival
-- The same in the order of arrival: the first ones of each rank, put together. $2 is not looked at.
SELECT m.id, m.sender, m.sent_by, m.source_agent, m.target, m.namespace, m.title, m.payload::text AS payload, m.priority, m.thread_id, m.reply_to,
       m.correlation_key, m.dedupe_key, m.source_job_id, m.arrival, m.created_at, m.deferred_until, m.acked_at, m.acked_by,
       m.result::text AS result
FROM (
  SELECT f.* FROM generate_series(0, $4::int) AS r(rank)
  CROSS JOIN LATERAL (
    (SELECT u.arrival, u.id FROM message_unread u
     WHERE u.agent_no = $1 AND u.rank = r.rank AND u.arrival > $3::bigint
       AND ($5::text IS NULL OR (SELECT t.thread_id FROM message_facts t WHERE t.id = u.id LIMIT 1) = $5)
     ORDER BY u.arrival LIMIT $6)
    UNION ALL
    (SELECT d.arrival, d.id FROM message_deferred d
     WHERE d.agent_no = $1 AND d.rank = r.rank AND d.arrival > $3::bigint AND d.deferred_until <= now()
       AND ($5::text IS NULL OR (SELECT t.thread_id FROM message_facts t WHERE t.id = d.id LIMIT 1) = $5)
     ORDER BY d.arrival LIMIT $6)) f
  WHERE $2::smallint IS NOT NULL
  ORDER BY f.arrival LIMIT $6
) u
CROSS JOIN LATERAL (SELECT * FROM inbox_messages WHERE id = u.id LIMIT 1) m
ORDER BY u.arrival

-- name: inbox.all_by_priority
-- All that ever came into a box, what was acknowledged or put off included. Parameters as inbox.unread_by_priority.
SELECT m.id, m.sender, m.sent_by, m.source_agent, m.target, m.namespace, m.title, m.payload::text AS payload, m.priority, m.thread_id, m.reply_to,
       m.correlation_key, m.dedupe_key, m.source_job_id, m.arrival, m.created_at, m.deferred_until, m.acked_at, m.acked_by,
       m.result::text AS result
FROM (
  SELECT f.rank, f.arrival, f.id FROM message_facts f
  WHERE f.agent_no = $1 AND (f.rank, f.arrival) > ($2::smallint, $3::bigint) AND f.rank <= $4::smallint AND ($5::text IS NULL OR f.thread_id = $5)
  ORDER BY f.rank, f.arrival LIMIT $6
) u
CROSS JOIN LATERAL (SELECT * FROM inbox_messages WHERE id = u.id LIMIT 1) m
ORDER BY u.rank, u.arrival

-- name: inbox.all_by_arrival
-- The same in the order of arrival.
SELECT m.id, m.sender, m.sent_by, m.source_agent, m.target, m.namespace, m.title, m.payload::text AS payload, m.priority, m.thread_id, m.reply_to,
       m.correlation_key, m.dedupe_key, m.source_job_id, m.arrival, m.created_at, m.deferred_until, m.acked_at, m.acked_by,
       m.result::text AS result
FROM (
  SELECT f.* FROM generate_series(0, $4::int) AS r(rank)
  CROSS JOIN LATERAL (
    SELECT f.arrival, f.id FROM message_facts f WHERE f.agent_no = $1 AND f.rank = r.rank AND f.arrival > $3::bigint
    ORDER BY f.rank, f.arrival LIMIT $6) f
  WHERE $2::smallint IS NOT NULL AND $5::text IS NULL
  ORDER BY f.arrival LIMIT $6
) u
CROSS JOIN LATERAL (SELECT * FROM inbox_messages WHERE id = u.id LIMIT 1) m
ORDER BY u.arrival

-- name: inbox.thread_by_arrival
-- The messages of a thread in a box, what was acknowledged or put off included. Parameters as above; $5 is given.
SELECT m.id, m.sender, m.sent_by, m.source_agent, m.target, m.namespace, m.title, m.payload::text AS payload, m.priority, m.thread_id, m.reply_to,
       m.correlation_key, m.dedupe_key, m.source_job_id, m.arrival, m.created_at, m.deferred_until, m.acked_at, m.acked_by,
       m.result::text AS result
FROM (
  SELECT f.arrival, f.id FROM message_facts f
  WHERE f.agent_no = $1 AND f.thread_id = $5::text AND f.arrival > $3::bigint AND f.rank <= $4::smallint AND $2::smallint IS NOT NULL
  ORDER BY f.arrival LIMIT $6
) u
CROSS JOIN LATERAL (SELECT * FROM inbox_messages WHERE id = u.id LIMIT 1) m
ORDER BY u.arrival

-- name: inbox.next_due
-- Seconds until the next message of a box comes back that was put off; null when none will.
SELECT extract(epoch FROM min(d.deferred_until) - now())::float8 AS seconds FROM message_deferred d WHERE d.agent_no = $1 AND d.deferred_until > now()

-- name: inbox.urgent_since
-- Whether urgent messages came into boxes, or came back, no longer ago than so. $1 boxes, $2 seconds. One row for each, in their order. Of each
-- urgent priority the newest is looked at; LIMIT keeps the looks at the ends of indexes.
SELECT coalesce((
         SELECT true FROM generate_series(0, 1) AS r(rank)
         CROSS JOIN LATERAL (SELECT u.id FROM message_unread u WHERE u.agent_no = a.agent_no AND u.rank = r.rank ORDER BY u.arrival DESC LIMIT 1) u
         CROSS JOIN LATERAL (SELECT f.created_at FROM message_facts f WHERE f.id = u.id LIMIT 1) f
         WHERE f.created_at >= now() - make_interval(secs => a.seconds) LIMIT 1), (
         SELECT true FROM message_deferred d WHERE d.agent_no = a.agent_no AND d.rank <= 1
           AND d.deferred_until > now() - make_interval(secs => a.seconds) AND d.deferred_until <= now() LIMIT 1), false) AS came
FROM unnest($1::int[], $2::float8[]) WITH ORDINALITY AS a(agent_no, seconds, no) ORDER BY a.no

-- name: inbox.replied_to
-- What a reply needs to know of the message it answers: its thread, where it was sent, its recipient and where that lives, and whose it is.
-- $1 id.
SELECT f.thread_id, n.path AS namespace, f.agent_no, h.path AS box, f.source, f.sender FROM message_facts f
JOIN namespaces n ON n.id = f.namespace_id JOIN agents a ON a.agent_no = f.agent_no JOIN namespaces h ON h.id = a.namespace_id WHERE f.id = $1

-- name: inbox.namespace_of_job
SELECT n.path FROM job_facts f JOIN queues q ON q.id = f.queue_id JOIN namespaces n ON n.id = q.namespace_id WHERE f.id = $1

-- name: inbox.names_of_agents
-- Names that could have been meant in a namespace: those of agents there and above. $1 the paths.
SELECT DISTINCT a.name FROM agents a JOIN namespaces n ON n.id = a.namespace_id WHERE n.path = ANY ($1::text[]) ORDER BY a.name LIMIT 1000
