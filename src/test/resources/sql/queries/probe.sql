-- What the tests of connections ask of them.

-- name: probe.setting
SELECT current_setting($1) AS value

-- name: probe.pid
SELECT pg_backend_pid() AS pid, inet_client_port() AS client_port

-- name: probe.sleep
SELECT pg_sleep($1::float8)

-- name: probe.lock
SELECT pg_advisory_xact_lock($1)

-- name: probe.tls
SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()
