-- The statements of jobs. Those that take arrays are batches: one round trip and one commit for many calls. Joins from an array to
-- a large table are written as lateral index look-ups, because a hash join chosen there is many times slower. A lease is deleted or
-- updated by its id and fence, never by its ctid: another statement, such as a renewal, may put a new version of the row in its place
-- after the snapshot was taken, and a ctid does not lead there.
--
-- Where a look-up cannot be lateral, "id BETWEEN a.id AND a.id" says the same as "id = a.id" and leaves the planner one way: an index
-- look-up for each element. An equality can also be met by walking the table for each element, which looks cheap to a plan that was made
-- while the table was empty, and plans are kept.
--
-- Every statement that changes a status writes its journal rows in the same statement: a block of ids from journal_block, the rows,
-- and one row of journal_pending that the sequencer turns into positions.

-- name: job.enqueue
-- Puts jobs in, one for each element, all or none of a batch. $1 id, $2 queue, $3 target, $4 namespace, $5 priority, $6 run_after
-- (null = now), $7 max_attempts, $8 timeout, $9 expected seconds, $10 type, $11 subject, $12 source, $13 parent, $14 flow,
-- $15 correlation, $16 dedupe key, $17 payload, $18 state, $19 waits for dependencies, $20 actor.
-- A column whose values are all null may come as an empty array. Returns a row without id that tells the time, and the ids that were NOT
-- put in because their dedupe key is active; duplicate_of is null when the other call committed in the same instant
-- (job.find_duplicate then tells). Running it twice with the same ids fails as a whole.
WITH asked AS MATERIALIZED (
  SELECT t.*, coalesce(t.at, now()) AS run_after FROM unnest($1::uuid[], $2::int[], $3::int[], $4::int[], $5::smallint[],
    $6::timestamptz[], $7::smallint[], $8::int[], $9::int[], $10::text[], $11::text[], $12::text[], $13::uuid[], $14::text[],
    $15::text[], $16::text[], $17::text[], $18::text[], $19::boolean[], $20::text[])
    WITH ORDINALITY AS t(id, queue_id, target_id, namespace_id, priority, at, max_attempts, timeout_seconds, expected_seconds, job_type,
      subject, source, parent_job_id, flow_key, correlation_key, dedupe_key, payload, state, waits, actor, no)
), keyed AS (
  INSERT INTO job_dedupe (target_id, namespace_id, key, job_id)
  SELECT target_id, namespace_id, dedupe_key, id FROM asked WHERE dedupe_key IS NOT NULL ORDER BY target_id, namespace_id, dedupe_key
  ON CONFLICT DO NOTHING RETURNING job_id
), fresh AS MATERIALIZED (
  SELECT *, row_number() OVER () AS place FROM asked WHERE dedupe_key IS NULL OR id IN (SELECT job_id FROM keyed)
), facts AS (
  INSERT INTO job_facts (id, queue_id, run_after, priority, max_attempts, timeout_seconds, expected_seconds, job_type, subject, source,
                         parent_job_id, flow_key, correlation_key, dedupe_key, payload, state)
  SELECT id, queue_id, run_after, priority, max_attempts, timeout_seconds, expected_seconds, job_type, subject, source, parent_job_id,
         flow_key, correlation_key, dedupe_key, payload::jsonb, state::jsonb FROM fresh
), ready AS (
  INSERT INTO job_ready (queue_id, rank, run_after, id)
  SELECT queue_id, 1000 - priority, run_after, id FROM fresh WHERE NOT waits AND run_after <= now()
), scheduled AS (
  INSERT INTO job_scheduled (run_after, id) SELECT run_after, id FROM fresh WHERE NOT waits AND run_after > now()
), waiting AS (
  INSERT INTO job_waiting (id) SELECT id FROM fresh WHERE waits
), block AS MATERIALIZED (
  SELECT nextval('journal_block') AS first_id
), noted AS (
  INSERT INTO journal (id, namespace_id, job_id, actor, action, to_state)
  SELECT b.first_id + f.place - 1, f.namespace_id, f.id, f.actor, 'enqueue_job',
         CASE WHEN f.waits THEN 'waiting' ELSE 'queued' END::job_status
  FROM fresh f, block b
), pending AS (
  INSERT INTO journal_pending (first_id, n) SELECT b.first_id, f.n FROM block b, (SELECT count(*) AS n FROM fresh) f WHERE f.n > 0
)
SELECT NULL::uuid AS id, NULL::uuid AS duplicate_of, now() AS at
UNION ALL
SELECT a.id, d.job_id, now()
FROM asked a
LEFT JOIN job_dedupe d ON d.target_id = a.target_id AND d.namespace_id = a.namespace_id AND d.key = a.dedupe_key
WHERE a.dedupe_key IS NOT NULL AND a.id NOT IN (SELECT job_id FROM keyed) AND d.job_id IS DISTINCT FROM a.id

-- name: job.keep_defaults
-- What agentbus.enqueue_job gives a job when its caller says nothing. $1 attempts, $2 bytes of a payload, $3 the node that is set so.
UPDATE job_defaults SET max_attempts = $1, payload_bytes = $2, set_by = $3, set_at = now()
WHERE (max_attempts, payload_bytes) IS DISTINCT FROM ($1::smallint, $2::int)

-- name: job.find_duplicate
-- The active job that holds a dedupe key. No row: it ended meanwhile, so that enqueueing again will succeed.
SELECT job_id FROM job_dedupe WHERE target_id = $1 AND namespace_id = $2 AND key = $3

-- name: job.add_dependencies
-- $1 job, $2 parent, element by element.
INSERT INTO job_dependencies (job_id, depends_on_job_id)
SELECT DISTINCT t.job_id, t.parent_id FROM unnest($1::uuid[], $2::uuid[]) AS t(job_id, parent_id) ON CONFLICT DO NOTHING

-- name: job.lock_agents
-- Makes the count of live leases exact across nodes: limited agents are locked, in one order everywhere, before the claim counts. Tells the
-- claim of this transaction which ones: an agent that becomes limited between the two must not be counted without its lock.
SELECT set_config('agentbus.locked_agents', coalesce(string_agg(agent_no::text, ','), ''), true) FROM (
  SELECT agent_no FROM agents WHERE agent_no = ANY ($1::int[]) AND concurrency IS NOT NULL ORDER BY agent_no FOR NO KEY UPDATE) locked

