-- The memory bus. Whoever changes entries of a namespace holds the row of its space first (memory.lock_spaces), so that titles and counts are
-- exact. Nobody waits in a ring, because everybody takes what he holds in one order: all spaces, by number and in one statement; then what
-- waits for approval; then entries; then links. What removes or touches many entries leaves out those that others hold.
-- An entry that has expired is not there, whether it was removed yet or not.

-- name: memory.journal
-- One row of the journal for a change by other statements of the same transaction. $1 namespace, $2 actor, $3 action, $4 detail.
WITH noted AS (
  INSERT INTO journal (id, namespace_id, actor, action, detail)
  VALUES (nextval('journal_block'), $1, $2, $3, $4::text::jsonb) RETURNING id
)
INSERT INTO journal_pending (first_id, n) SELECT id, 1 FROM noted RETURNING first_id

-- name: memory.namespaces_below
-- How many namespaces lie below path $1, counted up to $2.
SELECT count(*) AS n FROM (SELECT FROM namespaces WHERE path > $1 || '/' AND path < $1 || '0' LIMIT $2) below

-- name: memory.make_space
INSERT INTO memory_spaces (namespace_id) VALUES ($1) ON CONFLICT DO NOTHING

-- name: memory.lock_spaces
-- Holds the spaces $1, in the order of their numbers.
SELECT namespace_id, entries, pending FROM memory_spaces WHERE namespace_id = ANY ($1::int[]) ORDER BY namespace_id FOR UPDATE

-- name: memory.count
-- Adds $2 to the entries of space $1.
UPDATE memory_spaces SET entries = entries + $2 WHERE namespace_id = $1

-- name: memory.count_pending
-- Adds $2 to what waits for approval in space $1.
UPDATE memory_spaces SET pending = pending + $2 WHERE namespace_id = $1

-- name: memory.drop_expired
-- Removes entries of space $1 that have expired, at most $2, and none that somebody holds, who may be letting it live longer. Returns how many.
WITH gone AS (
  DELETE FROM memory_entries WHERE id IN (
    SELECT id FROM memory_entries WHERE namespace_id = $1 AND expires_at <= now() ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)
    AND namespace_id = $1 AND expires_at <= now()
  RETURNING id
), counted AS (
  UPDATE memory_spaces SET entries = entries - (SELECT count(*)::int FROM gone) WHERE namespace_id = $1 AND EXISTS (SELECT FROM gone)
)
SELECT count(*)::int AS n FROM gone

-- name: memory.drop_expired_title
-- Removes the entry of title $2 in space $1 when it has expired. No row: it has not, or there is none.
WITH gone AS (
  DELETE FROM memory_entries WHERE namespace_id = $1 AND title = $2 AND expires_at <= now() RETURNING id
), counted AS (
  UPDATE memory_spaces SET entries = entries - 1 WHERE namespace_id = $1 AND EXISTS (SELECT FROM gone)
)
SELECT id FROM gone

-- name: memory.oldest_expired
-- The space in which something has been expired the longest. No row: nothing has expired.
SELECT namespace_id FROM memory_entries WHERE expires_at <= now() ORDER BY expires_at LIMIT 1

-- name: memory.by_title
SELECT id FROM memory_entries WHERE namespace_id = $1 AND title = $2 AND (expires_at IS NULL OR expires_at > now())

-- name: memory.titles_taken
-- Those of the titles $2 that stand in space $1.
SELECT title FROM memory_entries WHERE namespace_id = $1 AND title = ANY ($2::text[])

-- name: memory.insert
-- $1 id, $2 namespace, $3 title, $4 content, $5 tier, $6 tags, $7 priority, $8 confidence, $9 source, $10 name of who stores, $11 the same for
-- the journal, $12 scope, $13 metadata, $14 lifetime in seconds (null = none), $15 end of its life (goes before $14; null = none said).
INSERT INTO memory_entries (id, namespace_id, title, content, tier, tags, priority, confidence, source, agent_id, owner, scope, metadata, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::text::jsonb,
        coalesce($15::timestamptz, now() + make_interval(secs => $14::float8)))

