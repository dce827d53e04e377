-- The names people select from. Dropped and made again whenever this file changes, so that columns may be added anywhere.
DROP VIEW IF EXISTS system_health_snapshot_v, queue_health_summary_v, dispatcher_health_summary_v, stuck_jobs_v, ready_jobs_v,
  events, job_attempts, jobs, job_words, journal_positioned, inbox_messages, open_subscriptions;

-- The name of an actor without what it is: agent:acme/devops and token:devops are devops.
CREATE OR REPLACE FUNCTION actor_name(actor text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT regexp_replace(actor, '^(agent:(.*/)?|token:)', '') $$;

-- What was asked for, in words: the part of a job that does not depend on where it stands.
CREATE VIEW job_words AS
SELECT f.id, n.path AS namespace, f.parent_job_id, f.flow_key, f.correlation_key, actor_name(f.source) AS source_agent,
       CASE t.kind WHEN 'agent' THEN t.name END AS target_agent,
       CASE t.kind WHEN 'capability' THEN t.name END AS target_capability,
       CASE t.kind WHEN 'tag' THEN t.name END AS target_tag,
       q.lane, f.job_type, f.subject, f.priority::int AS priority, f.dedupe_key, f.payload,
       coalesce(o.state, f.state, '{}') AS state, f.run_after, f.max_attempts::int AS max_attempts,
       f.timeout_seconds, f.expected_seconds, f.created_at, f.queue_id, q.namespace_id, q.target_id,
       o.summary AS noted_summary, o.last_error AS noted_error, o.progress, o.progress_at,
       o.openclaw_task_ref, o.openclaw_session_key, coalesce(o.openclaw_meta, '{}') AS openclaw_meta
FROM job_facts f
JOIN queues q ON q.id = f.queue_id
JOIN namespaces n ON n.id = q.namespace_id
JOIN targets t ON t.id = q.target_id
LEFT JOIN job_notes o ON o.job_id = f.id;

-- Every job, wherever it stands. attempt_count counts the attempts used up, the open one included.
CREATE VIEW jobs AS
SELECT w.id, w.namespace, w.parent_job_id, w.flow_key, w.correlation_key, w.source_agent, w.target_agent, w.target_capability,
       w.target_tag, w.lane, w.job_type, w.subject, w.priority, w.dedupe_key, w.payload, w.state, s.result,
       coalesce(s.summary, w.noted_summary) AS summary, s.status, w.run_after, s.lease_owner, s.leased_until, s.fence,
       s.attempt_count, w.max_attempts, w.timeout_seconds, w.expected_seconds, s.blocked_reason, s.needs, s.needs_from,
       s.review_at, coalesce(s.last_error, w.noted_error) AS last_error, w.progress, w.progress_at,
       coalesce(s.openclaw_task_ref, w.openclaw_task_ref) AS openclaw_task_ref,
       coalesce(s.openclaw_session_key, w.openclaw_session_key) AS openclaw_session_key, w.openclaw_meta,
       w.created_at, greatest(w.created_at, w.progress_at, s.changed_at) AS updated_at, s.leased_at, s.running_at, s.completed_at,
       s.agent_no, w.queue_id, w.namespace_id, w.target_id
FROM job_words w
CROSS JOIN LATERAL (
  SELECT 'queued'::job_status AS status, r.attempt::int AS attempt_count, NULL::bigint AS fence, NULL::text AS lease_owner,
         NULL::timestamptz AS leased_until, NULL::int AS agent_no, NULL::timestamptz AS leased_at, NULL::timestamptz AS running_at,
         NULL::timestamptz AS completed_at,
         (SELECT max(c.finished_at) FROM job_closings c WHERE c.id = r.id) AS changed_at, NULL::text AS blocked_reason, NULL::text AS needs,
         NULL::text AS needs_from, NULL::timestamptz AS review_at, NULL::text AS summary, NULL::text AS last_error,
         '{}'::jsonb AS result, NULL::text AS openclaw_task_ref, NULL::text AS openclaw_session_key
  FROM job_ready r
  WHERE r.queue_id = w.queue_id AND r.rank = 1000 - w.priority AND r.run_after = w.run_after AND r.id = w.id
  UNION ALL
  SELECT 'queued', s.attempt, NULL, NULL, NULL, NULL, NULL, NULL, NULL, (SELECT max(c.finished_at) FROM job_closings c WHERE c.id = s.id),
         NULL, NULL, NULL, NULL, NULL, NULL, '{}', NULL, NULL
  FROM job_scheduled s WHERE s.run_after = w.run_after AND s.id = w.id
  UNION ALL
  SELECT 'waiting', x.attempt, NULL, NULL, NULL, NULL, NULL, NULL, NULL, x.since, NULL, NULL, NULL, NULL, NULL, NULL, '{}', NULL, NULL
  FROM job_waiting x WHERE x.id = w.id
  UNION ALL
  SELECT CASE WHEN l.running_at IS NULL THEN 'leased' ELSE 'running' END::job_status, l.attempt, l.fence, l.owner, l.leased_until,
         l.agent_no, l.leased_at, l.running_at, NULL, coalesce(l.running_at, l.leased_at), NULL, NULL, NULL, NULL, NULL, NULL, '{}',
         NULL, NULL
  FROM job_leases l WHERE l.id = w.id
  UNION ALL
  SELECT 'blocked', b.attempt, NULL, NULL, NULL, NULL, NULL, NULL, NULL, b.blocked_at, b.blocked_reason, b.needs, b.needs_from,
         b.review_at, NULL, NULL, '{}', NULL, NULL
  FROM job_blocked b WHERE b.id = w.id
  UNION ALL
  SELECT c.job_status, c.attempt, c.fence, NULL, NULL, c.agent_no, c.leased_at, c.running_at, c.finished_at, c.finished_at, NULL,
         NULL, NULL, NULL, c.summary, c.error, coalesce(c.result, '{}'), c.openclaw_task_ref, c.openclaw_session_key
  FROM job_closings c WHERE c.id = w.id AND c.ends AND NOT c.reopened
) s;
COMMENT ON VIEW jobs IS 'Every job and where it stands. Filter by id or by a key where you can: the state is found job by job.';

-- Every try at a job: the open ones are the leases.
CREATE VIEW job_attempts AS
SELECT c.id AS job_id, c.fence, c.attempt::int AS attempt_no, c.owner AS dispatcher_id, c.attempt_status AS status, c.counted,
       c.summary, c.error, c.openclaw_task_ref, c.openclaw_session_key, coalesce(c.result, '{}') AS response,
       c.leased_at AS started_at, c.running_at, c.finished_at, c.agent_no
FROM job_closings c WHERE c.attempt_status IS NOT NULL
UNION ALL
SELECT l.id, l.fence, l.attempt, l.owner, CASE WHEN l.running_at IS NULL THEN 'leased' ELSE 'running' END::attempt_status, true,
       NULL, NULL, NULL, NULL, '{}', l.leased_at, l.running_at, NULL, l.agent_no
FROM job_leases l;

-- The journal in the order of commit. Rows not yet sequenced have no position and come last.
CREATE VIEW journal_positioned AS
SELECT p.position + (j.id - p.first_id) AS position, j.id, j.at, n.path AS namespace, j.job_id, j.actor, j.action, j.from_state,
       j.to_state, j.fence, j.attempt::int AS attempt, j.detail, j.namespace_id
FROM journal j
LEFT JOIN namespaces n ON n.id = j.namespace_id
LEFT JOIN LATERAL (
  SELECT b.position, b.first_id FROM journal_positions b WHERE b.first_id <= j.id AND j.id < b.first_id + b.n
  ORDER BY b.first_id DESC LIMIT 1) p ON true;

-- What the bus itself says of its changes: job.<status> for every change of a job's status, agent.<what> for every change of an agent,
-- message.<what> for messages, campaign.<what> for campaigns. What a subscription puts into a box is no event, nor is the acknowledgement of
-- it: each would bring forth the next. Null for rows that are no event.
CREATE OR REPLACE FUNCTION bus_topic(j journal) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE
    WHEN j.to_state IS NOT NULL AND j.job_id IS NOT NULL THEN 'job.' || j.to_state
    WHEN j.detail ? 'refused' THEN NULL
    ELSE CASE j.action
      WHEN 'create_agent' THEN 'agent.created'
      WHEN 'register_agent' THEN 'agent.registered'
      WHEN 'update_agent' THEN 'agent.updated'
      WHEN 'rotate_agent_token' THEN 'agent.token_rotated'
      WHEN 'revoke_agent_token' THEN 'agent.token_revoked'
      WHEN 'create_source' THEN 'source.created'
      WHEN 'update_source' THEN 'source.updated'
      WHEN 'rotate_source_secret' THEN 'source.secret_rotated'
      WHEN 'delete_source' THEN 'source.deleted'
      WHEN 'put_route' THEN 'source.route_put'
      WHEN 'delete_route' THEN 'source.route_deleted'
      WHEN 'bury_webhook' THEN 'source.webhook_dead'
      WHEN 'retry_webhook' THEN 'source.webhook_retried'
      WHEN 'notify' THEN 'message.sent'
      WHEN 'subscribe' THEN 'subscription.created'
      WHEN 'unsubscribe' THEN 'subscription.removed'
      WHEN 'update_subscription' THEN 'subscription.updated'
      WHEN 'pause_subscription' THEN 'subscription.paused'
      WHEN 'resume_subscription' THEN 'subscription.resumed'
      WHEN 'disable_subscription' THEN 'subscription.disabled'
      WHEN 'hold_subscription' THEN 'subscription.held'
      WHEN 'replay_deliveries' THEN 'delivery.replayed'
      WHEN 'remove_dead_letters' THEN 'delivery.removed'
      -- Of a delivery that tells of deliveries nobody is told: two that fail would tell each other of it for ever.
      WHEN 'delivery_dead' THEN CASE WHEN coalesce(j.detail->>'topic', '') NOT LIKE 'delivery.%' THEN 'delivery.dead' END
      WHEN 'ack_message' THEN CASE WHEN NOT j.detail ? 'subscribed' THEN 'message.acknowledged' END
      WHEN 'create_campaign' THEN 'campaign.created'
      WHEN 'report_phase' THEN 'campaign.phase_landed'
      WHEN 'phase_stuck' THEN 'campaign.phase_stuck'
      WHEN 'phase_heard' THEN 'campaign.phase_heard'
      WHEN 'rerun_phase' THEN 'campaign.phase_rerun'
      WHEN 'finish_campaign' THEN 'campaign.finished'
      WHEN 'decide_campaign' THEN 'campaign.decided'
      WHEN 'cancel_campaign' THEN 'campaign.cancelled'
      WHEN 'remove_campaign' THEN 'campaign.removed'
      WHEN 'memory_store' THEN 'memory.stored'
      WHEN 'memory_update' THEN 'memory.updated'
      WHEN 'memory_promote' THEN 'memory.promoted'
      WHEN 'memory_delete' THEN 'memory.deleted'
      WHEN 'memory_link' THEN 'memory.link_created'
      WHEN 'memory_kg_invalidate' THEN 'memory.link_invalidated'
      WHEN 'memory_approval_requested' THEN 'memory.approval_requested'
    END
  END $$;

-- The id of such an event is made from the journal's (UUID version 8), so that it is the same each time.
CREATE OR REPLACE FUNCTION bus_event_id(journal_id bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT ('00000000-' || substr(h, 1, 4) || '-8000-8000-' || substr(h, 5))::uuid FROM lpad(to_hex(journal_id), 16, '0') AS h $$;

CREATE OR REPLACE FUNCTION bus_payload(j journal) RETURNS jsonb LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce(j.detail, '{}') || jsonb_strip_nulls(jsonb_build_object('job_id', j.job_id, 'action', j.action, 'actor', j.actor,
           'from', j.from_state, 'to', j.to_state, 'fence', j.fence, 'attempt', j.attempt)) $$;

-- Every fact with a topic. To find one by its id, look into event_facts, or for ids of version 8 by journal_id.
CREATE VIEW events AS
SELECT e.id, n.path AS namespace, e.topic, e.source AS source_agent, e.source_job_id, e.dedupe_key, e.payload, e.created_at,
       e.journal_id, e.namespace_id
FROM event_facts e JOIN namespaces n ON n.id = e.namespace_id
UNION ALL
SELECT bus_event_id(j.id), n.path, bus_topic(j), actor_name(j.actor), j.job_id, NULL, bus_payload(j), j.at, j.id, j.namespace_id
FROM journal j JOIN namespaces n ON n.id = j.namespace_id
WHERE bus_topic(j) IS NOT NULL;

-- Every message and where it stands. Who is allowed to read one is decided by the operations: sender is who sent it by its token, source_agent
-- whose message it is, which differs where an operator acted for an agent.
CREATE VIEW inbox_messages AS
SELECT f.id, actor_name(coalesce(f.sender, f.source)) AS sender, actor_name(f.source) AS source_agent, a.name AS target, n.path AS namespace, f.title,
       f.payload, 10 - f.rank AS priority, f.thread_id, f.reply_to, f.correlation_key, f.dedupe_key, f.source_job_id, f.arrival,
       f.created_at, d.deferred_until, k.acked_at, actor_name(k.acked_by) AS acked_by, k.result, coalesce(f.sender, f.source) AS sent_by, f.source, f.agent_no, f.namespace_id,
       f.subscribed, CASE WHEN k.id IS NOT NULL THEN 'acknowledged' WHEN d.deferred_until > now() THEN 'deferred' ELSE 'unread' END AS status
FROM message_facts f
JOIN agents a ON a.agent_no = f.agent_no
JOIN namespaces n ON n.id = f.namespace_id
LEFT JOIN message_deferred d ON d.agent_no = f.agent_no AND d.rank = f.rank AND d.arrival = f.arrival
LEFT JOIN message_acks k ON k.id = f.id;

CREATE VIEW ready_jobs_v AS
SELECT w.* FROM job_words w
JOIN job_ready r ON r.queue_id = w.queue_id AND r.rank = 1000 - w.priority AND r.run_after = w.run_after AND r.id = w.id;

-- Leases past their end that no sweep has closed yet, and attempts that run twice as long as expected.
CREATE VIEW stuck_jobs_v AS
SELECT w.id, w.namespace, w.target_agent, w.subject, l.fence, l.attempt::int AS attempt_no, a.name AS agent, l.owner AS lease_owner,
       l.leased_at, l.leased_until, l.sweep_at < now() AS expired,
       coalesce(l.leased_at + make_interval(secs => 2 * w.expected_seconds) < now(), false) AS stuck
FROM job_leases l
JOIN job_words w ON w.id = l.id
LEFT JOIN agents a ON a.agent_no = l.agent_no
WHERE l.sweep_at < now() OR l.leased_at + make_interval(secs => 2 * w.expected_seconds) < now();

-- When a job was made, as its id tells (UUID version 7).
CREATE OR REPLACE FUNCTION made_at(id uuid) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT to_timestamp(('x' || left(translate(id::text, '-', ''), 12))::bit(48)::bigint / 1000.0) $$;

-- How many jobs of each queue succeeded since a time, counted up to p_most together. Rows are added in the order of their time, so that the
-- block range index finds them; a walk from the start of the table, which a plan for few rows may prefer, would read its whole past.
CREATE OR REPLACE FUNCTION succeeded_since(p_since timestamptz, p_most int) RETURNS TABLE (queue_id int, jobs bigint)
LANGUAGE sql STABLE SET enable_seqscan = off AS $$
  SELECT c.queue_id, count(*) FROM (
    SELECT c.queue_id FROM job_closings c
    WHERE c.finished_at > p_since AND c.ends AND NOT c.reopened AND c.job_status = 'succeeded' LIMIT p_most) c
  GROUP BY 1 $$;

-- One row a namespace, empty ones included. Ended jobs are those of the last 24 hours: counts for ever only grow. A look does not cost more
-- the more there is: of each line the first 10,000 jobs are counted; of jobs due later, waiting, blocked, past their lease and ended other
-- than well the first 10,000 of all namespaces together, and of leases and successes the first 100,000. Where there were more, complete is
-- false in every row, and counts mean: at least so many.
CREATE VIEW queue_health_summary_v AS
WITH ready AS (
  SELECT q.namespace_id, sum(c.jobs) AS jobs, sum(c.hot) AS hot, min(c.oldest_at) AS oldest_at, bool_or(c.jobs >= 10000) AS cut
  FROM queues q CROSS JOIN LATERAL (
    SELECT count(*) AS jobs, count(*) FILTER (WHERE r.attempt >= 3) AS hot, min(made_at(r.id)) AS oldest_at
    FROM (SELECT r.id, r.attempt FROM job_ready r WHERE r.queue_id = q.id ORDER BY r.queue_id, r.rank, r.run_after, r.id LIMIT 10000) r) c
  GROUP BY 1
), scheduled AS (
  SELECT q.namespace_id, count(*) AS jobs, count(*) FILTER (WHERE s.attempt >= 3) AS hot, min(f.created_at) AS oldest_at
  FROM (SELECT id, attempt FROM job_scheduled ORDER BY run_after, id LIMIT 10000) s
  CROSS JOIN LATERAL (SELECT queue_id, created_at FROM job_facts WHERE id = s.id LIMIT 1) f JOIN queues q ON q.id = f.queue_id GROUP BY 1
), waiting AS (
  SELECT q.namespace_id, count(*) AS jobs
  FROM (SELECT id FROM job_waiting ORDER BY id LIMIT 10000) x
  CROSS JOIN LATERAL (SELECT queue_id FROM job_facts WHERE id = x.id LIMIT 1) f JOIN queues q ON q.id = f.queue_id GROUP BY 1
), blocked AS (
  SELECT q.namespace_id, count(*) AS jobs, min(b.blocked_at) AS oldest_at
  FROM (SELECT id, blocked_at FROM job_blocked ORDER BY id LIMIT 10000) b
  CROSS JOIN LATERAL (SELECT queue_id FROM job_facts WHERE id = b.id LIMIT 1) f JOIN queues q ON q.id = f.queue_id GROUP BY 1
), held AS (
  SELECT namespace_id, count(*) AS jobs, count(*) FILTER (WHERE running_at IS NOT NULL) AS running, count(*) FILTER (WHERE attempt >= 3) AS hot
  FROM (SELECT namespace_id, running_at, attempt FROM job_leases LIMIT 100000) l GROUP BY 1
), expired AS (
  SELECT namespace_id, count(*) AS jobs
  FROM (SELECT namespace_id FROM job_leases WHERE sweep_at < now() ORDER BY sweep_at LIMIT 10000) l GROUP BY 1
), succeeded AS (
  SELECT q.namespace_id, sum(s.jobs) AS jobs FROM succeeded_since(now() - interval '24 hours', 100000) s JOIN queues q ON q.id = s.queue_id GROUP BY 1
), unwell AS (
  SELECT q.namespace_id, count(*) AS jobs, count(*) FILTER (WHERE c.job_status = 'failed') AS failed,
         count(*) FILTER (WHERE c.job_status = 'dead') AS dead, count(*) FILTER (WHERE c.job_status = 'cancelled') AS cancelled
  FROM (SELECT queue_id, job_status FROM job_closings
        WHERE finished_at > now() - interval '24 hours' AND ends AND job_status <> 'succeeded' AND NOT reopened
        ORDER BY finished_at DESC LIMIT 10000) c
  JOIN queues q ON q.id = c.queue_id GROUP BY 1
), whole AS (
  SELECT NOT (coalesce((SELECT bool_or(cut) FROM ready), false)
    OR greatest((SELECT sum(jobs) FROM scheduled), (SELECT sum(jobs) FROM waiting), (SELECT sum(jobs) FROM blocked), (SELECT sum(jobs) FROM expired),
                (SELECT sum(jobs) FROM unwell), 0) >= 10000
    OR greatest((SELECT sum(jobs) FROM held), (SELECT sum(jobs) FROM succeeded), 0) >= 100000) AS complete
)
SELECT n.path AS namespace, coalesce(w.jobs, 0) AS waiting_count, (coalesce(r.jobs, 0) + coalesce(s.jobs, 0))::bigint AS queued_count,
       coalesce(h.jobs - h.running, 0) AS leased_count, coalesce(h.running, 0) AS running_count, coalesce(b.jobs, 0) AS blocked_count,
       coalesce(g.jobs, 0)::bigint AS succeeded_count, coalesce(u.failed, 0) AS failed_count, coalesce(u.dead, 0) AS dead_count,
       coalesce(u.cancelled, 0) AS cancelled_count, coalesce(x.jobs, 0) AS expired_lease_count,
       (coalesce(h.hot, 0) + coalesce(r.hot, 0) + coalesce(s.hot, 0))::bigint AS retry_hotspot_count,
       extract(epoch FROM now() - least(r.oldest_at, s.oldest_at))::bigint AS oldest_queued_age_seconds,
       extract(epoch FROM now() - b.oldest_at)::bigint AS oldest_blocked_age_seconds, whole.complete
FROM namespaces n
CROSS JOIN whole
LEFT JOIN ready r ON r.namespace_id = n.id
LEFT JOIN scheduled s ON s.namespace_id = n.id
LEFT JOIN waiting w ON w.namespace_id = n.id
LEFT JOIN blocked b ON b.namespace_id = n.id
LEFT JOIN held h ON h.namespace_id = n.id
LEFT JOIN expired x ON x.namespace_id = n.id
LEFT JOIN succeeded g ON g.namespace_id = n.id
LEFT JOIN unwell u ON u.namespace_id = n.id;

-- Always one row, on an empty database too. A node is stale when it was not seen for 90 s and did not stop cleanly.
CREATE VIEW dispatcher_health_summary_v AS
SELECT count(*) FILTER (WHERE stopped_at IS NULL) AS dispatcher_count,
       count(*) FILTER (WHERE stopped_at IS NULL AND last_seen > now() - interval '90 seconds') AS healthy_count,
       count(*) FILTER (WHERE stopped_at IS NULL AND last_seen <= now() - interval '90 seconds') AS stale_count,
       max(last_seen) AS last_seen, extract(epoch FROM now() - max(last_seen))::bigint AS seconds_since_last_seen,
       coalesce(sum(leases_owned) FILTER (WHERE stopped_at IS NULL), 0) AS leases_owned,
       coalesce(sum(busy_agents) FILTER (WHERE stopped_at IS NULL), 0) AS busy_agents
FROM dispatcher_heartbeats;

-- One row a namespace, at least one: the namespace 'default' always exists.
CREATE VIEW system_health_snapshot_v AS
SELECT q.*, d.dispatcher_count, d.healthy_count AS healthy_dispatcher_count, d.stale_count AS stale_dispatcher_count,
       d.last_seen AS dispatcher_last_seen, d.seconds_since_last_seen AS seconds_since_dispatcher_seen, d.leases_owned, d.busy_agents,
       coalesce((SELECT position + n - 1 FROM journal_positions ORDER BY position DESC LIMIT 1), 0)
         - coalesce((SELECT to_position FROM journal_seals ORDER BY seal_no DESC LIMIT 1), 0) AS unsealed_journal_rows
FROM queue_health_summary_v q CROSS JOIN dispatcher_health_summary_v d;

-- Subscriptions whose deliveries may be tried: active, and not in a paused namespace. host is that of a webhook; it may be called from open_at
-- on (null = now). One with a rate has so many turns within the next 250 ms, for which its deliveries may be taken (null = no rate).
-- box_unacked is what the box holds that was full (null = none was, or it is not the one any more that the target's name means: the target
-- was changed, or an agent of that name has come nearer).
CREATE VIEW open_subscriptions AS
SELECT s.id, s.owner, s.target, s.quick, s.ordered, s.in_flight_max, b.unacked AS box_unacked,
       substring(e.url from '^[^:]+://(?:[^@/?#]*@)?(\[[^]]*\]|[^:/?#]+)') AS host,
       greatest(e.hold_until, CASE WHEN e.rate_per_second IS NOT NULL THEN e.next_at - interval '250 ms' END) AS open_at,
       floor(extract(epoch FROM now() + interval '250 ms' - greatest(e.next_at, now())) * e.rate_per_second)::int + 1 AS turns
FROM subscriptions s
JOIN namespaces n ON n.id = s.namespace_id
LEFT JOIN webhook_endpoints e ON e.subscription_id = s.id
LEFT JOIN message_boxes b ON b.agent_no = s.full_box AND b.agent_no = (
  SELECT a.agent_no FROM agents a JOIN namespaces w ON w.id = a.namespace_id
  WHERE a.name = s.settings->>'target_agent' AND (n.path = w.path OR starts_with(n.path, w.path || '/')) ORDER BY length(w.path) DESC LIMIT 1)
WHERE s.status = 'active' AND NOT EXISTS (
  SELECT FROM pauses p JOIN namespaces wall ON wall.id = p.namespace_id
  WHERE p.agent_no IS NULL AND p.lane IS NULL AND (n.path = wall.path OR starts_with(n.path, wall.path || '/')));