-- name: job.claim
-- Takes ready jobs for several agents, each at most what it wants and what its concurrency leaves. $1 request, $2 agent, $3 wanted,
-- $4 lease seconds, $5 owner, $6 place of its first claim id in $15, $7 actor: one element a request, one request an agent. $15 claim ids,
-- one for each job that is wanted, null = none: a request may be that of several callers, who get its jobs in their order. $8 request, $9 queue, and $10 rank,
-- $11 run_after, $12 id of the low-water mark, $14 namespace: one element for each queue of a request; nothing below its mark is looked
-- at.
-- $13 whether job.lock_agents ran before in this transaction; a limited agent gets nothing without it.
-- An agent with something in its lines is held until the commit, so that whoever gives it a limit waits for the leases to count; one that
-- got a limit, a pause or its leave since the look is given nothing. A claim that finds nothing writes nothing, not even a lock.
-- Returns the jobs in claim order, and a row with free in place of a job for each request of which the agent may take less than was wanted:
-- so many, however many jobs there are. 0 = it is at its limit, paused or not wanted to work.
WITH request AS MATERIALIZED (
  SELECT t.*, g.concurrency IS NOT NULL AS limited,
         CASE WHEN g.concurrency IS NULL THEN t.wanted
              WHEN ($13::boolean AND t.agent_no::text = ANY (string_to_array(current_setting('agentbus.locked_agents', true), ','))) IS NOT TRUE THEN 0
              ELSE greatest(0, least(t.wanted, g.concurrency - (SELECT count(*) FROM job_leases l WHERE l.agent_no = t.agent_no AND l.limited)))
         END AS free
  FROM unnest($1::int[], $2::int[], $3::int[], $4::int[], $5::text[], $6::int[], $7::text[])
    AS t(req, agent_no, wanted, lease_seconds, owner, first_claim_id, actor)
  CROSS JOIN LATERAL (
    SELECT a.concurrency FROM agents a WHERE a.agent_no = t.agent_no AND a.desired = 'active' AND NOT a.paused LIMIT 1) g
), picked AS MATERIALIZED (
  SELECT r.req, p.place, p.namespace_id, row_number() OVER () AS no FROM request r CROSS JOIN LATERAL (
    SELECT CASE WHEN a.concurrency IS NULL OR r.limited THEN r.free ELSE 0 END AS free FROM agents a
    WHERE a.agent_no = r.agent_no AND a.desired = 'active' AND NOT a.paused AND r.free > 0 AND EXISTS (
      SELECT FROM unnest($8::int[], $9::int[], $10::smallint[], $11::timestamptz[], $12::uuid[]) AS s(req, queue_id, low_rank, low_run_after, low_id)
      CROSS JOIN LATERAL (SELECT FROM queues q WHERE q.id = s.queue_id AND NOT q.paused LIMIT 1) open
      CROSS JOIN LATERAL (
        SELECT FROM job_ready j WHERE j.queue_id = s.queue_id AND (j.rank, j.run_after, j.id) >= (s.low_rank, s.low_run_after, s.low_id)
        ORDER BY j.rank, j.run_after, j.id LIMIT 1) first
      WHERE s.req = r.req)
    LIMIT 1 FOR SHARE OF a) held
  CROSS JOIN LATERAL (
    SELECT c.place, line.namespace_id FROM (
      SELECT s.queue_id, s.low_rank, s.low_run_after, s.low_id, s.namespace_id
      FROM unnest($8::int[], $9::int[], $10::smallint[], $11::timestamptz[], $12::uuid[], $14::int[])
        AS s(req, queue_id, low_rank, low_run_after, low_id, namespace_id)
      CROSS JOIN LATERAL (SELECT FROM queues q WHERE q.id = s.queue_id AND NOT q.paused LIMIT 1) open
      WHERE s.req = r.req) line
    CROSS JOIN LATERAL (
      SELECT j.ctid AS place, j.rank, j.run_after, j.id FROM job_ready j
      WHERE j.queue_id = line.queue_id AND (j.rank, j.run_after, j.id) >= (line.low_rank, line.low_run_after, line.low_id)
      ORDER BY j.rank, j.run_after, j.id LIMIT held.free FOR UPDATE SKIP LOCKED) c
    ORDER BY c.rank, c.run_after, c.id LIMIT held.free) p
), taken AS (
  DELETE FROM job_ready j USING picked WHERE j.ctid = picked.place
  RETURNING j.id, j.queue_id, j.rank, j.run_after, (j.attempt + 1)::smallint AS attempt, picked.req, picked.namespace_id, picked.no
), drawn AS MATERIALIZED (
  SELECT nextval('fence_seq') AS fence, nextval('journal_block') AS first_id
), handed AS MATERIALIZED (
  SELECT t.*, d.fence, d.first_id, now() + make_interval(secs => r.lease_seconds) AS until, r.agent_no, r.lease_seconds, r.limited, r.owner,
         ($15::uuid[])[r.first_claim_id - 1 + row_number() OVER (PARTITION BY t.req ORDER BY t.no)] AS claim_id, r.actor, f.created_at, f.priority, f.max_attempts, f.timeout_seconds, f.expected_seconds, f.job_type, f.subject, f.source,
         f.parent_job_id, f.flow_key, f.correlation_key, f.dedupe_key, f.payload::text AS payload, coalesce(o.state, f.state)::text AS state,
         o.summary, o.last_error, o.openclaw_task_ref, o.openclaw_session_key, o.openclaw_meta::text AS openclaw_meta,
         o.progress::text AS progress, o.progress_at
  FROM taken t JOIN request r ON r.req = t.req CROSS JOIN drawn d
  CROSS JOIN LATERAL (SELECT * FROM job_facts WHERE id = t.id LIMIT 1) f
  LEFT JOIN LATERAL (SELECT * FROM job_notes WHERE job_id = t.id LIMIT 1) o ON true
), leased AS (
  INSERT INTO job_leases (id, fence, leased_at, leased_until, sweep_at, timeout_at, claim_id, agent_no, queue_id, namespace_id, lease_seconds,
                          attempt, limited, owner)
  SELECT id, fence, now(), until, least(until, now() + make_interval(secs => timeout_seconds)), now() + make_interval(secs => timeout_seconds),
         claim_id, agent_no, queue_id, namespace_id, lease_seconds, attempt, limited, owner FROM handed
), noted AS (
  INSERT INTO journal (id, namespace_id, job_id, actor, action, from_state, to_state, fence, attempt)
  SELECT first_id + no - 1, namespace_id, id, actor, 'claim_jobs', 'queued', 'leased', fence, attempt FROM handed
), pending AS (
  INSERT INTO journal_pending (first_id, n) SELECT min(first_id), count(*) FROM handed HAVING count(*) > 0
)
SELECT req, NULL::bigint AS free, no, id, queue_id, rank, run_after, fence, attempt, until, owner, created_at, priority, max_attempts,
       timeout_seconds, expected_seconds, job_type, subject, source, parent_job_id, flow_key, correlation_key, dedupe_key, payload, state, summary,
       last_error, openclaw_task_ref, openclaw_session_key, openclaw_meta, progress, progress_at, now() AS leased_at
FROM handed
UNION ALL
SELECT t.req, coalesce(r.free, 0), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM unnest($1::int[], $3::int[]) AS t(req, wanted) LEFT JOIN request r ON r.req = t.req WHERE coalesce(r.free, 0) < t.wanted
ORDER BY no

-- name: job.held_by_claim
-- The open leases of an earlier claim with the same claim id, in claim order: the answer of a claim whose reply was lost.
SELECT l.id FROM job_leases l JOIN job_facts f ON f.id = l.id WHERE l.claim_id = $1 AND l.agent_no = $2
ORDER BY f.priority DESC, f.run_after, l.id

