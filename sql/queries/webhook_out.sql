-- Endpoints of outgoing webhooks: one row for each subscription of that target.

-- name: webhook_out.open
-- $1 subscription, $2 URL, $3 format, $4 seconds to wait for an answer, $5 requests a second (null = not limited), $6 names of headers,
-- $7 headers (null = none), $8 secret, $9 secret of ai-memory's signature (null = none); the last three closed.
INSERT INTO webhook_endpoints (subscription_id, url, format, timeout_seconds, rate_per_second, header_names, headers, secret, text_secret)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)

-- name: webhook_out.change
-- $1 subscription, $2 URL, $3 seconds to wait for an answer, $4 requests a second (0 = not limited), $5 names of headers and $6 headers, closed.
-- What is null stays; the headers when their names are null.
UPDATE webhook_endpoints SET timeout_seconds = coalesce($3::int, timeout_seconds),
  rate_per_second = CASE WHEN $4::int IS NULL THEN rate_per_second ELSE nullif($4::int, 0) END,
  header_names = coalesce($5::text[], header_names), headers = CASE WHEN $5::text[] IS NULL THEN headers ELSE $6::bytea END,
  failures = CASE WHEN $2::text <> url THEN 0 ELSE failures END, failing_since = CASE WHEN $2::text <> url THEN NULL ELSE failing_since END,
  hold_until = CASE WHEN $2::text <> url THEN NULL ELSE hold_until END, url = coalesce($2::text, url)
WHERE subscription_id = $1

-- name: webhook_out.get
-- What a request needs. No row: the subscription sends no webhooks, or is gone. hold_ms is null or not positive when it may be called.
SELECT e.url, e.format, e.timeout_seconds, e.headers, e.secret,
       CASE WHEN e.old_secret_until > now() THEN e.old_secret END AS old_secret, e.text_secret,
       (extract(epoch FROM e.hold_until - now()) * 1000)::bigint AS hold_ms, e.last_error
FROM webhook_endpoints e WHERE e.subscription_id = $1

-- name: webhook_out.succeeded
-- Ends a row of failures of endpoint $1, but not a pause that it asked for meanwhile: what succeeds during one began before. Written once a
-- minute while all is well, so that many deliveries do not queue for the row.
UPDATE webhook_endpoints SET failures = 0, failing_since = NULL, hold_until = CASE WHEN hold_until > now() THEN hold_until END, last_succeeded_at = now()
WHERE subscription_id = $1
  AND (failures > 0 OR hold_until <= now() OR last_succeeded_at IS NULL OR last_succeeded_at < now() - interval '1 minute')

-- name: webhook_out.failed
-- Counts a failure of endpoint $1 with error $2. It is left alone for $3 seconds (0 = not at all), and for $4 once $5 came in a row. The
-- row of failures counts from the $6th on; over says whether it has lasted for $7 seconds. A day of silence ends it. No row: it is gone.
WITH counted AS (
  SELECT subscription_id, CASE WHEN last_failed_at > now() - interval '24 hours' THEN failures ELSE 0 END + 1 AS failures,
         CASE WHEN last_failed_at > now() - interval '24 hours' THEN failing_since END AS failing_since
  FROM webhook_endpoints WHERE subscription_id = $1 FOR UPDATE
)
UPDATE webhook_endpoints e SET failures = c.failures, last_failed_at = now(), last_error = $2,
  failing_since = coalesce(c.failing_since, CASE WHEN c.failures >= $6::int THEN now() END),
  hold_until = nullif(greatest(e.hold_until, now() + make_interval(secs => CASE WHEN c.failures >= $5::int THEN greatest($3::float8, $4::float8)
                                                                           ELSE $3::float8 END)), now())
FROM counted c WHERE e.subscription_id = c.subscription_id
RETURNING e.failures, e.failing_since, coalesce(e.failing_since <= now() - make_interval(secs => $7::float8), false) AS over

-- name: webhook_out.resumed
-- Past failures of endpoint $1 count no more.
UPDATE webhook_endpoints SET failures = 0, failing_since = NULL, hold_until = NULL WHERE subscription_id = $1

-- name: webhook_out.rotate
-- Gives endpoint $1 the secret $2, closed; the one before signs too for another $3 seconds (0 = not at all). No row: there is none.
UPDATE webhook_endpoints SET secret = $2, rotated_at = now(), old_secret = CASE WHEN $3::int > 0 THEN secret END,
  old_secret_until = CASE WHEN $3::int > 0 THEN now() + make_interval(secs => $3::int) END
WHERE subscription_id = $1 RETURNING old_secret_until

-- name: webhook_out.take_ping
-- Begins a ping of endpoint $1. No row: the last one began less than $2 seconds ago, or there is no such endpoint.
UPDATE webhook_endpoints SET pinged_at = now()
WHERE subscription_id = $1 AND (pinged_at IS NULL OR pinged_at <= now() - make_interval(secs => $2::int)) RETURNING subscription_id

-- name: webhook_out.describe
-- What its owner may know of endpoint $1. No row: there is none.
SELECT url, format, timeout_seconds, rate_per_second, header_names, text_secret IS NOT NULL AS has_text_secret, rotated_at,
       CASE WHEN old_secret_until > now() THEN old_secret_until END AS old_secret_until, failures, failing_since, last_failed_at, last_error,
       last_succeeded_at, CASE WHEN hold_until > now() THEN hold_until END AS hold_until, created_at
FROM webhook_endpoints WHERE subscription_id = $1

-- name: webhook_out.close
DELETE FROM webhook_endpoints WHERE subscription_id = $1

-- name: webhook_out.owner
-- Whose endpoint $1 is. No row: there is no such subscription, or it sends no webhooks.
SELECT n.path AS home, s.namespace_id, s.owner, s.owner_agent_no FROM subscriptions s
JOIN namespaces n ON n.id = s.namespace_id JOIN webhook_endpoints e ON e.subscription_id = s.id WHERE s.id = $1

-- name: webhook_out.journal
-- $1 namespace, $2 actor, $3 action, $4 detail.
WITH noted AS (
  INSERT INTO journal (id, namespace_id, actor, action, detail)
  VALUES (nextval('journal_block'), $1, $2, $3, $4::text::jsonb) RETURNING id
)
INSERT INTO journal_pending (first_id, n) SELECT id, 1 FROM noted RETURNING first_id
