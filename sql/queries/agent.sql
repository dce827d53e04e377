-- Namespaces, agents, their presence and all tokens. Nothing here is on the hot path: look-ups are kept in memory for a second or two.
--
-- A statement of a change is joined by agent.journal in the same transaction, or writes its journal row itself.

-- name: agent.namespace_id
SELECT id FROM namespaces WHERE path = $1

-- name: agent.namespace_path
SELECT path FROM namespaces WHERE id = $1

-- name: agent.make_namespace
-- Makes a namespace and says so in the journal. $1 path, $2 by whom. No row: it was there, or another call has just made it.
WITH made AS (
  INSERT INTO namespaces (path, created_by) VALUES ($1, $2) ON CONFLICT (path) DO NOTHING RETURNING id
), noted AS (
  INSERT INTO journal (id, namespace_id, actor, action)
  SELECT nextval('journal_block'), id, $2, 'create_namespace' FROM made RETURNING id
), pending AS (
  INSERT INTO journal_pending (first_id, n) SELECT id, 1 FROM noted
)
SELECT id FROM made

-- name: agent.journal
-- One row of the journal for a change by other statements of the same transaction. $1 namespace, $2 actor, $3 action, $4 detail.
WITH noted AS (
  INSERT INTO journal (id, namespace_id, actor, action, detail)
  VALUES (nextval('journal_block'), $1, $2, $3, $4::text::jsonb) RETURNING id
)
INSERT INTO journal_pending (first_id, n) SELECT id, 1 FROM noted RETURNING first_id

-- name: agent.ref_by_no
SELECT a.agent_no, a.id, n.path AS namespace, a.name, a.concurrency, a.tags, a.capabilities, a.desired, a.paused, a.channel
FROM agents a JOIN namespaces n ON n.id = a.namespace_id WHERE a.agent_no = $1

-- name: agent.ref_by_id
SELECT a.agent_no, a.id, n.path AS namespace, a.name, a.concurrency, a.tags, a.capabilities, a.desired, a.paused, a.channel
FROM agents a JOIN namespaces n ON n.id = a.namespace_id WHERE a.id = $1

-- name: agent.ref_by_name
-- The agent of name $2 in the longest of the paths $1, which are one path and those above it.
SELECT a.agent_no, a.id, n.path AS namespace, a.name, a.concurrency, a.tags, a.capabilities, a.desired, a.paused, a.channel
FROM namespaces n JOIN agents a ON a.namespace_id = n.id
WHERE n.path = ANY ($1::text[]) AND a.name = $2 ORDER BY length(n.path) DESC LIMIT 1

-- name: agent.of_channel
-- Agents that may work and get it through channel $1, at most $2 of them.
SELECT a.agent_no, a.id, n.path AS namespace, a.name, a.concurrency, a.tags, a.capabilities, a.desired, a.paused, a.channel
FROM agents a JOIN namespaces n ON n.id = a.namespace_id
WHERE a.channel = $1 AND a.channel <> 'pull' AND a.desired = 'active' AND NOT a.paused ORDER BY a.agent_no LIMIT $2

-- name: agent.insert
-- Makes an agent. No row: the name is taken in that namespace. $1 id, $2 namespace, $3 name, $4 concurrency (null = not limited),
-- $5 channel, $6 tags, $7 capabilities, $8 host name, $9 host uid, $10 platform, $11 version, $12 metadata, $13 by whom.
INSERT INTO agents (id, namespace_id, name, concurrency, channel, tags, capabilities, hostname, host_uid, platform, version, metadata,
                    created_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::text::jsonb, $13)
ON CONFLICT (namespace_id, name) DO NOTHING RETURNING agent_no

-- name: agent.lock
-- Holds an agent's row as a claim for it does, so that the two see each other's result. $1 namespace, $2 name.
SELECT agent_no FROM agents WHERE namespace_id = $1 AND name = $2 FOR NO KEY UPDATE

