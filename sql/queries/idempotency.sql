-- Answers kept under the Idempotency-Key of a call, so that repeating the call repeats the answer and not the effect.
-- Parameters $1 to $3 are always principal, operation and the digest of the key.

-- name: idempotency.reserve
-- Takes the key for the transaction; waits while another transaction holds it. No row: the key is in use and stays so.
-- A key kept for longer than a day counts as free, whether or not the sweeper came by.
INSERT INTO idempotency_keys AS kept (principal, operation, key, fingerprint)
VALUES ($1, $2, $3, $4)
ON CONFLICT (principal, operation, key) DO UPDATE
SET fingerprint = excluded.fingerprint,
    response = NULL,
    created_at = now()
WHERE kept.created_at < now() - INTERVAL '24 hours'
RETURNING true AS reserved;

-- name: idempotency.find
SELECT fingerprint, response
FROM idempotency_keys
WHERE principal = $1
  AND operation = $2
  AND key = $3;

-- name: idempotency.keep
-- Puts the answer beside the key, in the transaction of the effect.
UPDATE idempotency_keys
SET response = $4
WHERE principal = $1
  AND operation = $2
  AND key = $3;

-- name: idempotency.expire
-- Removes at most $1 keys that are older than a day; skips those that a call is taking over.
DELETE FROM idempotency_keys
WHERE (principal, operation, key) IN (
  SELECT principal, operation, key
  FROM idempotency_keys
  WHERE created_at < now() - INTERVAL '24 hours'
  ORDER BY created_at
  LIMIT $1
  FOR UPDATE SKIP LOCKED
);