-- name: job.complete
-- Ends jobs as succeeded. $1 id, $2 fence, $3 agent that must hold the lease (null = whoever holds it), $4 actor, $5 result, $6 summary,
-- $7 task ref, $8 session key, $9 whether the caller wants the job's words back. A column whose values are all null may come as an empty
-- array. Returns one row for each that was accepted, by the element's number, with the job's words where they are wanted; all others
-- lost their lease or were finished before.
WITH asked AS MATERIALIZED (
  SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::boolean[])
    WITH ORDINALITY AS t(id, fence, agent_no, actor, result, summary, task_ref, session_key, wants, no)
), closed AS (
  DELETE FROM job_leases l USING asked a
  WHERE l.id BETWEEN a.id AND a.id AND l.fence = a.fence AND (a.agent_no IS NULL OR l.agent_no = a.agent_no)
  RETURNING l.id, l.fence, l.queue_id, l.namespace_id, l.agent_no, l.leased_at, l.running_at, l.attempt, l.owner, a.actor, a.result,
            a.summary, a.task_ref, a.session_key, a.wants, a.no
), kept AS (
  INSERT INTO job_closings (id, fence, queue_id, agent_no, finished_at, leased_at, running_at, attempt, counted, ends, attempt_status,
                            job_status, verb, owner, summary, result, openclaw_task_ref, openclaw_session_key)
  SELECT id, fence, queue_id, agent_no, now(), leased_at, running_at, attempt, true, true, 'succeeded', 'succeeded', 'complete_job', owner,
         summary, result::jsonb, task_ref, session_key FROM closed
), freed AS (
  DELETE FROM job_dedupe d WHERE d.job_id = ANY ($1::uuid[]) AND (d.job_id IN (SELECT id FROM closed)) IS TRUE
), block AS MATERIALIZED (
  SELECT nextval('journal_block') AS first_id
), noted AS (
  INSERT INTO journal (id, namespace_id, job_id, actor, action, from_state, to_state, fence, attempt)
  SELECT b.first_id + row_number() OVER () - 1, c.namespace_id, c.id, c.actor, 'complete_job',
         CASE WHEN c.running_at IS NULL THEN 'leased' ELSE 'running' END::job_status, 'succeeded', c.fence, c.attempt
  FROM closed c, block b
), pending AS (
  INSERT INTO journal_pending (first_id, n) SELECT b.first_id, c.n FROM block b, (SELECT count(*) AS n FROM closed) c WHERE c.n > 0
)
SELECT c.no, c.id, c.fence, c.queue_id, c.leased_at, c.running_at, c.attempt, c.owner, now() AS completed_at, f.created_at, f.run_after,
       f.priority, f.max_attempts, f.timeout_seconds, f.expected_seconds, f.job_type, f.subject, f.source, f.parent_job_id, f.flow_key,
       f.correlation_key, f.dedupe_key, f.payload::text AS payload, coalesce(o.state, f.state)::text AS state,
       CASE WHEN c.wants THEN c.result END AS result, coalesce(c.summary, o.summary) AS summary, o.last_error,
       coalesce(c.task_ref, o.openclaw_task_ref) AS openclaw_task_ref, coalesce(c.session_key, o.openclaw_session_key) AS openclaw_session_key,
       o.openclaw_meta::text AS openclaw_meta, o.progress::text AS progress, o.progress_at
FROM closed c
LEFT JOIN LATERAL (SELECT * FROM job_facts WHERE c.wants AND id = c.id LIMIT 1) f ON true
LEFT JOIN LATERAL (SELECT * FROM job_notes WHERE c.wants AND job_id = c.id LIMIT 1) o ON true