-- name: agent.lock_no
SELECT agent_no FROM agents WHERE agent_no = $1 FOR NO KEY UPDATE

-- name: agent.update
-- Changes what is given; null leaves it. $1 agent, $2 concurrency (0 = not limited), $3 channel, $4 tags, $5 capabilities, $6 host name,
-- $7 host uid, $8 platform, $9 version, $10 metadata, $11 desired.
UPDATE agents SET
  concurrency = CASE WHEN $2::int IS NULL THEN concurrency ELSE nullif($2::int, 0) END,
  channel = coalesce($3, channel), tags = coalesce($4, tags), capabilities = coalesce($5, capabilities),
  hostname = coalesce($6, hostname), host_uid = coalesce($7, host_uid), platform = coalesce($8, platform),
  version = coalesce($9, version), metadata = coalesce($10::text::jsonb, metadata), desired = coalesce($11, desired)
WHERE agent_no = $1

-- name: agent.limit_leases
-- Makes the leases of an agent that was not limited count against its limit.
UPDATE job_leases SET limited = true WHERE agent_no = $1 AND NOT limited

-- name: agent.get
-- One agent with its status. $1 agent, $2 how many seconds ago this node heard of it (null = not since the last flush).
SELECT a.agent_no, a.id, n.path AS namespace, a.name, a.concurrency, a.channel, a.tags, a.capabilities, a.hostname, a.host_uid, a.platform,
       a.version, a.metadata::text AS metadata, a.desired, a.paused, a.created_at, a.updated_at, s.at AS last_heartbeat_at,
       CASE WHEN a.desired <> 'active' THEN a.desired WHEN s.at >= now() - interval '90 seconds' THEN 'online' ELSE 'offline' END AS status
FROM agents a JOIN namespaces n ON n.id = a.namespace_id LEFT JOIN agent_presence p ON p.agent_no = a.agent_no
CROSS JOIN LATERAL (SELECT greatest(p.last_heartbeat_at, now() - make_interval(secs => $2::float8)) AS at) s
WHERE a.agent_no = $1

-- name: agent.list
-- Agents by namespace and name. $1 namespaces as a regular expression (null = any), $2 walls (empty = none), $3 status, $4 tag,
-- $5 capability, $6 start of the name, $7 and $8 namespace and name to go on after, $9 most rows, $10 and $11 agents that this node heard of
-- since the last flush and how many seconds ago.
SELECT a.agent_no, a.id, n.path AS namespace, a.name, a.concurrency, a.channel, a.tags, a.capabilities, a.hostname, a.host_uid, a.platform,
       a.version, a.metadata::text AS metadata, a.desired, a.paused, a.created_at, a.updated_at, s.at AS last_heartbeat_at, s.status
FROM agents a JOIN namespaces n ON n.id = a.namespace_id LEFT JOIN agent_presence p ON p.agent_no = a.agent_no
LEFT JOIN unnest($10::int[], $11::float8[]) AS fresh(agent_no, age) ON fresh.agent_no = a.agent_no
CROSS JOIN LATERAL (SELECT greatest(p.last_heartbeat_at, now() - make_interval(secs => fresh.age)) AS at) heard
CROSS JOIN LATERAL (SELECT heard.at, CASE WHEN a.desired <> 'active' THEN a.desired WHEN heard.at >= now() - interval '90 seconds'
                           THEN 'online' ELSE 'offline' END AS status) s
WHERE ($1::text IS NULL OR n.path ~ $1)
  AND (cardinality($2::text[]) = 0 OR EXISTS (SELECT FROM unnest($2::text[]) wall WHERE n.path = wall OR starts_with(n.path, wall || '/')))
  AND ($3::text IS NULL OR s.status = $3) AND ($4::text IS NULL OR $4 = ANY (a.tags))
  AND ($5::text IS NULL OR $5 = ANY (a.capabilities)) AND ($6::text IS NULL OR starts_with(a.name, $6))
  AND ($7::text IS NULL OR (n.path, a.name COLLATE "C") > ($7, $8::text))
