-- Deliveries: tellings of events, with their tries.

-- name: delivery.add
-- $1 ids, $2 subscriptions, $3 positions, $4 events, $5 their journal rows, $6 whether it was delivered with this, $7 errors of those that
-- wait for room, $8 results, $9 seconds until those are tried again.
INSERT INTO deliveries (id, subscription_id, position, event_id, journal_id, status, ended_at, last_error, result, due_at)
SELECT d.id, d.subscription_id, d.position, d.event_id, d.journal_id, CASE WHEN d.done THEN 'delivered' ELSE 'pending' END::delivery_status,
       CASE WHEN d.done THEN now() END, d.error, d.result::jsonb, now() + make_interval(secs => d.wait)
FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::uuid[], $5::bigint[], $6::boolean[], $7::text[], $8::text[], $9::float8[])
  AS d(id, subscription_id, position, event_id, journal_id, done, error, result, wait)
ON CONFLICT DO NOTHING
RETURNING id

-- name: delivery.count_pending
-- Of subscriptions $1, counted up to $2 each.
SELECT s AS id, (SELECT count(*) FROM (SELECT FROM deliveries d WHERE d.subscription_id = s AND d.status = 'pending' LIMIT $2) x) AS pending
FROM unnest($1::uuid[]) s

-- name: delivery.lock_open
-- Holds subscriptions that have something due, so that only one node at a time counts what each has under way. Those behind id $1 come
-- first, so that each has its turn. $2 most. $5 most messages of a box. The lane of each is 2 within the bus, 1 for a webhook that answers
-- quickly, but for $6, which this node knows to have slowed down, 0 for the other webhooks: only lanes $7, which have slots at this node, and not
-- those of owners $3 or to hosts $4, each as <lane>:<name>, which have there what they may have.
SELECT s.id, p.lane FROM subscriptions s JOIN open_subscriptions o ON o.id = s.id
CROSS JOIN LATERAL (SELECT CASE WHEN o.target <> 'webhook' THEN 2 WHEN o.quick AND s.id <> ALL ($6::uuid[]) THEN 1 ELSE 0 END AS lane) p
WHERE coalesce(o.open_at <= now(), true) AND coalesce(o.box_unacked < $5, true) AND p.lane = ANY ($7::int[])
  AND EXISTS (SELECT FROM deliveries d WHERE d.subscription_id = s.id AND d.status = 'pending' AND d.due_at <= now())
  AND p.lane || ':' || o.owner <> ALL ($3::text[]) AND coalesce(p.lane || ':' || o.host <> ALL ($4::text[]), true)
ORDER BY s.id <= $1, s.id LIMIT $2 FOR NO KEY UPDATE OF s SKIP LOCKED