-- name: job.close
-- Closes attempts in every way but success. $1 id, $2 fence, $3 agent that must hold the lease (null = whoever does), $4 actor, $5 verb,
-- $6 attempt status, $7 what then: queued (again, while attempts are left, else dead), failed or blocked, $8 whether the attempt counts,
-- $9 delay in seconds (null = the policy's back-off), $10 summary, $11 error, $12 result, $13 blocked reason, $14 needs, $15 needs from,
-- $16 review after seconds, $17 on review, $18 task ref, $19 session key, $20 base and $21 cap of the back-off in seconds.
-- Returns one row for each that was accepted: number, id, status now and before, run_after, queue, whether it may be claimed now, the
-- attempt's fence, number and holder, and for how long it was held.
WITH asked AS MATERIALIZED (
  SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::int[], $4::text[], $5::text[], $6::attempt_status[], $7::job_status[], $8::boolean[],
    $9::float8[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::int[], $17::text[], $18::text[], $19::text[])
    WITH ORDINALITY AS t(id, fence, agent_no, actor, verb, attempt_status, wish, counts, delay, summary, error, result, blocked_reason, needs,
      needs_from, review_seconds, on_review, task_ref, session_key, no)
), closed AS (
  DELETE FROM job_leases l USING asked a
  WHERE l.id BETWEEN a.id AND a.id AND l.fence = a.fence AND (a.agent_no IS NULL OR l.agent_no = a.agent_no)
  RETURNING l.queue_id, l.leased_at, l.running_at, l.attempt, l.owner, l.agent_no AS holder, a.*
), known AS MATERIALIZED (
  SELECT c.*, q.namespace_id, q.target_id, f.dedupe_key, f.priority,
         CASE WHEN c.wish = 'queued' AND c.counts AND c.attempt >= f.max_attempts THEN 'dead' ELSE c.wish END AS job_status,
         (c.attempt - CASE WHEN c.counts THEN 0 ELSE 1 END)::smallint AS used,
         now() + make_interval(secs => coalesce(c.delay, random() * least($21::float8, $20::float8 * 2.0 ^ least(c.attempt - 1, 30)))) AS run_after
  FROM closed c
  CROSS JOIN LATERAL (SELECT * FROM job_facts WHERE id = c.id LIMIT 1) f
  CROSS JOIN LATERAL (SELECT namespace_id, target_id FROM queues WHERE id = c.queue_id LIMIT 1) q
), kept AS (
  INSERT INTO job_closings (id, fence, queue_id, agent_no, finished_at, leased_at, running_at, attempt, counted, ends, attempt_status,
                            job_status, verb, owner, summary, error, result, openclaw_task_ref, openclaw_session_key)
  SELECT id, fence, queue_id, holder, now(), leased_at, running_at, attempt, counts, job_status IN ('failed', 'dead'), attempt_status,
         job_status, verb, owner, summary, error, result::jsonb, task_ref, session_key FROM known
), moved AS (
  UPDATE job_facts f SET run_after = k.run_after FROM known k WHERE f.id = k.id AND k.job_status = 'queued'
), ready AS (
  INSERT INTO job_ready (queue_id, rank, run_after, id, attempt)
  SELECT queue_id, 1000 - priority, run_after, id, used FROM known WHERE job_status = 'queued' AND run_after <= now()
), scheduled AS (
  INSERT INTO job_scheduled (run_after, id, attempt)
  SELECT run_after, id, used FROM known WHERE job_status = 'queued' AND run_after > now()
), blocked AS (
  INSERT INTO job_blocked (id, attempt, blocked_by, blocked_reason, needs, needs_from, review_at, on_review)
  SELECT id, used, actor, blocked_reason, needs, needs_from, now() + make_interval(secs => review_seconds), coalesce(on_review, 'requeue')
  FROM known WHERE job_status = 'blocked'
), jotted AS (
  INSERT INTO job_notes (job_id, summary, last_error, openclaw_task_ref, openclaw_session_key)
  SELECT id, summary, error, task_ref, session_key FROM known
  WHERE num_nonnulls(summary, error, task_ref, session_key) > 0
  ON CONFLICT (job_id) DO UPDATE SET summary = coalesce(excluded.summary, job_notes.summary),
    last_error = coalesce(excluded.last_error, job_notes.last_error),
    openclaw_task_ref = coalesce(excluded.openclaw_task_ref, job_notes.openclaw_task_ref),
    openclaw_session_key = coalesce(excluded.openclaw_session_key, job_notes.openclaw_session_key)
), freed AS (
  DELETE FROM job_dedupe d USING known k
  WHERE k.job_status IN ('failed', 'dead') AND k.dedupe_key IS NOT NULL
    AND d.target_id = k.target_id AND d.namespace_id = k.namespace_id AND d.key = k.dedupe_key AND d.job_id = k.id
), block AS MATERIALIZED (
  SELECT nextval('journal_block') AS first_id
), noted AS (
  INSERT INTO journal (id, namespace_id, job_id, actor, action, from_state, to_state, fence, attempt, detail)
  SELECT b.first_id + row_number() OVER (ORDER BY k.no) - 1, k.namespace_id, k.id, k.actor, k.verb,
         CASE WHEN k.running_at IS NULL THEN 'leased' ELSE 'running' END::job_status, k.job_status, k.fence, k.attempt,
         nullif(jsonb_strip_nulls(jsonb_build_object('attempt_status', k.attempt_status, 'counted', CASE WHEN k.counts THEN NULL ELSE false END,
           'reason', coalesce(k.blocked_reason, k.error))), '{}')
  FROM known k, block b
), pending AS (
  INSERT INTO journal_pending (first_id, n) SELECT b.first_id, k.n FROM block b, (SELECT count(*) AS n FROM known) k WHERE k.n > 0
)
SELECT no, id, job_status AS status, run_after, queue_id, run_after <= now() AS due, fence, attempt, owner,
       CASE WHEN running_at IS NULL THEN 'leased' ELSE 'running' END AS before,
       extract(epoch FROM now() - leased_at)::float8 AS held_seconds
FROM known

-- name: job.closing_of
-- How the attempt with this fence was closed, for a repeated finish.
SELECT verb, agent_no, job_status::text AS job_status, ends, reopened, summary, error, result::text AS result, finished_at
FROM job_closings WHERE id = $1 AND fence = $2

-- name: job.mark_running
-- $1 id, $2 fence, $3 agent that must hold the lease (null = whoever does), $4 actor, $5 summary, $6 task ref, $7 session key, $8 meta.
-- Returns one row for each accepted, and whether it was the first time; marking twice is accepted and journalled once.
WITH asked AS MATERIALIZED (
  SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
    WITH ORDINALITY AS t(id, fence, agent_no, actor, summary, task_ref, session_key, meta, no)
), held AS MATERIALIZED (
  SELECT h.running_at AS before, a.* FROM asked a CROSS JOIN LATERAL (
    SELECT l.running_at FROM (SELECT l.fence, l.agent_no, l.running_at FROM job_leases l WHERE l.id = a.id LIMIT 1 FOR UPDATE) l
    WHERE l.fence = a.fence AND (a.agent_no IS NULL OR l.agent_no = a.agent_no)) h
), marked AS (
  UPDATE job_leases l SET running_at = coalesce(l.running_at, now()) FROM held h
  WHERE l.id BETWEEN h.id AND h.id AND l.fence = h.fence
  RETURNING l.id, l.fence, l.queue_id, l.attempt, h.before, h.actor, h.summary, h.task_ref, h.session_key, h.meta, h.no
), jotted AS (
  INSERT INTO job_notes (job_id, summary, openclaw_task_ref, openclaw_session_key, openclaw_meta)
  SELECT id, summary, task_ref, session_key, meta::jsonb FROM marked WHERE num_nonnulls(summary, task_ref, session_key, meta) > 0
  ON CONFLICT (job_id) DO UPDATE SET summary = coalesce(excluded.summary, job_notes.summary),
    openclaw_task_ref = coalesce(excluded.openclaw_task_ref, job_notes.openclaw_task_ref),
    openclaw_session_key = coalesce(excluded.openclaw_session_key, job_notes.openclaw_session_key),
    openclaw_meta = coalesce(excluded.openclaw_meta, job_notes.openclaw_meta)
), block AS MATERIALIZED (
  SELECT nextval('journal_block') AS first_id
), news AS MATERIALIZED (
  SELECT m.*, q.namespace_id FROM marked m CROSS JOIN LATERAL (SELECT namespace_id FROM queues WHERE id = m.queue_id LIMIT 1) q
  WHERE m.before IS NULL
), noted AS (
  INSERT INTO journal (id, namespace_id, job_id, actor, action, from_state, to_state, fence, attempt)
  SELECT b.first_id + row_number() OVER (ORDER BY k.no) - 1, k.namespace_id, k.id, k.actor, 'mark_running_job', 'leased', 'running', k.fence,
         k.attempt FROM news k, block b
), pending AS (
  INSERT INTO journal_pending (first_id, n) SELECT b.first_id, k.n FROM block b, (SELECT count(*) AS n FROM news) k WHERE k.n > 0
)
SELECT no, id, before IS NULL AS first, attempt, queue_id FROM marked

-- name: job.renew
-- $1 id, $2 fence, $3 agent that must hold the lease (null = whoever does), $4 seconds (null = the claim's). Never shortens.
-- Returns number and the end of the lease for each accepted, and whether its agent has urgent messages to read: two looks at the ends of
-- indexes, so that an agent without any costs no statement more. EXISTS could be planned as a look at all messages of all agents.
WITH asked AS MATERIALIZED (
  SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::int[], $4::int[]) WITH ORDINALITY AS t(id, fence, agent_no, seconds, no)
)
UPDATE job_leases l SET
  leased_until = greatest(l.leased_until, now() + make_interval(secs => coalesce(a.seconds, l.lease_seconds))),
  sweep_at = least(greatest(l.leased_until, now() + make_interval(secs => coalesce(a.seconds, l.lease_seconds))), l.timeout_at)
FROM asked a WHERE l.id BETWEEN a.id AND a.id AND l.fence = a.fence AND (a.agent_no IS NULL OR l.agent_no = a.agent_no)
RETURNING a.no, l.leased_until,
          coalesce((SELECT true FROM message_unread u WHERE u.agent_no = l.agent_no AND u.rank <= 1 LIMIT 1),
            (SELECT true FROM message_deferred d WHERE d.agent_no = l.agent_no AND d.rank <= 1 AND d.deferred_until <= now() LIMIT 1), false) AS urgent

-- name: job.report_progress
-- $1 id, $2 fence, $3 agent (null = any), $4 progress as JSON, $5 state as JSON or null, $6 summary or null. No row: the lease is lost. Says
-- whether the agent has urgent messages to read, as job.renew does.
WITH held AS (
  SELECT l.id FROM job_leases l WHERE l.id = $1 AND l.fence = $2 AND ($3::int IS NULL OR l.agent_no = $3) FOR UPDATE
)
INSERT INTO job_notes (job_id, progress, progress_at, state, summary)
SELECT id, $4::text::jsonb, now(), $5::text::jsonb, $6::text FROM held
ON CONFLICT (job_id) DO UPDATE SET progress = excluded.progress, progress_at = excluded.progress_at,
  state = coalesce(excluded.state, job_notes.state), summary = coalesce(excluded.summary, job_notes.summary)
RETURNING progress_at,
          coalesce((SELECT true FROM message_unread u WHERE u.agent_no = $3 AND u.rank <= 1 LIMIT 1),
            (SELECT true FROM message_deferred d WHERE d.agent_no = $3 AND d.rank <= 1 AND d.deferred_until <= now() LIMIT 1), false) AS urgent

-- name: job.expired
-- Leases past their end or their time-out, oldest first; locked, so that two sweepers share them. Renewing is possible until closed.
-- $1 most rows, $2 namespace path (null = all; the namespace and below).
SELECT l.id, l.fence, l.timeout_at IS NOT NULL AND l.timeout_at < now() AS out_of_time
FROM job_leases l
WHERE l.sweep_at < now() AND ($2::text IS NULL OR EXISTS (
  SELECT FROM queues q JOIN namespaces n ON n.id = q.namespace_id
  WHERE q.id = l.queue_id AND (n.path = $2 OR starts_with(n.path, $2 || '/'))))
ORDER BY l.sweep_at LIMIT $1 FOR UPDATE OF l SKIP LOCKED

-- name: job.charge_outage
-- Adds the time in which no node served, and $2 seconds of grace, to every open lease; marks the bus as served now. An outage is a
-- gap of more than $1 seconds. A lease opened since the last mark shows that a node served until then: it gets the time since it was
-- opened. Returns the gap in seconds.
WITH clock AS MATERIALIZED (
  SELECT last_served, clock_timestamp() AS at, make_interval(secs => $2::float8) AS grace,
         extract(epoch FROM clock_timestamp() - last_served)::float8 AS gap FROM served_clock FOR UPDATE
), extended AS (
  UPDATE job_leases l SET leased_until = l.leased_until + (c.at - greatest(c.last_served, l.leased_at) + c.grace),
    timeout_at = l.timeout_at + (c.at - greatest(c.last_served, l.leased_at) + c.grace),
    sweep_at = l.sweep_at + (c.at - greatest(c.last_served, l.leased_at) + c.grace)
  FROM clock c WHERE c.gap > $1::float8
)
UPDATE served_clock SET last_served = clock_timestamp() FROM clock RETURNING clock.gap

-- name: job.move_due
-- Makes jobs claimable whose time has come, $1 at most. Returns the queues that got some.
WITH due AS (
  SELECT s.ctid AS place FROM job_scheduled s WHERE s.run_after <= now() ORDER BY s.run_after, s.id LIMIT $1 FOR UPDATE SKIP LOCKED
), gone AS (
  DELETE FROM job_scheduled s USING due WHERE s.ctid = due.place RETURNING s.id, s.run_after, s.attempt
), ready AS (
  INSERT INTO job_ready (queue_id, rank, run_after, id, attempt)
  SELECT f.queue_id, 1000 - f.priority, g.run_after, g.id, g.attempt
  FROM gone g CROSS JOIN LATERAL (SELECT queue_id, priority FROM job_facts WHERE id = g.id LIMIT 1) f
  RETURNING queue_id
)
SELECT queue_id, count(*) AS moved FROM ready GROUP BY queue_id

-- name: job.next_due
-- Seconds until the next scheduled job is due; no row when none is scheduled.
SELECT extract(epoch FROM run_after - clock_timestamp())::float8 AS seconds FROM job_scheduled ORDER BY run_after LIMIT 1

-- name: job.reviews_due
-- Blocked jobs whose review is due, locked. $1 most rows.
SELECT id, on_review FROM job_blocked WHERE review_at <= now() ORDER BY review_at LIMIT $1 FOR UPDATE SKIP LOCKED

-- name: job.children_waiting
-- The jobs that wait for, or are blocked by, one of these parents. $1 parents, $2 most rows.
SELECT DISTINCT d.job_id FROM unnest($1::uuid[]) AS p(id)
CROSS JOIN LATERAL (SELECT c.job_id FROM job_dependencies c WHERE c.depends_on_job_id = p.id AND c.dropped_at IS NULL) d
CROSS JOIN LATERAL (SELECT FROM job_waiting w WHERE w.id = d.job_id LIMIT 1) w
ORDER BY 1 LIMIT $2

-- name: job.settle
-- Decides waiting jobs ($1) whose dependencies have ended: all succeeded -> queued; one ended badly -> blocked with the reason.
-- Run after the commit that ended a parent and after the commit that added a dependency: whichever comes last sees the other. Ends that
-- were bad are locked: a retry that reopens the parent in the same instant comes first, or finds the job blocked and lets it wait again.
-- Returns each decided job with its status and queue.
WITH locked AS MATERIALIZED (
  SELECT w.id, w.attempt FROM job_waiting w WHERE w.id = ANY ($1::uuid[]) ORDER BY w.id FOR UPDATE
), judged AS MATERIALIZED (
  SELECT l.id, l.attempt, f.queue_id, f.priority, f.run_after AS asked_for, q.namespace_id,
         (SELECT string_agg(d.depends_on_job_id || ' ended ' || e.job_status, ', ' ORDER BY d.depends_on_job_id)
          FROM job_dependencies d CROSS JOIN LATERAL (
            SELECT c.job_status FROM job_closings c
            WHERE c.id = d.depends_on_job_id AND c.ends AND NOT c.reopened AND c.job_status <> 'succeeded' LIMIT 1 FOR SHARE) e
          WHERE d.job_id = l.id AND d.dropped_at IS NULL) AS bad,
         EXISTS (SELECT FROM job_dependencies d LEFT JOIN LATERAL (
            SELECT true AS done FROM job_closings c
            WHERE c.id = d.depends_on_job_id AND c.ends AND NOT c.reopened AND c.job_status = 'succeeded' LIMIT 1) e ON true
          WHERE d.job_id = l.id AND d.dropped_at IS NULL AND e.done IS NULL) AS open
  FROM locked l
  CROSS JOIN LATERAL (SELECT * FROM job_facts WHERE id = l.id LIMIT 1) f
  CROSS JOIN LATERAL (SELECT namespace_id FROM queues WHERE id = f.queue_id LIMIT 1) q
), decided AS MATERIALIZED (
  SELECT * FROM judged WHERE bad IS NOT NULL OR NOT open
), gone AS (
  DELETE FROM job_waiting w WHERE w.id = ANY (ARRAY(SELECT d.id FROM decided d))
), ready AS (
  INSERT INTO job_ready (queue_id, rank, run_after, id, attempt)
  SELECT queue_id, 1000 - priority, asked_for, id, attempt FROM decided WHERE bad IS NULL AND asked_for <= now()
), scheduled AS (
  INSERT INTO job_scheduled (run_after, id, attempt)
  SELECT asked_for, id, attempt FROM decided WHERE bad IS NULL AND asked_for > now()
), blocked AS (
  INSERT INTO job_blocked (id, attempt, blocked_by, blocked_reason, needs, by_dependency)
  SELECT id, attempt, 'bus', 'dependency ' || bad, 'retry_job of the dependency, or unblock_job to go on without it', true
  FROM decided WHERE bad IS NOT NULL
), block AS MATERIALIZED (
  SELECT nextval('journal_block') AS first_id
), noted AS (
  INSERT INTO journal (id, namespace_id, job_id, actor, action, from_state, to_state, detail)
  SELECT b.first_id + row_number() OVER (ORDER BY d.id) - 1, d.namespace_id, d.id, 'bus', 'settle_dependencies', 'waiting',
         CASE WHEN d.bad IS NULL THEN 'queued' ELSE 'blocked' END::job_status,
         CASE WHEN d.bad IS NOT NULL THEN jsonb_build_object('reason', 'dependency ' || d.bad) END
  FROM decided d, block b
), pending AS (
  INSERT INTO journal_pending (first_id, n) SELECT b.first_id, d.n FROM block b, (SELECT count(*) AS n FROM decided) d WHERE d.n > 0
)
SELECT id, CASE WHEN bad IS NULL THEN 'queued' ELSE 'blocked' END AS status, queue_id FROM decided

-- name: job.settle_candidates
-- Waiting jobs of which no dependency is open any more or one ended badly: what a crash between two commits left behind. $1 most rows.
SELECT w.id FROM job_waiting w
CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE e.job_status IS NULL) = 0 OR bool_or(e.job_status <> 'succeeded') AS due
  FROM job_dependencies d LEFT JOIN LATERAL (
    SELECT c.job_status FROM job_closings c WHERE c.id = d.depends_on_job_id AND c.ends AND NOT c.reopened LIMIT 1) e ON true
  WHERE d.job_id = w.id AND d.dropped_at IS NULL) p