-- name: memory.merge
-- Puts new content into an entry. Who stored it first stays; priority, confidence and the end of its life do not fall; a longer tier stays.
-- $1 id, $2 content, $3 tier, $4 tags, $5 priority, $6 confidence, $7 source, $8 scope (null = as it was), $9 metadata, $10 and $11 as $14 and $15
-- of memory.insert.
UPDATE memory_entries m SET
  content = $2, tags = $4, priority = greatest(m.priority, $5::smallint), confidence = greatest(m.confidence, $6::float8), source = $7,
  scope = coalesce($8, m.scope), metadata = $9::text::jsonb, updated_at = greatest(now(), m.updated_at),
  tier = CASE WHEN 'long' IN ($3::text, m.tier) THEN 'long' WHEN 'mid' IN ($3::text, m.tier) THEN 'mid' ELSE m.tier END,
  expires_at = nullif(greatest(coalesce($11::timestamptz, now() + make_interval(secs => $10::float8), 'infinity'),
                               coalesce(m.expires_at, 'infinity')), 'infinity')
WHERE m.id = $1
RETURNING m.tier, m.agent_id

-- name: memory.get
-- One entry, wherever it is: who asks must see its namespace.
SELECT m.id, m.namespace_id, n.path AS namespace, m.tier, m.title, m.content, m.tags, m.priority::int AS priority, m.confidence, m.source,
       m.agent_id, m.owner, m.scope, m.access_count, m.metadata::text AS metadata, m.created_at, m.updated_at, m.last_accessed_at, m.expires_at
FROM memory_entries m JOIN namespaces n ON n.id = m.namespace_id
WHERE m.id = $1 AND (m.expires_at IS NULL OR m.expires_at > now())

-- name: memory.is_over
-- Whether time $1 is over.
SELECT $1::timestamptz <= now() AS over

-- name: memory.ends_sooner
-- Whether entry $1 would end its life sooner than it does. $2 whether its tier becomes another one, $3 that one's lifetime in seconds (null = for
-- good), $4 end of its life (goes before the tier's; null = none said).
SELECT e.ending < coalesce(m.expires_at, 'infinity') AS sooner
FROM memory_entries m CROSS JOIN LATERAL (
  SELECT CASE WHEN $4::timestamptz IS NOT NULL THEN $4 WHEN $2::boolean THEN coalesce(now() + make_interval(secs => $3::float8), 'infinity')
              ELSE coalesce(m.expires_at, 'infinity') END AS ending) e
WHERE m.id = $1

-- name: memory.outlives
-- Whether entry $1 would live longer than it does, and than a tier gives from now, if it ended at $3. $2 the tier's lifetime in seconds (null = for
-- good).
SELECT $3::timestamptz > greatest(coalesce(m.expires_at, 'infinity'), coalesce(now() + make_interval(secs => $2::float8), 'infinity')) AS outlives
FROM memory_entries m WHERE m.id = $1

-- name: memory.lock
-- Holds an entry. No row: it is not there any more, or not in space $2.
SELECT id, owner, tier FROM memory_entries WHERE id = $1 AND namespace_id = $2 AND (expires_at IS NULL OR expires_at > now()) FOR UPDATE