ORDER BY n.path, a.name COLLATE "C" LIMIT $9

-- name: agent.write_presence
-- $1 agents in rising order, so that two nodes never wait for each other in a ring, $2 how many seconds ago each was heard of, $3 this node.
INSERT INTO agent_presence (agent_no, last_heartbeat_at, node_id)
SELECT t.agent_no, now() - make_interval(secs => t.age), $3
FROM unnest($1::int[], $2::float8[]) AS t(agent_no, age)
WHERE EXISTS (SELECT FROM agents a WHERE a.agent_no = t.agent_no) ORDER BY t.agent_no
ON CONFLICT (agent_no) DO UPDATE SET last_heartbeat_at = greatest(agent_presence.last_heartbeat_at, excluded.last_heartbeat_at),
                                     node_id = excluded.node_id

-- name: agent.write_token_use
-- Notes that tokens were used, to the minute: a busy token's row is not written every few seconds.
UPDATE tokens SET last_used_at = now() WHERE id IN (
  SELECT id FROM tokens WHERE id = ANY ($1::uuid[]) AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
  ORDER BY id FOR NO KEY UPDATE SKIP LOCKED)

-- name: agent.token_by_digest
-- Who a valid token is. A join token is nobody.
SELECT id, kind, name, agent_no, namespaces, rights, extract(epoch FROM expires_at - now())::float8 AS expires_in FROM tokens
WHERE digest = $1 AND kind <> 'join' AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())

-- name: agent.lock_join_token
-- A join token that may still register an agent. The second of two callers waits here, then gets no row.
SELECT id, namespaces, settings::text AS settings, created_by FROM tokens
WHERE digest = $1 AND kind = 'join' AND used_at IS NULL AND revoked_at IS NULL AND expires_at > now() FOR UPDATE

-- name: agent.use_join_token
UPDATE tokens SET used_at = now() WHERE id = $1

-- name: agent.insert_token
-- $1 id, $2 digest, $3 kind, $4 name, $5 agent, $6 namespaces, $7 rights, $8 settings, $9 by whom, $10 expires at, $11 expires in seconds;
-- with neither of the last two it does not expire.
INSERT INTO tokens (id, digest, kind, name, agent_no, namespaces, rights, settings, created_by, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8::text::jsonb, $9, coalesce($10, now() + make_interval(secs => $11::int)))
RETURNING created_at, expires_at

-- name: agent.live_agent_tokens
-- The tokens of an agent that still open something.
SELECT id FROM tokens WHERE agent_no = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())

-- name: agent.newest_terms
-- What the newest token of an agent, valid or not, says the agent may be.
SELECT settings::text AS settings FROM tokens WHERE agent_no = $1 ORDER BY id DESC LIMIT 1

-- name: agent.retire_agent_tokens
-- Lets the tokens of agent $1 live on for at most $2 seconds; 0 revokes them now. Returns those it shortened.
UPDATE tokens SET revoked_at = CASE WHEN $2::int = 0 THEN now() END,
                  expires_at = least(expires_at, now() + make_interval(secs => $2::int))
WHERE agent_no = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()) RETURNING id

-- name: agent.lock_token_names
-- One maker of named tokens at a time, so that no two live ones bear one name.
SELECT pg_advisory_xact_lock(hashtext('agentbus.token_names'))

-- name: agent.token_named
-- Whether name $1 is another's for a token with walls $2: a valid one bears it, or one with other walls once did. What a token leaves behind,
-- such as its subscriptions, is known by the name alone; so no name ever goes from one set of walls to another.
SELECT id, revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()) AS live FROM tokens
WHERE name = $1 AND kind IN ('operator', 'service')
  AND (revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()) OR NOT (namespaces @> $2::text[] AND namespaces <@ $2::text[]))
ORDER BY live DESC LIMIT 1

