-- Sources of webhooks, their routes, and what came from them.

-- name: source.insert
-- No row: the name is taken. $1 id, $2 name, $3 namespace, $4 scheme, $5 enabled, $6 default agent, $7 tolerance, $8 bytes of body,
-- $9 seconds of ids, $10 seconds of bodies, $11 headers, $12 by whom.
INSERT INTO sources (id, name, namespace_id, scheme, enabled, default_agent, tolerance_seconds, max_body_bytes, dedupe_seconds, repeat_seconds,
                     headers, created_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (name) DO NOTHING RETURNING id

-- name: source.update
UPDATE sources SET enabled = $2, default_agent = $3, tolerance_seconds = $4, max_body_bytes = $5, dedupe_seconds = $6, repeat_seconds = $7,
                   headers = $8
WHERE id = $1

-- name: source.lock
-- Keeps other changes of source $1 (by name) out until the transaction ends. No row: there is none.
SELECT id FROM sources WHERE name = $1 FOR UPDATE

-- name: source.get
-- By name. What waits and what is dead is counted up to 1000.
SELECT s.id, s.name, n.path AS namespace, s.scheme, s.enabled, s.default_agent, s.tolerance_seconds, s.max_body_bytes, s.dedupe_seconds,
       s.repeat_seconds, s.headers, s.created_at, s.created_by, s.updated_at,
       (SELECT count(*) FROM (SELECT FROM webhook_pending p WHERE p.source_id = s.id LIMIT 1000) x)::int AS waiting,
       (SELECT count(*) FROM (SELECT FROM webhooks w WHERE w.source_id = s.id AND w.status = 'dead' LIMIT 1000) x)::int AS dead
FROM sources s JOIN namespaces n ON n.id = s.namespace_id WHERE s.name = $1

-- name: source.list
-- In the order of names. $1 namespaces as a regular expression (null = any), $2 walls (empty = none), $3 name to go on after, $4 most rows.
SELECT s.id, s.name, n.path AS namespace, s.scheme, s.enabled, s.default_agent, s.tolerance_seconds, s.max_body_bytes, s.dedupe_seconds,
       s.repeat_seconds, s.headers, s.created_at, s.created_by, s.updated_at,
       (SELECT count(*) FROM (SELECT FROM webhook_pending p WHERE p.source_id = s.id LIMIT 1000) x)::int AS waiting,
       (SELECT count(*) FROM (SELECT FROM webhooks w WHERE w.source_id = s.id AND w.status = 'dead' LIMIT 1000) x)::int AS dead
FROM sources s JOIN namespaces n ON n.id = s.namespace_id
WHERE ($1::text IS NULL OR n.path ~ $1)
  AND (cardinality($2::text[]) = 0 OR EXISTS (SELECT FROM unnest($2::text[]) wall WHERE n.path = wall OR starts_with(n.path, wall || '/')))
  AND ($3::text IS NULL OR s.name > $3 COLLATE "C")
ORDER BY s.name LIMIT $4

-- name: source.count
-- How many there are, counted up to $1.
SELECT count(*)::int AS sources FROM (SELECT FROM sources LIMIT $1) x

-- name: source.delete
-- With its routes, secrets and webhooks. No row: webhooks wait for their route, or there is none.
DELETE FROM sources s WHERE s.id = $1 AND NOT EXISTS (SELECT FROM webhook_pending p WHERE p.source_id = s.id) RETURNING id

-- name: source.secrets
-- Those that are or will yet be good. $1 source.
SELECT id, digest, sealed, created_at, expires_at FROM source_secrets
WHERE source_id = $1 AND (expires_at IS NULL OR expires_at > now()) ORDER BY id

-- name: source.add_secret
-- No row: another source has this token. $1 id, $2 source, $3 digest, $4 sealed, $5 end.
INSERT INTO source_secrets (id, source_id, digest, sealed, expires_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (digest) DO NOTHING RETURNING id

-- name: source.remove_secrets
-- All of source $1, or with $2 only those whose time is over.
DELETE FROM source_secrets WHERE source_id = $1 AND (NOT $2 OR expires_at <= now())

-- name: source.end_secrets
-- Lets the secrets of source $1 that are good now end in $2 seconds, unless they end sooner. Answers when they end.
UPDATE source_secrets SET expires_at = least(expires_at, now() + make_interval(secs => $2::float8))
WHERE source_id = $1 AND (expires_at IS NULL OR expires_at > now())
RETURNING expires_at

-- name: source.of_token
-- The source that a token belongs to. $1 digest of the token.
SELECT s.name FROM source_secrets x JOIN sources s ON s.id = x.source_id
WHERE x.digest = $1 AND (x.expires_at IS NULL OR x.expires_at > now())

-- name: source.put_route
-- $1 id, $2 source, $3 name, $4 place, $5 condition, $6 actions, $7 last, $8 by whom. Answers whether it is new.
INSERT INTO source_routes (id, source_id, name, place, condition, actions, last, created_by) VALUES ($1, $2, $3, $4, $5, $6::text::jsonb, $7, $8)
ON CONFLICT (source_id, name) DO UPDATE SET place = excluded.place, condition = excluded.condition, actions = excluded.actions, last = excluded.last
RETURNING (xmax = 0) AS created

-- name: source.routes
-- In the order in which they are looked at. $1 source.
SELECT id, name, place, condition, actions::text AS actions, last, created_at, created_by, updated_at FROM source_routes
WHERE source_id = $1 ORDER BY place, name

-- name: source.delete_route
-- No row: there is none. $1 source, $2 name.
DELETE FROM source_routes WHERE source_id = $1 AND name = $2 RETURNING id

-- name: source.accept
-- Takes a webhook, unless it was taken before or too many of its source wait. $1 id, $2 source, $3 digest of what tells it apart, $4 seconds
-- for which that counts, $5 the sender's id, $6 type, $7 topic, $8 headers, $9 payload, $10 most that may wait, $11 body where the payload is a
-- sketch, $12 most bytes that may wait.
-- A dead one may come again: who makes it replaced takes it, so that of a redelivery and a retry at once only one has it routed.
-- made: this was taken; known: the one that was taken before; room: whether there was any.
WITH backlog AS (
  SELECT count(*) < $10 AND coalesce(sum(bytes), 0) < $12 AS room
  FROM (SELECT bytes FROM webhook_pending WHERE source_id = $2 LIMIT $10) x
), known AS (
  SELECT i.made_id, i.until > now() AND NOT EXISTS (SELECT FROM webhooks w WHERE w.id = i.made_id AND w.status = 'dead') AS counts
  FROM webhook_ids i WHERE i.source_id = $2 AND i.key = $3
), replaced AS (
  UPDATE webhooks w SET status = 'replaced' FROM known, backlog
  WHERE backlog.room AND NOT known.counts AND w.id = known.made_id AND w.status = 'dead' RETURNING w.id
), taken AS (
  INSERT INTO webhook_ids AS i (source_id, key, made_id, until)
  SELECT $2, $3, $1, now() + make_interval(secs => $4::float8) FROM backlog WHERE room
  ON CONFLICT (source_id, key) DO UPDATE SET made_id = excluded.made_id, until = excluded.until
  WHERE i.until <= now() OR i.made_id IN (SELECT id FROM replaced)
  RETURNING made_id
), stored AS (
  INSERT INTO webhooks (id, source_id, delivery_id, type, topic, headers, payload, body)
  SELECT made_id, $2, $5, $6, $7, $8::text::jsonb, $9, $11 FROM taken RETURNING id
), pending AS (
  INSERT INTO webhook_pending (webhook_id, source_id, bytes) SELECT id, $2, length(coalesce($11::bytea, $9::bytea)) FROM stored
)
SELECT (SELECT id FROM stored) AS made, (SELECT made_id FROM known WHERE counts) AS known, room FROM backlog

-- name: source.find_taken
-- What was made of a delivery. $1 source, $2 digest of what tells it apart.
SELECT made_id FROM webhook_ids WHERE source_id = $1 AND key = $2

-- name: source.take
-- The same for what is worked off at once: takes a key for the transaction; waits while another holds it. $1 source, $2 key, $3 id of what
-- will be made, $4 seconds. No row: it was taken before, and that counts.
INSERT INTO webhook_ids AS i (source_id, key, made_id, until) VALUES ($1, $2, $3, now() + make_interval(secs => $4::float8))
ON CONFLICT (source_id, key) DO UPDATE SET made_id = excluded.made_id, until = excluded.until WHERE i.until <= now()
RETURNING made_id

-- name: source.took
-- Says what was made. $1 source, $2 key, $3 its id.
UPDATE webhook_ids SET made_id = $3 WHERE source_id = $1 AND key = $2

-- name: source.next_pending
-- A webhook that is due, held until the transaction ends; those that others hold are passed over. Of each source the one that has been due
-- longest, and of the sources the first behind $1: however many wait of one, those of another come next. No row: none is due behind $1.
WITH RECURSIVE waiting AS (
  (SELECT source_id, due_at FROM webhook_pending WHERE source_id > $1 ORDER BY source_id, due_at LIMIT 1)
  UNION ALL
  SELECT following.source_id, following.due_at FROM waiting CROSS JOIN LATERAL (
    SELECT p.source_id, p.due_at FROM webhook_pending p WHERE p.source_id > waiting.source_id ORDER BY p.source_id, p.due_at LIMIT 1) following
)
SELECT due.webhook_id, waiting.source_id FROM waiting CROSS JOIN LATERAL (
  SELECT p.webhook_id FROM webhook_pending p WHERE p.source_id = waiting.source_id AND p.due_at <= now()
  ORDER BY p.due_at, p.webhook_id LIMIT 1 FOR UPDATE SKIP LOCKED) due
WHERE waiting.due_at <= now() LIMIT 1

-- name: source.pending_due
-- Milliseconds until a webhook is due, at least 0. No row: none waits.
SELECT greatest(0, ceil(extract(epoch FROM due_at - now()) * 1000))::bigint AS millis FROM webhook_pending ORDER BY due_at, webhook_id LIMIT 1

-- name: source.webhook
SELECT w.id, w.source_id, s.name AS source, n.path AS namespace, w.delivery_id, w.type, w.topic, w.headers::text AS headers, w.payload,
       w.body IS NOT NULL AS sketched, w.received_at,
       w.status, w.tries, w.last_error, w.made::text AS made, w.ended_at, s.default_agent
FROM webhooks w JOIN sources s ON s.id = w.source_id JOIN namespaces n ON n.id = s.namespace_id WHERE w.id = $1

-- name: source.body
-- What was sent, of a webhook whose payload is a sketch. No row: it has more than $2 bytes, or its payload is whole.
SELECT body FROM webhooks WHERE id = $1 AND length(body) <= $2

-- name: source.webhook_row
-- The same without what was sent.
SELECT w.id, s.name AS source, n.path AS namespace, w.delivery_id, w.type, w.topic, length(coalesce(w.body, w.payload)) AS bytes, w.received_at, w.status, w.tries,
       w.last_error, w.made::text AS made, w.ended_at
FROM webhooks w JOIN sources s ON s.id = w.source_id JOIN namespaces n ON n.id = s.namespace_id WHERE w.id = $1

-- name: source.list_webhooks
-- Newest first. $1 source, $2 status (null = any), $3 id to go on after, $4 most rows.
SELECT w.id, s.name AS source, n.path AS namespace, w.delivery_id, w.type, w.topic, length(coalesce(w.body, w.payload)) AS bytes, w.received_at, w.status, w.tries,
       w.last_error, w.made::text AS made, w.ended_at
FROM webhooks w JOIN sources s ON s.id = w.source_id JOIN namespaces n ON n.id = s.namespace_id
WHERE w.source_id = $1 AND ($2::text IS NULL OR w.status = $2) AND ($3::uuid IS NULL OR w.id < $3)
ORDER BY w.id DESC LIMIT $4

-- name: source.routed
-- Ends the wait of webhook $1 in the transaction that made what it became ($2).
WITH gone AS (
  DELETE FROM webhook_pending WHERE webhook_id = $1 RETURNING webhook_id
)
UPDATE webhooks SET status = 'routed', tries = tries + 1, made = $2::text::jsonb, last_error = NULL, ended_at = now()
WHERE id = (SELECT webhook_id FROM gone) RETURNING id

-- name: source.failed
-- Notes that webhook $1 could not be routed, with $2 why. It is due again after $3 seconds doubled with each try up to $4, with up to half of
-- that on top, so that many do not come back at once; after $5 tries it is dead. No row: another node has routed it meanwhile.
WITH held AS (
  SELECT p.webhook_id, w.tries + 1 AS tries FROM webhook_pending p JOIN webhooks w ON w.id = p.webhook_id WHERE p.webhook_id = $1 FOR UPDATE OF p
), gone AS (
  DELETE FROM webhook_pending WHERE webhook_id = (SELECT webhook_id FROM held WHERE tries >= $5)
), later AS (
  UPDATE webhook_pending p
  SET due_at = now() + make_interval(secs => least($4::float8, $3::float8 * 2 ^ least(held.tries - 1, 30)) * (1 + random() / 2))
  FROM held WHERE p.webhook_id = held.webhook_id AND held.tries < $5
)
UPDATE webhooks w SET tries = held.tries, last_error = $2, status = CASE WHEN held.tries >= $5 THEN 'dead' ELSE w.status END,
                      ended_at = CASE WHEN held.tries >= $5 THEN now() END
FROM held, sources s WHERE w.id = held.webhook_id AND s.id = w.source_id
RETURNING w.status, w.tries, s.name AS source, s.namespace_id

-- name: source.retry
-- Lets a dead webhook wait again, as if it had just come. No row: it is not dead.
WITH again AS (
  UPDATE webhooks SET status = 'accepted', tries = 0, ended_at = NULL WHERE id = $1 AND status = 'dead'
  RETURNING id, source_id, length(coalesce(body, payload)) AS bytes
)
INSERT INTO webhook_pending (webhook_id, source_id, bytes) SELECT id, source_id, bytes FROM again RETURNING webhook_id

-- name: source.expire_ids
-- Removes at most $1 that count no longer.
DELETE FROM webhook_ids WHERE (source_id, key) IN (
  SELECT source_id, key FROM webhook_ids WHERE until <= now() ORDER BY until LIMIT $1 FOR UPDATE SKIP LOCKED)

-- name: source.expire_webhooks
-- Removes at most $1 webhooks whose end is long past: $2 seconds, for dead ones $3.
DELETE FROM webhooks WHERE id IN (
  SELECT id FROM webhooks WHERE status <> 'accepted' AND ended_at < now() - make_interval(secs => $2::float8)
    AND (status <> 'dead' OR ended_at < now() - make_interval(secs => $3::float8))
  ORDER BY ended_at LIMIT $1 FOR UPDATE SKIP LOCKED)

-- name: source.journal
-- One row of the journal for a change by other statements of the same transaction. $1 namespace, $2 actor, $3 action, $4 detail.
WITH noted AS (
  INSERT INTO journal (id, namespace_id, actor, action, detail)
  VALUES (nextval('journal_block'), $1, $2, $3, $4::text::jsonb) RETURNING id
)
INSERT INTO journal_pending (first_id, n) SELECT id, 1 FROM noted RETURNING first_id