-- name: memory.list
-- Entries by priority and then by age, newest first. $1 walls (empty = none), $2 namespace, $3 and $4 namespace as a regular expression (one of them
-- matches), $5 tier, $6 name of who stored it, $7 tags that it all has, $8 and $9 times between which it was stored, both included, $10 lowest
-- priority, $11 to $15 see memory.search, $16 how many to leave out, $17 most rows, $18 bytes of content and metadata behind which no further
-- entry is answered; page says how many there would be. Null = any.
SELECT * FROM (
  SELECT f.*, count(*) OVER () AS page, octet_length(f.content) + octet_length(f.metadata) AS own,
         sum(octet_length(f.content) + octet_length(f.metadata)) OVER (ORDER BY f.priority DESC, f.updated_at DESC, f.id) AS bytes FROM (
    SELECT m.id, m.namespace_id, n.path AS namespace, m.tier, m.title, m.content, m.tags, m.priority::int AS priority, m.confidence, m.source,
           m.agent_id, m.owner, m.scope, m.access_count, m.metadata::text AS metadata, m.created_at, m.updated_at, m.last_accessed_at, m.expires_at
    FROM memory_entries m JOIN namespaces n ON n.id = m.namespace_id
    WHERE (m.expires_at IS NULL OR m.expires_at > now())
      AND (cardinality($1::text[]) = 0 OR EXISTS (SELECT FROM unnest($1::text[]) w WHERE n.path = w OR starts_with(n.path, w || '/')))
      AND ($2::text IS NULL OR n.path = $2) AND (($3::text IS NULL AND $4::text IS NULL) OR n.path ~ $3 OR n.path ~ $4)
      AND ($5::text IS NULL OR m.tier = $5) AND ($6::text IS NULL OR m.agent_id = $6) AND ($7::text[] IS NULL OR m.tags @> $7)
      AND ($8::timestamptz IS NULL OR m.created_at >= $8) AND ($9::timestamptz IS NULL OR m.created_at <= $9)
      AND ($10::int IS NULL OR m.priority >= $10)
      AND ($11::text IS NULL OR m.scope = 'collective' OR (m.scope = 'private' AND n.path = $11)
        OR (m.scope = 'team' AND (n.path = $12::text OR starts_with(n.path, $12 || '/')))
        OR (m.scope = 'unit' AND (n.path = $13::text OR starts_with(n.path, $13 || '/')))
        OR (m.scope = 'org' AND (n.path = $14::text OR starts_with(n.path, $14 || '/'))))
      AND $15::text IS NULL
    ORDER BY m.priority DESC, m.updated_at DESC, m.id OFFSET $16 LIMIT $17
  ) f
) f WHERE bytes - own < $18 ORDER BY f.priority DESC, f.updated_at DESC, f.id

-- name: memory.search
-- The same for entries that hold all words of $15, best first. Scopes are looked at when $11 is a place: private = stored there, team, unit and
-- org = at or below the namespace one ($12), two ($13) and three ($14) above it.
SELECT * FROM (
  SELECT f.*, count(*) OVER () AS page, octet_length(f.content) + octet_length(f.metadata) AS own,
         sum(octet_length(f.content) + octet_length(f.metadata)) OVER (ORDER BY f.ranked DESC, f.updated_at DESC, f.id) AS bytes FROM (
    SELECT m.id, m.namespace_id, n.path AS namespace, m.tier, m.title, m.content, m.tags, m.priority::int AS priority, m.confidence, m.source,
           m.agent_id, m.owner, m.scope, m.access_count, m.metadata::text AS metadata, m.created_at, m.updated_at, m.last_accessed_at, m.expires_at,
           ts_rank(m.words, q) * 4 + m.priority * 0.05 + m.confidence * 0.2 AS ranked
    FROM memory_entries m JOIN namespaces n ON n.id = m.namespace_id, plainto_tsquery('pg_catalog.simple', $15) q
    WHERE m.words @@ q AND (m.expires_at IS NULL OR m.expires_at > now())
      AND (cardinality($1::text[]) = 0 OR EXISTS (SELECT FROM unnest($1::text[]) w WHERE n.path = w OR starts_with(n.path, w || '/')))
      AND ($2::text IS NULL OR n.path = $2) AND (($3::text IS NULL AND $4::text IS NULL) OR n.path ~ $3 OR n.path ~ $4)
      AND ($5::text IS NULL OR m.tier = $5) AND ($6::text IS NULL OR m.agent_id = $6) AND ($7::text[] IS NULL OR m.tags @> $7)
      AND ($8::timestamptz IS NULL OR m.created_at >= $8) AND ($9::timestamptz IS NULL OR m.created_at <= $9)
      AND ($10::int IS NULL OR m.priority >= $10)
      AND ($11::text IS NULL OR m.scope = 'collective' OR (m.scope = 'private' AND n.path = $11)
        OR (m.scope = 'team' AND (n.path = $12::text OR starts_with(n.path, $12 || '/')))
        OR (m.scope = 'unit' AND (n.path = $13::text OR starts_with(n.path, $13 || '/')))
        OR (m.scope = 'org' AND (n.path = $14::text OR starts_with(n.path, $14 || '/'))))
    ORDER BY ranked DESC, m.updated_at DESC, m.id OFFSET $16 LIMIT $17
  ) f
) f WHERE bytes - own < $18 ORDER BY f.ranked DESC, f.updated_at DESC, f.id

