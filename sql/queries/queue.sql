-- Queues: one for each namespace, target and lane that ever had a job.

-- name: queue.ensure
-- $1 namespace, $2 namespace of the target's name, $3 kind, $4 name, $5 lane.
SELECT ensure_queue($1, $2, $3::text::target_kind, $4, $5::text::lane) AS id

-- name: queue.get
SELECT q.id, q.namespace_id, n.path AS namespace, q.target_id, t.namespace_id AS target_namespace_id, t.kind::text AS kind, t.name,
       q.lane::text AS lane
FROM queues q JOIN targets t ON t.id = q.target_id JOIN namespaces n ON n.id = q.namespace_id WHERE q.id = $1

-- name: queue.of_agent
-- The queues an agent may claim from. $1 its namespace, $2 its name, $3 its capabilities, $4 its tags.
SELECT q.id, q.namespace_id, n.path AS namespace, q.target_id, t.namespace_id AS target_namespace_id, t.kind::text AS kind, t.name,
       q.lane::text AS lane
FROM targets t JOIN queues q ON q.target_id = t.id JOIN namespaces n ON n.id = q.namespace_id JOIN namespaces tn ON tn.id = t.namespace_id
WHERE (t.kind = 'agent' AND t.name = $2 AND tn.path = $1)
   OR (((t.kind = 'capability' AND t.name = ANY ($3::text[])) OR (t.kind = 'tag' AND t.name = ANY ($4::text[])) OR t.kind = 'any')
       AND (tn.path = $1 OR starts_with(tn.path, $1 || '/')))
ORDER BY q.id

-- name: queue.newest
-- Changes whenever a queue is made: queues are never removed, and their ids may be committed out of order.
SELECT count(*) AS queues, coalesce(max(id), 0) AS newest FROM queues