-- name: agent.list_tokens
-- Newest first. $1 walls (empty = none): a token is seen when all its namespaces are; $2 kind, $3 whether ended ones are listed too, $4 id
-- to go on after, $5 most rows.
SELECT t.id, t.kind, t.name, t.namespaces, t.rights, t.created_at, t.created_by, t.expires_at, t.revoked_at, t.used_at, t.last_used_at,
       CASE WHEN t.revoked_at IS NOT NULL THEN 'revoked' WHEN t.used_at IS NOT NULL THEN 'used' WHEN t.expires_at <= now() THEN 'expired'
            ELSE 'live' END AS status
FROM tokens t
WHERE (cardinality($1::text[]) = 0 OR (cardinality(t.namespaces) > 0 AND NOT EXISTS (
    SELECT FROM unnest(t.namespaces) own WHERE NOT EXISTS (
      SELECT FROM unnest($1::text[]) wall WHERE own = wall OR starts_with(own, wall || '/')))))
  AND ($2::text IS NULL OR t.kind = $2)
  AND ($3::boolean OR (t.revoked_at IS NULL AND t.used_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > now())))
  AND ($4::uuid IS NULL OR t.id < $4)
ORDER BY t.id DESC LIMIT $5

-- name: agent.get_token
SELECT t.id, t.kind, t.name, t.namespaces, t.rights, t.created_at, t.created_by, t.expires_at, t.revoked_at, t.used_at, t.last_used_at,
       CASE WHEN t.revoked_at IS NOT NULL THEN 'revoked' WHEN t.used_at IS NOT NULL THEN 'used' WHEN t.expires_at <= now() THEN 'expired'
            ELSE 'live' END AS status
FROM tokens t WHERE t.id = $1

-- name: agent.revoke_token
-- No row: it was revoked before.
UPDATE tokens SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL RETURNING id

-- name: agent.keep_operator_token
-- Puts in the operator token of a home. $1 id, $2 digest, $3 name, $4 rights, $5 by whom. No row: it was there.
INSERT INTO tokens (id, digest, kind, name, namespaces, rights, created_by)
VALUES ($1, $2, 'operator', $3, '{}', $4, $5) ON CONFLICT (digest) DO NOTHING RETURNING id

-- name: agent.revoke_digest
UPDATE tokens SET revoked_at = now() WHERE digest = $1 AND revoked_at IS NULL RETURNING id

-- name: agent.token_by_id
-- Who a valid token is now, for a connection that was opened with it. A join token is nobody.
SELECT id, kind, name, agent_no, namespaces, rights, extract(epoch FROM expires_at - now())::float8 AS expires_in FROM tokens
WHERE id = $1 AND kind <> 'join' AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())

-- name: agent.lock_token
-- Holds a token's row, so that its tickets are counted by one call at a time. No row: it is not valid.
SELECT id FROM tokens WHERE id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()) FOR NO KEY UPDATE

-- name: agent.sweep_tickets
-- Removes some that were never used. Each ticket made removes more than itself, so that they do not gather.
DELETE FROM tickets WHERE digest IN (SELECT digest FROM tickets WHERE expires_at <= now() LIMIT 10 FOR UPDATE SKIP LOCKED) RETURNING digest

-- name: agent.insert_ticket
-- No row: the token has $4 that may still be used. $1 digest, $2 token, $3 seconds to live.
INSERT INTO tickets (digest, token_id, expires_at)
SELECT $1, $2, now() + make_interval(secs => $3::int)
WHERE (SELECT count(*) FROM tickets WHERE token_id = $2 AND expires_at > now()) < $4::int
RETURNING expires_at

-- name: agent.redeem_ticket
-- Uses a ticket up and says who its token is. Of two callers one gets the row.
WITH used AS (DELETE FROM tickets WHERE digest = $1 RETURNING token_id, expires_at)
SELECT t.id, t.kind, t.name, t.agent_no, t.namespaces, t.rights, extract(epoch FROM t.expires_at - now())::float8 AS expires_in
FROM used u JOIN tokens t ON t.id = u.token_id
WHERE u.expires_at > now() AND t.kind <> 'join' AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > now())