-- name: memory.recall
-- Entries that hold any word of $9, best first: words first, then priority, how often they were recalled, confidence, tier and age; words of
-- $10 only add to the score. $1 to $4 as in memory.list, $5 tags, $6 and $7 times, $8 most rows, $11 to $14 place and those above it.
WITH asked AS (
  SELECT replace(plainto_tsquery('pg_catalog.simple', $9)::text, ' & ', ' | ')::tsquery AS q,
         replace(plainto_tsquery('pg_catalog.simple', $10)::text, ' & ', ' | ')::tsquery AS near
)
SELECT m.id, m.namespace_id, n.path AS namespace, m.tier, m.title, m.content, m.tags, m.priority::int AS priority, m.confidence, m.source,
       m.agent_id, m.owner, m.scope, m.access_count, m.metadata::text AS metadata, m.created_at, m.updated_at, m.last_accessed_at, m.expires_at,
       s.score, count(*) OVER () AS found
FROM asked, memory_entries m JOIN namespaces n ON n.id = m.namespace_id
CROSS JOIN LATERAL (
  SELECT ts_rank(m.words, asked.q) * 4 + ts_rank(m.words, asked.near) + m.priority * 0.05 + least(m.access_count, 50) * 0.01 + m.confidence * 0.2
       + CASE m.tier WHEN 'long' THEN 0.3 WHEN 'mid' THEN 0.1 ELSE 0 END
       + 0.1 / (1 + greatest(extract(epoch FROM now() - m.updated_at), 0) / 864000.0) AS score) s
WHERE m.words @@ asked.q AND (m.expires_at IS NULL OR m.expires_at > now())
  AND (cardinality($1::text[]) = 0 OR EXISTS (SELECT FROM unnest($1::text[]) w WHERE n.path = w OR starts_with(n.path, w || '/')))
  AND ($2::text IS NULL OR n.path = $2) AND (($3::text IS NULL AND $4::text IS NULL) OR n.path ~ $3 OR n.path ~ $4)
  AND ($5::text[] IS NULL OR m.tags @> $5)
  AND ($6::timestamptz IS NULL OR m.created_at >= $6) AND ($7::timestamptz IS NULL OR m.created_at <= $7)
  AND ($11::text IS NULL OR m.scope = 'collective' OR (m.scope = 'private' AND n.path = $11)
    OR (m.scope = 'team' AND (n.path = $12::text OR starts_with(n.path, $12 || '/')))
    OR (m.scope = 'unit' AND (n.path = $13::text OR starts_with(n.path, $13 || '/')))
    OR (m.scope = 'org' AND (n.path = $14::text OR starts_with(n.path, $14 || '/'))))
ORDER BY s.score DESC, m.updated_at DESC, m.id LIMIT $8

-- name: memory.touch
-- Counts an access of the entries $1: a short one lives an hour longer, a mid one a day, and access $3 makes one long in the namespaces $2, where
-- anybody may promote. Elsewhere that and every further access lets it live no longer than its tier gives from now: $4 seconds a short one, $5 a mid
-- one. Entries that somebody is changing are left out: nobody waits for this.
UPDATE memory_entries m SET
  access_count = least(m.access_count + 1, 1000000), last_accessed_at = now(),
  tier = CASE WHEN m.access_count + 1 >= $3 AND m.namespace_id = ANY ($2::int[]) THEN 'long' ELSE m.tier END,
  expires_at = CASE WHEN m.tier = 'long' OR m.expires_at IS NULL THEN m.expires_at
                    WHEN m.access_count + 1 < $3 THEN m.expires_at + t.more
                    WHEN m.namespace_id = ANY ($2::int[]) THEN NULL
                    ELSE greatest(m.expires_at, least(m.expires_at + t.more, now() + t.life)) END