WHERE p.due ORDER BY w.since LIMIT $1

-- name: job.take
-- Takes a live job out of whatever table it stands in, for an override that puts it elsewhere in the same transaction. No row: it
-- ended, or it moved in this instant (look again).
WITH f AS MATERIALIZED (
  SELECT * FROM job_facts WHERE id = $1
), ready AS (
  DELETE FROM job_ready r USING f WHERE r.queue_id = f.queue_id AND r.rank = 1000 - f.priority AND r.run_after = f.run_after AND r.id = f.id
  RETURNING r.attempt
), scheduled AS (
  DELETE FROM job_scheduled s USING f WHERE s.run_after = f.run_after AND s.id = f.id RETURNING s.attempt
), waiting AS (
  DELETE FROM job_waiting w USING f WHERE w.id = f.id RETURNING w.attempt
), blocked AS (
  DELETE FROM job_blocked b USING f WHERE b.id = f.id RETURNING b.attempt, b.by_dependency
), leased AS (
  DELETE FROM job_leases l USING f WHERE l.id = f.id
  RETURNING l.attempt, l.fence, l.agent_no, l.leased_at, l.running_at, l.owner
)
SELECT 'queued' AS status, attempt, NULL::bigint AS fence, NULL::int AS agent_no, NULL::timestamptz AS leased_at, NULL::timestamptz AS running_at,
       NULL::text AS owner, false AS by_dependency FROM ready
