-- Health.

-- name: health.ping
SELECT 1 AS alive