-- name: delivery.claim
-- Takes due deliveries of subscriptions $1, which the transaction holds. Of each no more than may be under way at once, on all nodes
-- together; of an ordered one the first that waits, and only when nothing before it does; of one with a rate no more than its next turns, which
-- are taken with them: turn_ms says when each comes. The owners and hosts with the least at this node come first, then the subscriptions with
-- the least under way, so that none is kept from its turn by those that have much. $2 this claim, $3 seconds until another node may take them,
-- $4 most. None may have more than $9 here: $5 owners, $6 how many of these each has, $7 hosts, $8 how many each. One that nobody ended since
-- it was taken counts as a try: what kills nodes must come to an end.
WITH room AS (
  SELECT s.id, s.ordered, o.owner, o.host, a.place, u.n AS under_way, least(s.in_flight_max - u.n, o.turns) AS free
  FROM unnest($1::uuid[]) WITH ORDINALITY AS a(id, place) JOIN subscriptions s ON s.id = a.id JOIN open_subscriptions o ON o.id = a.id
  CROSS JOIN LATERAL (SELECT count(*) AS n FROM deliveries d WHERE d.subscription_id = s.id AND d.lease IS NOT NULL AND d.due_at > now()) u
), due AS (
  SELECT r.*, p.delivery_id, p.lost, r.under_way + p.nth AS nth FROM room r CROSS JOIN LATERAL (
    SELECT d.id AS delivery_id, d.lease IS NOT NULL AS lost, row_number() OVER (ORDER BY d.due_at) AS nth FROM deliveries d
    WHERE NOT r.ordered AND d.subscription_id = r.id AND d.status = 'pending' AND d.due_at <= now() ORDER BY d.due_at LIMIT greatest(r.free, 0)
  ) p
  UNION ALL
  SELECT r.*, h.delivery_id, h.lost, 1 FROM room r CROSS JOIN LATERAL (
    SELECT d.id AS delivery_id, d.lease IS NOT NULL AS lost, d.due_at FROM deliveries d
    WHERE r.ordered AND d.subscription_id = r.id AND d.status = 'pending' ORDER BY d.position LIMIT 1
  ) h WHERE h.due_at <= now() AND r.free > 0
), ranked AS (
  SELECT d.*, coalesce(own.n, 0) + row_number() OVER (PARTITION BY d.owner ORDER BY d.nth, d.place) AS of_owner,
         CASE WHEN d.host IS NULL THEN 0 ELSE coalesce(at.n, 0) + row_number() OVER (PARTITION BY d.host ORDER BY d.nth, d.place) END AS of_host
  FROM due d LEFT JOIN unnest($5::text[], $6::int[]) AS own(owner, n) ON own.owner = d.owner
  LEFT JOIN unnest($7::text[], $8::int[]) AS at(host, n) ON at.host = d.host
), picked AS (
  SELECT id, delivery_id, owner, host, lost, nth FROM ranked WHERE greatest(of_owner, of_host) <= $9::int
  ORDER BY greatest(of_owner, of_host), nth, place LIMIT $4
), timed AS (
  SELECT p.*, greatest(e.next_at, now()) AS next, make_interval(secs => 1.0 / e.rate_per_second) AS gap,
         row_number() OVER (PARTITION BY p.id ORDER BY p.nth) AS turn, count(*) OVER (PARTITION BY p.id) AS turns
  FROM picked p LEFT JOIN webhook_endpoints e ON e.subscription_id = p.id AND e.rate_per_second IS NOT NULL
), turned AS (
  UPDATE webhook_endpoints e SET next_at = t.next + t.turns * t.gap FROM timed t WHERE t.turn = 1 AND t.gap IS NOT NULL AND e.subscription_id = t.id
)
UPDATE deliveries d SET lease = $2, due_at = now() + make_interval(secs => $3::float8), tries = d.tries + CASE WHEN p.lost THEN 1 ELSE 0 END,
                        try_no = d.try_no + CASE WHEN p.lost THEN 1 ELSE 0 END
FROM timed p WHERE d.id = p.delivery_id AND d.status = 'pending' AND d.due_at <= now()
RETURNING d.id, d.subscription_id, d.position, d.event_id, d.journal_id, d.tries, d.try_no, d.replays, p.lost, p.owner, p.host,
          coalesce(ceil(extract(epoch FROM p.next + (p.turn - 1) * p.gap - now()) * 1000), 0)::bigint AS turn_ms

-- name: delivery.pace
-- Whether the last answer of subscription $1 came within a moment.
UPDATE subscriptions SET quick = $2 WHERE id = $1 AND quick <> $2

-- name: delivery.end
-- It is delivered, or dead. $1 id, $2 claim, $3 status, $4 error, $5 result, $6 counted. No row: another claim has it.
UPDATE deliveries SET status = $3::text::delivery_status, ended_at = now(), lease = NULL, last_error = $4, result = coalesce($5::text::jsonb, result),
                      tries = tries + CASE WHEN $6 THEN 1 ELSE 0 END, try_no = try_no + 1
WHERE id = $1 AND lease = $2 RETURNING try_no

-- name: delivery.again
-- It is tried again. $1 id, $2 claim, $3 seconds from now, $4 why, $5 counted. No row: another claim has it.
UPDATE deliveries SET due_at = now() + make_interval(secs => $3::float8), lease = NULL, last_error = $4,
                      tries = tries + CASE WHEN $5 THEN 1 ELSE 0 END, try_no = try_no + 1
WHERE id = $1 AND lease = $2 RETURNING try_no

-- name: delivery.give_back
-- What a node took and did not begin.
UPDATE deliveries SET due_at = now(), lease = NULL WHERE lease = $1 AND id = ANY($2::uuid[]) RETURNING id

-- name: delivery.note_try
-- $1 delivery, $2 number, $3 outcome, $4 counted, $5 status, $6 milliseconds, $7 error, $8 answer, $9 node, $10 how many are kept.
WITH old AS (
  DELETE FROM delivery_tries WHERE delivery_id = $1 AND try_no <= $2::int - $10::int
)
INSERT INTO delivery_tries (delivery_id, try_no, outcome, counted, status_code, took_ms, error, answer, node)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (delivery_id, try_no) DO NOTHING