UNION ALL SELECT 'queued', attempt, NULL, NULL, NULL, NULL, NULL, false FROM scheduled
UNION ALL SELECT 'waiting', attempt, NULL, NULL, NULL, NULL, NULL, false FROM waiting
UNION ALL SELECT 'blocked', attempt, NULL, NULL, NULL, NULL, NULL, by_dependency FROM blocked
UNION ALL SELECT CASE WHEN running_at IS NULL THEN 'leased' ELSE 'running' END, attempt, fence, agent_no, leased_at, running_at, owner, false FROM leased

-- name: job.place_queued
-- Puts a taken job into line, at its run_after. $1 id, $2 attempts used up, $3 queue (null = as it was).
WITH f AS (
  UPDATE job_facts SET queue_id = coalesce($3::int, queue_id) WHERE id = $1 RETURNING id, queue_id, priority, run_after
), ready AS (
  INSERT INTO job_ready (queue_id, rank, run_after, id, attempt) SELECT queue_id, 1000 - priority, run_after, id, $2 FROM f WHERE run_after <= now()
), scheduled AS (
  INSERT INTO job_scheduled (run_after, id, attempt) SELECT run_after, id, $2 FROM f WHERE run_after > now()
)
SELECT queue_id, run_after <= now() AS due FROM f

-- name: job.place_waiting
-- $1 id, $2 attempts used up, $3 queue (null = as it was).
WITH f AS (UPDATE job_facts SET queue_id = coalesce($3::int, queue_id) WHERE id = $1)
INSERT INTO job_waiting (id, attempt) VALUES ($1, $2)

-- name: job.reprioritize
-- Moves a job within its line, or within the one it will stand in. $1 id, $2 priority. Its row is taken out and put back wherever it
-- stands, so that whoever moves it in the same instant with the old priority finds nothing. No row: it is not queued, waiting or
-- blocked, or it moved in this instant (look again).
WITH f AS MATERIALIZED (
  SELECT * FROM job_facts WHERE id = $1
), ready AS (
  DELETE FROM job_ready r USING f WHERE r.queue_id = f.queue_id AND r.rank = 1000 - f.priority AND r.run_after = f.run_after AND r.id = f.id
  RETURNING r.*
), ready_again AS (
  INSERT INTO job_ready (queue_id, rank, run_after, id, attempt) SELECT queue_id, 1000 - $2::int, run_after, id, attempt FROM ready
), scheduled AS (
  DELETE FROM job_scheduled s USING f WHERE s.run_after = f.run_after AND s.id = f.id RETURNING s.*
), scheduled_again AS (
  INSERT INTO job_scheduled SELECT * FROM scheduled
), waiting AS (
  DELETE FROM job_waiting w USING f WHERE w.id = f.id RETURNING w.*
), waiting_again AS (
  INSERT INTO job_waiting SELECT * FROM waiting
), blocked AS (
  DELETE FROM job_blocked b USING f WHERE b.id = f.id RETURNING b.*
), blocked_again AS (
  INSERT INTO job_blocked SELECT * FROM blocked
), hit AS (
  SELECT id, 'queued' AS status FROM ready UNION ALL SELECT id, 'queued' FROM scheduled UNION ALL SELECT id, 'waiting' FROM waiting
  UNION ALL SELECT id, 'blocked' FROM blocked
)
UPDATE job_facts j SET priority = $2 FROM hit WHERE j.id = hit.id RETURNING hit.status, j.queue_id

-- name: job.end
-- Ends a taken job. $1 id, $2 fence (null = draws one), $3 agent, $4 leased_at, $5 running_at, $6 attempt, $7 attempt status or null when
-- there was none, $8 job status, $9 verb, $10 owner, $11 summary, $12 error. Frees its dedupe key.
WITH freed AS (
  DELETE FROM job_dedupe d USING job_facts f, queues q
  WHERE f.id = $1 AND q.id = f.queue_id AND d.target_id = q.target_id AND d.namespace_id = q.namespace_id AND d.key = f.dedupe_key AND d.job_id = $1
)
INSERT INTO job_closings (id, fence, queue_id, agent_no, finished_at, leased_at, running_at, attempt, counted, ends, attempt_status, job_status,
                          verb, owner, summary, error)
