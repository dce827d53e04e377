-- What was tried in vain.

-- name: refusal.note
-- Who tried what: one row of the journal. $1 actor, $2 operation, $3 namespace of the caller (null = none), $4 job that the call names,
-- $5 walls (empty = none), $6 fence, $7 detail. The row stands with the job where the caller may see that, else with the caller.
WITH place AS (
  SELECT f.id, q.namespace_id FROM job_facts f JOIN queues q ON q.id = f.queue_id JOIN namespaces n ON n.id = q.namespace_id
  WHERE f.id = $4 AND (cardinality($5::text[]) = 0 OR EXISTS (SELECT FROM unnest($5::text[]) w WHERE n.path = w OR starts_with(n.path, w || '/')))
), noted AS (
  INSERT INTO journal (id, namespace_id, job_id, actor, action, fence, detail)
  SELECT nextval('journal_block'), coalesce((SELECT namespace_id FROM place), (SELECT id FROM namespaces WHERE path = $3)),
         (SELECT id FROM place), $1, $2, $6, $7::text::jsonb
  RETURNING id
)
INSERT INTO journal_pending (first_id, n) SELECT id, 1 FROM noted