-- name: delivery.next_due
-- In how many seconds the next delivery may be taken by the rules of delivery.lock_open and delivery.claim, but for what one node may have under
-- way; null when none waits. $1 most messages of a box.
SELECT extract(epoch FROM min(greatest(o.open_at, CASE
         WHEN o.ordered THEN (SELECT d.due_at FROM deliveries d WHERE d.subscription_id = o.id AND d.status = 'pending' ORDER BY d.position LIMIT 1)
         WHEN u.n >= o.in_flight_max THEN u.ends_at
         ELSE first.due_at END)) - now())::float8 AS seconds
FROM open_subscriptions o
CROSS JOIN LATERAL (SELECT d.due_at FROM deliveries d WHERE d.subscription_id = o.id AND d.status = 'pending' ORDER BY d.due_at LIMIT 1) first
CROSS JOIN LATERAL (
  SELECT count(*) AS n, min(d.due_at) AS ends_at FROM deliveries d WHERE d.subscription_id = o.id AND d.lease IS NOT NULL AND d.due_at > now()) u
WHERE coalesce(o.box_unacked < $1, true)

-- name: delivery.list
-- By falling position and id. $1 walls of the owner's home (empty = none), $2 owner (null = any), $3 subscription, $4 status, $5 not before,
-- $6 before, $7 position and $8 id of the last seen, $9 most. Of each subscription no more than a page is read, each status by its index.
SELECT d.id, d.subscription_id, d.position, d.event_id, d.journal_id, d.status::text AS status, d.due_at, d.tries, d.replays, d.created_at, d.ended_at,
       d.last_error, d.result::text AS result, d.lease IS NOT NULL AND d.due_at > now() AS under_way, s.status::text AS subscription_status,
       s.reason, s.ordered
FROM subscriptions s JOIN namespaces n ON n.id = s.namespace_id CROSS JOIN LATERAL (
  (SELECT d.* FROM deliveries d
    WHERE $4::text = 'dead' AND d.subscription_id = s.id AND d.status = 'dead'
      AND ($5::timestamptz IS NULL OR d.created_at >= $5) AND ($6::timestamptz IS NULL OR d.created_at < $6)
      AND ($7::bigint IS NULL OR d.position <= $7 AND (d.position, d.id) < ($7, $8)) ORDER BY d.position DESC LIMIT $9)
  UNION ALL
  (SELECT d.* FROM deliveries d
    WHERE $4::text = 'pending' AND d.subscription_id = s.id AND d.status = 'pending'
      AND ($5::timestamptz IS NULL OR d.created_at >= $5) AND ($6::timestamptz IS NULL OR d.created_at < $6)
      AND ($7::bigint IS NULL OR d.position <= $7 AND (d.position, d.id) < ($7, $8)) ORDER BY d.position DESC LIMIT $9)
  UNION ALL
  (SELECT d.* FROM deliveries d
    WHERE ($4::text IS NULL OR $4::text = 'delivered') AND d.subscription_id = s.id AND ($4::text IS NULL OR d.status = 'delivered')
      AND ($5::timestamptz IS NULL OR d.created_at >= $5) AND ($6::timestamptz IS NULL OR d.created_at < $6)
      AND ($7::bigint IS NULL OR d.position <= $7 AND (d.position, d.id) < ($7, $8)) ORDER BY d.position DESC LIMIT $9)
  ) d
WHERE (cardinality($1::text[]) = 0 OR EXISTS (SELECT FROM unnest($1::text[]) w WHERE n.path = w OR starts_with(n.path, w || '/')))
  AND ($2::text IS NULL OR s.owner = $2) AND ($3::uuid IS NULL OR s.id = $3)
ORDER BY d.position DESC, d.id DESC LIMIT $9

-- name: delivery.get
SELECT d.id, d.subscription_id, d.position, d.event_id, d.journal_id, d.status::text AS status, d.due_at, d.tries, d.replays, d.created_at, d.ended_at,
       d.last_error, d.result::text AS result, d.lease IS NOT NULL AND d.due_at > now() AS under_way, s.status::text AS subscription_status,
       s.reason, s.ordered, s.owner, n.path AS home
FROM deliveries d JOIN subscriptions s ON s.id = d.subscription_id JOIN namespaces n ON n.id = s.namespace_id WHERE d.id = $1

-- name: delivery.tries
-- Of deliveries $1, oldest first.
SELECT delivery_id, try_no, at, outcome, counted, status_code, took_ms, error, answer, node FROM delivery_tries
WHERE delivery_id = ANY($1::uuid[]) ORDER BY delivery_id, try_no