SELECT f.id, coalesce($2::bigint, nextval('fence_seq')), f.queue_id, $3::int, now(), $4::timestamptz, $5::timestamptz, $6::smallint,
       $7::attempt_status IS NOT NULL, true, $7::attempt_status, $8::job_status, $9::text, $10::text, $11::text, $12::text
FROM job_facts f WHERE f.id = $1
RETURNING fence

-- name: job.reopen
-- Marks the end of a job as undone. No row: it has not ended.
UPDATE job_closings SET reopened = true WHERE id = $1 AND ends AND NOT reopened
RETURNING job_status::text AS status, queue_id, attempt, fence

-- name: job.reclaim_key
-- Makes a reopened job active for its dedupe key again. No row: it has none; duplicate_of: another job holds it, null when that job took it
-- while the statement waited, so that only the next one sees which.
WITH f AS (
  SELECT f.id, f.dedupe_key, q.target_id, q.namespace_id FROM job_facts f JOIN queues q ON q.id = f.queue_id WHERE f.id = $1 AND f.dedupe_key IS NOT NULL
), put AS (
  INSERT INTO job_dedupe (target_id, namespace_id, key, job_id) SELECT target_id, namespace_id, dedupe_key, id FROM f
  ON CONFLICT DO NOTHING RETURNING job_id
)
SELECT f.id, (SELECT d.job_id FROM job_dedupe d WHERE d.target_id = f.target_id AND d.namespace_id = f.namespace_id AND d.key = f.dedupe_key
              AND NOT EXISTS (SELECT FROM put)) AS duplicate_of, EXISTS (SELECT FROM put) AS mine
FROM f

-- name: job.move_key
-- Moves a job's dedupe key to another target. $1 job, $2 target. No row: it has none, or it is addressed there already; moved false:
-- another job holds the key there.
WITH f AS (
  SELECT f.id, f.dedupe_key, q.target_id, q.namespace_id FROM job_facts f JOIN queues q ON q.id = f.queue_id
  WHERE f.id = $1 AND f.dedupe_key IS NOT NULL AND q.target_id <> $2
), freed AS (
  DELETE FROM job_dedupe d USING f WHERE d.target_id = f.target_id AND d.namespace_id = f.namespace_id AND d.key = f.dedupe_key AND d.job_id = f.id
), put AS (
  INSERT INTO job_dedupe (target_id, namespace_id, key, job_id) SELECT $2, namespace_id, dedupe_key, id FROM f
  ON CONFLICT DO NOTHING RETURNING job_id
)
SELECT EXISTS (SELECT FROM put) AS moved FROM f

-- name: job.set_run_after
-- Of a taken job. $1 job, $2 time (null = now).
UPDATE job_facts SET run_after = coalesce($2::timestamptz, now()) WHERE id = $1

-- name: job.unblock_children
-- Children that were blocked because this parent ended badly wait again, now that it is reopened. Returns those it saw. Not freed: another
-- change moved the child while the statement waited for it, so that only the next one sees where it stands now.
WITH child AS (
  SELECT DISTINCT b.id FROM job_dependencies d JOIN job_blocked b ON b.id = d.job_id AND b.by_dependency
  WHERE d.depends_on_job_id = $1 AND d.dropped_at IS NULL
), gone AS (
  DELETE FROM job_blocked b USING child c WHERE b.id = c.id RETURNING b.id, b.attempt
), put AS (
  INSERT INTO job_waiting (id, attempt) SELECT id, attempt FROM gone
)
SELECT c.id, g.id IS NOT NULL AS freed, q.namespace_id
FROM child c LEFT JOIN gone g ON g.id = c.id JOIN job_facts f ON f.id = c.id JOIN queues q ON q.id = f.queue_id

-- name: job.drop_bad_dependencies
-- Stops waiting for dependencies that ended badly. Returns those dropped.
UPDATE job_dependencies d SET dropped_at = now()
WHERE d.job_id = $1 AND d.dropped_at IS NULL AND EXISTS (
  SELECT FROM job_closings c WHERE c.id = d.depends_on_job_id AND c.ends AND NOT c.reopened AND c.job_status <> 'succeeded')
RETURNING d.depends_on_job_id

-- name: job.has_open_dependencies
-- Whether a job has a dependency that is waited for and has not succeeded.
SELECT EXISTS (SELECT FROM job_dependencies d WHERE d.job_id = $1 AND d.dropped_at IS NULL AND NOT EXISTS (
  SELECT FROM job_closings c WHERE c.id = d.depends_on_job_id AND c.ends AND NOT c.reopened AND c.job_status = 'succeeded')) AS open

-- name: job.journal
-- One row of the journal for a change that was made by other statements of the same transaction. $1 namespace, $2 job, $3 actor, $4 action,
-- $5 from, $6 to, $7 fence, $8 attempt, $9 detail.
WITH row AS (
  INSERT INTO journal (id, namespace_id, job_id, actor, action, from_state, to_state, fence, attempt, detail)
  VALUES (nextval('journal_block'), $1, $2, $3, $4, $5::job_status, $6::job_status, $7, $8, $9::text::jsonb) RETURNING id
)
INSERT INTO journal_pending (first_id, n) SELECT id, 1 FROM row RETURNING first_id

-- name: job.get
SELECT * FROM jobs WHERE id = $1

-- name: job.get_many
-- $1 ids; the jobs in that order.
SELECT j.* FROM unnest($1::uuid[]) WITH ORDINALITY AS t(id, no) CROSS JOIN LATERAL (SELECT * FROM jobs WHERE id = t.id LIMIT 1) j ORDER BY t.no

-- name: job.place_of
-- Where a job stands in terms of rows: its queue, namespace and facts that an override needs.
SELECT f.id, f.queue_id, f.priority::int AS priority, f.source, n.path AS namespace, q.namespace_id, q.target_id, q.lane::text AS lane,
       t.kind::text AS target_kind, t.name AS target_name, t.namespace_id AS target_namespace_id
FROM job_facts f JOIN queues q ON q.id = f.queue_id JOIN namespaces n ON n.id = q.namespace_id JOIN targets t ON t.id = q.target_id
WHERE f.id = $1

-- name: job.places_of
-- The namespaces of jobs, for the walls. $1 ids. Absent ids give no row.
SELECT f.id, n.path AS namespace FROM unnest($1::uuid[]) AS t(id)
CROSS JOIN LATERAL (SELECT id, queue_id FROM job_facts WHERE id = t.id LIMIT 1) f
JOIN queues q ON q.id = f.queue_id JOIN namespaces n ON n.id = q.namespace_id

-- name: job.attempts
SELECT a.fence, a.attempt_no, a.status::text AS status, a.counted, a.dispatcher_id, g.name AS agent, a.summary, a.error, a.started_at, a.running_at, a.finished_at,
       a.openclaw_task_ref, a.openclaw_session_key
FROM job_attempts a LEFT JOIN agents g ON g.agent_no = a.agent_no WHERE a.job_id = $1 ORDER BY a.fence

-- name: job.dependencies
SELECT d.depends_on_job_id, d.dropped_at, j.status::text AS status, j.subject, j.namespace
FROM job_dependencies d CROSS JOIN LATERAL (SELECT status, subject, namespace FROM jobs WHERE id = d.depends_on_job_id LIMIT 1) j
WHERE d.job_id = $1 ORDER BY 1