FROM (SELECT id, CASE tier WHEN 'short' THEN interval '1 hour' ELSE interval '1 day' END AS more,
             make_interval(secs => CASE tier WHEN 'short' THEN $4::float8 ELSE $5::float8 END) AS life
      FROM memory_entries WHERE id = ANY ($1::uuid[]) AND (expires_at IS NULL OR expires_at > now()) ORDER BY id FOR UPDATE SKIP LOCKED) t
WHERE m.id = t.id

-- name: memory.update
-- Changes what is given; null leaves it. $1 id, $2 title, $3 content, $4 tier, $5 namespace, $6 tags, $7 priority, $8 confidence, $9 metadata,
-- $10 whether the tier is another one now, $11 its lifetime in seconds, $12 end of its life (goes before the tier's).
UPDATE memory_entries m SET
  title = coalesce($2, m.title), content = coalesce($3, m.content), tier = coalesce($4, m.tier), namespace_id = coalesce($5, m.namespace_id),
  tags = coalesce($6::text[], m.tags), priority = coalesce($7::smallint, m.priority), confidence = coalesce($8::float8, m.confidence),
  metadata = coalesce($9::text::jsonb, m.metadata), updated_at = greatest(now(), m.updated_at),
  expires_at = CASE WHEN $12::timestamptz IS NOT NULL THEN $12 WHEN $10::boolean THEN now() + make_interval(secs => $11::float8)
                    ELSE m.expires_at END
WHERE m.id = $1

-- name: memory.delete
DELETE FROM memory_entries WHERE id = $1

-- name: memory.make_long
-- Ends the lifetime of entry $1.
UPDATE memory_entries SET tier = 'long', expires_at = NULL, updated_at = greatest(now(), updated_at) WHERE id = $1

-- name: memory.hold_source
-- Holds an entry against removal and against links from it that others make. No row: it is not there.
SELECT id FROM memory_entries WHERE id = $1 AND (expires_at IS NULL OR expires_at > now()) FOR NO KEY UPDATE

-- name: memory.hold_target
-- Holds an entry against removal. No row: it is not there.
SELECT id FROM memory_entries WHERE id = $1 AND (expires_at IS NULL OR expires_at > now()) FOR KEY SHARE

-- name: memory.link
-- Links two entries, both of which are held, unless they are linked so for a part of that time. $1 source, $2 target, $3 relation, $4 name of
-- who says so, $5 valid from (null = now), $6 valid until, $7 most links of one source. Answers whether it does not end before it begins,
-- whether there is room, and whether the link is new. One that ended when it began says nothing and makes way.
WITH said AS (
  SELECT coalesce($5::timestamptz, now()) AS since, coalesce($6::timestamptz, 'infinity') AS ending
), seen AS (
  SELECT since, since <= ending AS ordered,
         (SELECT count(*) FROM (SELECT FROM memory_links WHERE source_id = $1 LIMIT $7) l) < $7 AS room,
         EXISTS (SELECT FROM memory_links l WHERE l.source_id = $1 AND l.target_id = $2 AND l.relation = $3
                   AND l.valid_from < ending AND coalesce(l.valid_until, 'infinity') > since) AS known
  FROM said
), made AS (
  INSERT INTO memory_links AS l (source_id, target_id, relation, observed_by, valid_from, valid_until)
  SELECT $1, $2, $3, $4, since, $6::timestamptz FROM seen WHERE ordered AND room AND NOT known
  ON CONFLICT (source_id, target_id, relation, valid_from) DO UPDATE SET valid_until = excluded.valid_until, observed_by = excluded.observed_by,
    created_at = excluded.created_at WHERE l.valid_until <= l.valid_from
  RETURNING source_id
)
SELECT ordered, room, EXISTS (SELECT FROM made) AS made FROM seen

-- name: memory.links_of
-- Links from and to entry $1 whose other end the caller sees. $2 walls (empty = none), $3 most rows.
SELECT l.source_id, l.target_id, l.relation, l.created_at
FROM memory_links l
JOIN memory_entries o ON o.id = CASE WHEN l.source_id = $1 THEN l.target_id ELSE l.source_id END
JOIN namespaces n ON n.id = o.namespace_id
WHERE (l.source_id = $1 OR l.target_id = $1) AND (o.expires_at IS NULL OR o.expires_at > now())
  AND (cardinality($2::text[]) = 0 OR EXISTS (SELECT FROM unnest($2::text[]) w WHERE n.path = w OR starts_with(n.path, w || '/')))
ORDER BY l.created_at, l.target_id LIMIT $3

-- name: memory.timeline
-- Links from entry $1 in the order in which they began to be valid. $2 walls (empty = none), $3 and $4 times between which they began, both
-- included (null = any), $5 most rows.
SELECT l.target_id, l.relation, l.valid_from, l.valid_until, l.observed_by, m.title, n.path AS target_namespace
FROM memory_links l JOIN memory_entries m ON m.id = l.target_id JOIN namespaces n ON n.id = m.namespace_id
WHERE l.source_id = $1 AND (m.expires_at IS NULL OR m.expires_at > now())
  AND (cardinality($2::text[]) = 0 OR EXISTS (SELECT FROM unnest($2::text[]) w WHERE n.path = w OR starts_with(n.path, w || '/')))
  AND ($3::timestamptz IS NULL OR l.valid_from >= $3) AND ($4::timestamptz IS NULL OR l.valid_from <= $4)
ORDER BY l.valid_from, l.created_at, l.target_id, l.relation LIMIT $5

-- name: memory.walk
-- What can be reached from entry $1 over links, each end once, nearest first. $2 walls (empty = none), $3 most steps, $4 time at which a link must
-- be valid (null = any), $5 names of who may have said so (null = anybody), $6 most rows. It looks at no more than 20 times as many links.
WITH RECURSIVE reached (id, relation, valid_from, valid_until, observed_by, depth, path) AS (
  SELECT e.id, NULL::text, NULL::timestamptz, NULL::timestamptz, NULL::text, 0, ARRAY[e.id] FROM memory_entries e WHERE e.id = $1
  UNION ALL
  SELECT m.id, l.relation, l.valid_from, l.valid_until, l.observed_by, r.depth + 1, r.path || m.id
  FROM reached r JOIN memory_links l ON l.source_id = r.id JOIN memory_entries m ON m.id = l.target_id JOIN namespaces n ON n.id = m.namespace_id
  WHERE r.depth < $3::int AND NOT m.id = ANY (r.path) AND (m.expires_at IS NULL OR m.expires_at > now())
    AND (cardinality($2::text[]) = 0 OR EXISTS (SELECT FROM unnest($2::text[]) w WHERE n.path = w OR starts_with(n.path, w || '/')))
    AND ($4::timestamptz IS NULL OR (l.valid_from <= $4 AND (l.valid_until IS NULL OR l.valid_until > $4)))
    AND ($5::text[] IS NULL OR l.observed_by = ANY ($5))
), looked AS (
  SELECT * FROM reached LIMIT $6::int * 20
), nearest AS (
  SELECT DISTINCT ON (id) * FROM looked WHERE depth > 0 ORDER BY id, depth, valid_from
)
SELECT w.id AS target_id, w.relation, w.valid_from, w.valid_until, w.observed_by, w.depth, array_to_string(w.path, '->') AS path, m.title,
       n.path AS target_namespace
FROM nearest w JOIN memory_entries m ON m.id = w.id JOIN namespaces n ON n.id = m.namespace_id
ORDER BY w.depth, w.valid_from, w.id LIMIT $6

-- name: memory.invalidate
-- Ends the validity of a link, of the time that began last by then; where no time is said and none has begun, of the one that would begin first.
-- $1 source, $2 target, $3 relation, $4 time (null = now; then what has ended before stays). No row: nothing had begun by then.
WITH before AS (
  SELECT valid_from, valid_until FROM memory_links
  WHERE source_id = $1 AND target_id = $2 AND relation = $3 AND ($4::timestamptz IS NULL OR valid_from <= $4)
  ORDER BY valid_from > coalesce($4, now()), CASE WHEN valid_from <= coalesce($4, now()) THEN valid_from END DESC, valid_from LIMIT 1 FOR UPDATE
)
UPDATE memory_links l
SET valid_until = CASE WHEN $4::timestamptz IS NULL THEN least(greatest(now(), l.valid_from), l.valid_until) ELSE $4 END
FROM before
WHERE l.source_id = $1 AND l.target_id = $2 AND l.relation = $3 AND l.valid_from = before.valid_from
RETURNING l.valid_until, before.valid_until AS previous_valid_until, l.valid_until IS DISTINCT FROM before.valid_until AS changed

-- name: memory.link_begins
-- When the first of the links from $1 to $2 of relation $3 begins. No row: there is none.
SELECT valid_from FROM memory_links WHERE source_id = $1 AND target_id = $2 AND relation = $3 ORDER BY valid_from LIMIT 1

-- name: memory.standards
-- The standards of paths $1, longest path first.
SELECT n.path, s.standard_id, p.path AS parent, s.governance::text AS governance, s.set_by
FROM memory_spaces s JOIN namespaces n ON n.id = s.namespace_id LEFT JOIN namespaces p ON p.id = s.parent_id
WHERE n.path = ANY ($1::text[]) AND s.standard_id IS NOT NULL ORDER BY length(n.path) DESC

-- name: memory.set_standard
-- $1 namespace, $2 entry, $3 parent (null = none), $4 governance (null = as it was), $5 by whom.
UPDATE memory_spaces SET standard_id = $2, parent_id = $3, governance = coalesce($4::text::jsonb, governance), set_by = $5, set_at = now()
WHERE namespace_id = $1

-- name: memory.queue
-- Keeps an action until it is approved. $1 id, $2 namespace, $3 second namespace (null = none), $4 what, $5 entry, $6 its namespace, $7 input,
-- $8 name of who asks, $9 the same for the journal, $10 whether he may operate.
INSERT INTO memory_pending (id, namespace_id, also_id, action_type, memory_id, stood_in, payload, requested_by, requester, operated)
VALUES ($1, $2, $3, $4, $5, $6, $7::text::jsonb, $8, $9, $10)

-- name: memory.pending
-- Actions that were queued, newest first. $1 walls (empty = none), $2 status (null = any), $3 most rows, $4 id (null = any), $5 bytes of payload,
-- as $18 of memory.list.
SELECT * FROM (
  SELECT f.*, count(*) OVER () AS page, octet_length(f.payload) AS own,
         sum(octet_length(f.payload)) OVER (ORDER BY f.requested_at DESC, f.id DESC) AS bytes FROM (
    SELECT p.id, p.action_type, p.memory_id, n.path AS namespace, p.namespace_id, p.also_id, p.stood_in, p.payload::text AS payload, p.requested_by,
           p.requester, p.operated, p.requested_at, p.status, p.decided_by, p.decided_at,
           coalesce((SELECT jsonb_agg(jsonb_build_object('agent_id', a.voter, 'namespace', v.path, 'approved_at',
                       to_char(a.approved_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) ORDER BY a.approved_at, a.voter, v.path)
                     FROM memory_approvals a JOIN namespaces v ON v.id = a.namespace_id WHERE a.pending_id = p.id), '[]')::text AS approvals
    FROM memory_pending p JOIN namespaces n ON n.id = p.namespace_id LEFT JOIN namespaces o ON o.id = p.also_id
    WHERE (cardinality($1::text[]) = 0 OR EXISTS (SELECT FROM unnest($1::text[]) w
             WHERE n.path = w OR starts_with(n.path, w || '/') OR o.path = w OR starts_with(o.path, w || '/')))
      AND ($2::text IS NULL OR p.status = $2) AND ($4::uuid IS NULL OR p.id = $4)
    ORDER BY p.requested_at DESC, p.id DESC LIMIT $3
  ) f
) f WHERE bytes - own < $5 ORDER BY f.requested_at DESC, f.id DESC

-- name: memory.lock_pending
-- Holds an action. No row: there is none.
SELECT status, decided_by FROM memory_pending WHERE id = $1 FOR UPDATE

-- name: memory.vote
-- $1 action, $2 namespace, $3 as what, $4 name of who approves, in small letters. A second vote of his changes nothing.
INSERT INTO memory_approvals (pending_id, namespace_id, seat, voter) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING

-- name: memory.votes
-- How many have approved action $1 in namespace $2 as $3.
SELECT count(*)::int AS votes FROM memory_approvals WHERE pending_id = $1 AND namespace_id = $2 AND seat = $3

-- name: memory.decide
-- $1 action, $2 status, $3 name of who decides. No row: it was decided before.
UPDATE memory_pending SET status = $2, decided_by = $3, decided_at = now() WHERE id = $1 AND status = 'pending' RETURNING id

-- name: memory.drop_decided
-- Removes decided actions older than $1 seconds, at most $2. Returns how many.
WITH gone AS (
  DELETE FROM memory_pending WHERE id IN (
    SELECT id FROM memory_pending WHERE decided_at < now() - make_interval(secs => $1::float8) ORDER BY decided_at LIMIT $2 FOR UPDATE SKIP LOCKED)
  RETURNING id
)
SELECT count(*)::int AS n FROM gone

-- name: memory.register_agent
-- $1 agent, $2 what it is, $3 what it can do.
INSERT INTO memory_agents (agent_no, agent_type, capabilities) VALUES ($1, $2, $3)
ON CONFLICT (agent_no) DO UPDATE SET agent_type = excluded.agent_type, capabilities = excluded.capabilities

-- name: memory.facts
-- What is true of the memory bus now within walls $1 (empty = none).
SELECT count(*) FILTER (WHERE s.governance IS NOT NULL)::int AS active_rules, coalesce(sum(s.pending), 0)::int AS pending_requests,
       coalesce(sum(s.entries), 0)::int AS entries
FROM memory_spaces s JOIN namespaces n ON n.id = s.namespace_id
WHERE cardinality($1::text[]) = 0 OR EXISTS (SELECT FROM unnest($1::text[]) w WHERE n.path = w OR starts_with(n.path, w || '/'))

-- name: memory.places_of_agent
-- Namespaces within walls $2 (empty = none) that have an agent of name $1, at most $3.
SELECT n.path FROM agents a JOIN namespaces n ON n.id = a.namespace_id
WHERE a.name = $1
  AND (cardinality($2::text[]) = 0 OR EXISTS (SELECT FROM unnest($2::text[]) w WHERE n.path = w OR starts_with(n.path, w || '/')))
ORDER BY n.path LIMIT $3

-- name: memory.senders
-- The namespaces of the agents that sent messages $1. No row for what no agent sent.
SELECT f.id, substring(f.source FROM '^agent:(.*)/[^/]*$') AS namespace FROM message_facts f WHERE f.id = ANY ($1::uuid[]) AND f.source LIKE 'agent:%/%'

-- name: memory.webhooks
-- How many webhooks there are among the subscriptions whose description begins with $3, up to $4. $1 walls (empty = none), $2 owner (null = any).
SELECT count(*)::int AS n FROM (
  SELECT FROM subscriptions s JOIN namespaces n ON n.id = s.namespace_id
  WHERE s.target = 'webhook' AND starts_with(s.description, $3)
    AND (cardinality($1::text[]) = 0 OR EXISTS (SELECT FROM unnest($1::text[]) w WHERE n.path = w OR starts_with(n.path, w || '/')))
    AND ($2::text IS NULL OR s.owner = $2) LIMIT $4) found

-- name: memory.dispatches
-- How often the subscriptions $1 were tried, over the newest $2 deliveries of each. What was delivered at once has no number of a try.
SELECT s.id, coalesce(sum(d.tried), 0)::bigint AS tries, coalesce(sum(d.tried) - count(*) FILTER (WHERE d.status = 'delivered'), 0)::bigint AS failed
FROM unnest($1::uuid[]) AS s(id)
LEFT JOIN LATERAL (
  SELECT greatest(try_no, CASE status WHEN 'delivered' THEN 1 ELSE 0 END) AS tried, status
  FROM deliveries WHERE subscription_id = s.id ORDER BY position DESC LIMIT $2) d ON true
GROUP BY s.id