-- name: delivery.before_in_line
-- The first that waits of an ordered subscription.
SELECT id FROM deliveries WHERE subscription_id = $1 AND status = 'pending' ORDER BY position LIMIT 1

-- name: delivery.dead_letters
-- The oldest dead letters of subscription $1 between two positions (null = any). $4 most.
SELECT d.id, d.position, d.event_id, d.journal_id, d.last_error FROM deliveries d
WHERE d.subscription_id = $1 AND d.status = 'dead' AND ($2::bigint IS NULL OR d.position > $2) AND ($3::bigint IS NULL OR d.position <= $3)
ORDER BY d.position LIMIT $4

-- name: delivery.replay
-- Tells events again, or for the first time. $1 ids, $2 subscription, $3 positions, $4 events, $5 their journal rows. What waits already
-- stays as it is, but is due now.
INSERT INTO deliveries AS d (id, subscription_id, position, event_id, journal_id, status, replays)
SELECT r.id, $2, r.position, r.event_id, r.journal_id, 'pending', 1
FROM unnest($1::uuid[], $3::bigint[], $4::uuid[], $5::bigint[]) AS r(id, position, event_id, journal_id)
ON CONFLICT (id) DO UPDATE SET status = 'pending', ended_at = NULL, due_at = CASE WHEN d.lease IS NULL THEN now() ELSE d.due_at END,
  tries = CASE WHEN d.status = 'pending' THEN d.tries ELSE 0 END, replays = d.replays + CASE WHEN d.status = 'pending' THEN 0 ELSE 1 END
RETURNING d.id

-- name: delivery.release
-- What waits for subscription $1 is due now: it was resumed.
UPDATE deliveries SET due_at = now() WHERE subscription_id = $1 AND status = 'pending' AND lease IS NULL AND due_at > now() RETURNING id

-- name: delivery.sweep
-- Removes some that were delivered more than $1 seconds ago. $2 most.
WITH old AS (
  SELECT id FROM deliveries WHERE status = 'delivered' AND ended_at < now() - make_interval(secs => $1::float8) ORDER BY ended_at LIMIT $2
  FOR UPDATE SKIP LOCKED
), untried AS (
  DELETE FROM delivery_tries t USING old o WHERE t.delivery_id = o.id
)
DELETE FROM deliveries d USING old o WHERE d.id = o.id RETURNING d.id

-- name: delivery.sweep_dead
-- Removes some dead letters that died more than $1 seconds ago, and some of subscriptions that have more than $2, the oldest events first; the
-- journal says how many of each. $3 most of either kind. Returns how many were removed. One that is told again meanwhile is not dead any more.
WITH old AS (
  SELECT id FROM deliveries WHERE status = 'dead' AND ended_at < now() - make_interval(secs => $1::float8) ORDER BY ended_at LIMIT $3
), many AS (
  SELECT x.id FROM subscriptions s CROSS JOIN LATERAL (
    SELECT d.id FROM deliveries d WHERE d.subscription_id = s.id AND d.status = 'dead' ORDER BY d.position DESC OFFSET $2 LIMIT $3) x LIMIT $3
), gone AS (
  DELETE FROM deliveries d USING (SELECT id FROM old UNION SELECT id FROM many) p WHERE d.id = p.id AND d.status = 'dead' RETURNING d.id, d.subscription_id
), untried AS (
  DELETE FROM delivery_tries t USING gone g WHERE t.delivery_id = g.id
), told AS MATERIALIZED (
  SELECT s.id, s.namespace_id, s.target, count(*) AS n, row_number() OVER (ORDER BY s.id) AS place
  FROM gone g JOIN subscriptions s ON s.id = g.subscription_id GROUP BY s.id
), block AS MATERIALIZED (
  SELECT nextval('journal_block') AS first_id WHERE EXISTS (SELECT FROM told)
), noted AS (
  INSERT INTO journal (id, namespace_id, actor, action, detail)
  SELECT b.first_id + t.place - 1, t.namespace_id, 'subscription:' || t.id, 'remove_dead_letters',
         jsonb_build_object('subscription_id', t.id, 'target', t.target, 'count', t.n) FROM told t CROSS JOIN block b
), pending AS (
  INSERT INTO journal_pending (first_id, n) SELECT b.first_id, (SELECT count(*) FROM told) FROM block b
)
SELECT count(*) AS removed FROM gone