-- name: job.dependants
SELECT d.job_id, j.status::text AS status, j.subject, j.namespace
FROM job_dependencies d CROSS JOIN LATERAL (SELECT status, subject, namespace FROM jobs WHERE id = d.job_id LIMIT 1) j
WHERE d.depends_on_job_id = $1 ORDER BY 1 LIMIT 500

-- name: job.history
-- The journal of one job, oldest first.
SELECT position, at, actor, action, from_state::text AS from_state, to_state::text AS to_state, fence, attempt, detail::text AS detail
FROM journal_positioned WHERE job_id = $1 ORDER BY id LIMIT 1000

-- name: job.ahead
-- How many jobs stand before this one in its line, counted up to $2.
WITH f AS (SELECT * FROM job_facts WHERE id = $1)
SELECT count(*) AS ahead FROM (
  SELECT FROM job_ready r, f WHERE r.queue_id = f.queue_id AND (r.rank, r.run_after, r.id) < (1000 - f.priority, f.run_after, f.id) LIMIT $2) x

-- name: job.list
-- Jobs by falling id, which is by age. $1 before id, $2 most rows, $3 walls (empty = none), $4 namespace, $5 namespace as regex, $6 status,
-- $7 target agent, $8 source, $9 job type, $10 lane, $11 flow, $12 correlation, $13 parent, $14 text in the subject, $15 dedupe key,
-- $16 created from, $17 created before. Null = any.
SELECT j.* FROM jobs j
WHERE ($1::uuid IS NULL OR j.id < $1)
  AND (cardinality($3::text[]) = 0 OR EXISTS (SELECT FROM unnest($3::text[]) w WHERE j.namespace = w OR starts_with(j.namespace, w || '/')))
  AND ($4::text IS NULL OR j.namespace = $4) AND ($5::text IS NULL OR j.namespace ~ $5) AND ($6::text IS NULL OR j.status = $6::text::job_status)
  AND ($7::text IS NULL OR j.target_agent = $7) AND ($8::text IS NULL OR j.source_agent = $8) AND ($9::text IS NULL OR j.job_type = $9)
  AND ($10::text IS NULL OR j.lane = $10::text::lane) AND ($11::text IS NULL OR j.flow_key = $11)
  AND ($12::text IS NULL OR j.correlation_key = $12) AND ($13::uuid IS NULL OR j.parent_job_id = $13)
  AND ($14::text IS NULL OR position(lower($14) IN lower(j.subject)) > 0) AND ($15::text IS NULL OR j.dedupe_key = $15)
  AND ($16::timestamptz IS NULL OR j.created_at >= $16) AND ($17::timestamptz IS NULL OR j.created_at < $17)
ORDER BY j.id DESC LIMIT $2

-- name: job.list_standing
-- The same for a status other than succeeded ($6 is given): starts from the few rows that stand there, not from all jobs.
WITH standing AS (
  SELECT id FROM job_ready WHERE $6::text = 'queued'
  UNION ALL SELECT id FROM job_scheduled WHERE $6::text = 'queued'
  UNION ALL SELECT id FROM job_waiting WHERE $6::text = 'waiting'
  UNION ALL SELECT id FROM job_blocked WHERE $6::text = 'blocked'
  UNION ALL SELECT id FROM job_leases WHERE ($6::text = 'leased' AND running_at IS NULL) OR ($6::text = 'running' AND running_at IS NOT NULL)
  UNION ALL SELECT c.id FROM queues q CROSS JOIN LATERAL (
    SELECT e.id FROM job_closings e WHERE e.queue_id = q.id AND e.job_status = $6::text::job_status AND e.job_status <> 'succeeded' AND e.ends AND NOT e.reopened) c
  WHERE $6::text IN ('failed', 'dead', 'cancelled')
), ordered AS (
  SELECT id FROM standing WHERE $1::uuid IS NULL OR id < $1 ORDER BY id DESC
)
SELECT j.* FROM ordered o CROSS JOIN LATERAL (SELECT * FROM jobs WHERE id = o.id LIMIT 1) j
WHERE (cardinality($3::text[]) = 0 OR EXISTS (SELECT FROM unnest($3::text[]) w WHERE j.namespace = w OR starts_with(j.namespace, w || '/')))
  AND ($4::text IS NULL OR j.namespace = $4) AND ($5::text IS NULL OR j.namespace ~ $5) AND j.status = $6::text::job_status
  AND ($7::text IS NULL OR j.target_agent = $7) AND ($8::text IS NULL OR j.source_agent = $8) AND ($9::text IS NULL OR j.job_type = $9)
  AND ($10::text IS NULL OR j.lane = $10::text::lane) AND ($11::text IS NULL OR j.flow_key = $11)
  AND ($12::text IS NULL OR j.correlation_key = $12) AND ($13::uuid IS NULL OR j.parent_job_id = $13)
  AND ($14::text IS NULL OR position(lower($14) IN lower(j.subject)) > 0) AND ($15::text IS NULL OR j.dedupe_key = $15)
  AND ($16::timestamptz IS NULL OR j.created_at >= $16) AND ($17::timestamptz IS NULL OR j.created_at < $17)
ORDER BY j.id DESC LIMIT $2

-- name: job.pauses
-- The pauses that keep a job from being claimed. $1 job, $2 agent it is addressed to, or null.
SELECT p.id, CASE WHEN p.agent_no IS NOT NULL THEN 'agent' WHEN p.lane IS NOT NULL THEN 'lane' ELSE 'namespace' END AS scope,
       wall.path AS namespace, p.lane::text AS lane, p.reason, p.paused_by, p.paused_at
FROM job_facts f JOIN queues q ON q.id = f.queue_id JOIN namespaces n ON n.id = q.namespace_id
JOIN pauses p ON true JOIN namespaces wall ON wall.id = p.namespace_id
WHERE f.id = $1 AND (p.agent_no = $2
  OR (p.agent_no IS NULL AND (p.lane IS NULL OR p.lane = q.lane) AND (n.path = wall.path OR starts_with(n.path, wall.path || '/'))))
ORDER BY p.paused_at

-- name: job.live_leases
-- Live leases that count against an agent's concurrency.
SELECT count(*) AS held FROM job_leases WHERE agent_no = $1

-- name: job.candidates
-- Agents that could take the jobs of this queue, whatever they are doing: at most 50. $1 kind, $2 name, $3 namespace of the target.
SELECT a.name, n.path AS namespace, a.desired, a.paused, a.concurrency, p.last_heartbeat_at,
       coalesce(p.last_heartbeat_at > now() - interval '90 seconds', false) AS online
FROM agents a JOIN namespaces n ON n.id = a.namespace_id LEFT JOIN agent_presence p ON p.agent_no = a.agent_no
WHERE CASE $1::text WHEN 'agent' THEN a.name = $2 AND n.path = $3
                    WHEN 'capability' THEN $2 = ANY (a.capabilities) AND ($3 = n.path OR starts_with($3, n.path || '/'))
                    WHEN 'tag' THEN $2 = ANY (a.tags) AND ($3 = n.path OR starts_with($3, n.path || '/'))
                    ELSE $3 = n.path OR starts_with($3, n.path || '/') END
ORDER BY a.agent_no LIMIT 50
