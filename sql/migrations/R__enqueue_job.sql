-- Lets any program enqueue inside its own transaction. This alone may NOTIFY there: the bus itself wakes others after commit.

-- The namespace with this path, made when absent.
CREATE OR REPLACE FUNCTION ensure_namespace(p_path text, p_by text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE found int;
BEGIN
  SELECT id INTO found FROM namespaces WHERE path = p_path;
  IF found IS NULL THEN
    INSERT INTO namespaces (path, created_by) VALUES (p_path, p_by) ON CONFLICT (path) DO NOTHING RETURNING id INTO found;
    IF found IS NULL THEN
      SELECT id INTO found FROM namespaces WHERE path = p_path;
    END IF;
  END IF;
  RETURN found;
END $$;

-- Whether a pause covers the jobs of a lane in a namespace.
CREATE OR REPLACE FUNCTION queue_is_paused(p_namespace_id int, p_lane lane) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT FROM pauses p JOIN namespaces wall ON wall.id = p.namespace_id JOIN namespaces n ON n.id = p_namespace_id
    WHERE p.agent_no IS NULL AND (p.lane IS NULL OR p.lane = p_lane)
      AND (n.path = wall.path OR starts_with(n.path, wall.path || '/')))
$$;

-- The queue of these three, made when absent. The lock keeps a pause from missing a queue that is being made.
CREATE OR REPLACE FUNCTION ensure_queue(p_namespace_id int, p_target_namespace_id int, p_kind target_kind, p_name text, p_lane lane)
RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  t int;
  q int;
BEGIN
  SELECT q2.id INTO q FROM queues q2 JOIN targets t2 ON t2.id = q2.target_id
  WHERE t2.namespace_id = p_target_namespace_id AND t2.kind = p_kind AND t2.name = p_name
    AND q2.namespace_id = p_namespace_id AND q2.lane = p_lane;
  IF q IS NOT NULL THEN
    RETURN q;
  END IF;
  PERFORM pg_advisory_xact_lock_shared(hashtext('agentbus.pauses'));
  INSERT INTO targets (namespace_id, kind, name) VALUES (p_target_namespace_id, p_kind, p_name) ON CONFLICT DO NOTHING;
  SELECT id INTO t FROM targets WHERE namespace_id = p_target_namespace_id AND kind = p_kind AND name = p_name;
  INSERT INTO queues (namespace_id, target_id, lane, paused) VALUES (p_namespace_id, t, p_lane, queue_is_paused(p_namespace_id, p_lane))
  ON CONFLICT DO NOTHING;
  SELECT id INTO q FROM queues WHERE namespace_id = p_namespace_id AND target_id = t AND lane = p_lane;
  RETURN q;
END $$;

-- The namespace in which an agent name means something for a job of p_namespace: the nearest, from there upwards, that has such an
-- agent; the job's own when none has.
CREATE OR REPLACE FUNCTION resolve_agent_namespace(p_namespace text, p_agent text) RETURNS int LANGUAGE sql STABLE AS $$
  SELECT n.id FROM namespaces n LEFT JOIN agents a ON a.namespace_id = n.id AND a.name = p_agent
  WHERE n.path = p_namespace OR (a.agent_no IS NOT NULL AND starts_with(p_namespace, n.path || '/'))
  ORDER BY (a.agent_no IS NOT NULL) DESC, length(n.path) DESC LIMIT 1
$$;

-- The lane that a job type belongs to unless the caller says otherwise.
CREATE OR REPLACE FUNCTION lane_of(p_job_type text) RETURNS lane LANGUAGE sql IMMUTABLE AS $$
  SELECT (CASE
    WHEN p_job_type IN ('scheduled', 'delivery', 'proactive', 'memory', 'idle', 'projection', 'coding') THEN p_job_type
    WHEN p_job_type ~ '^(dev|coding)\.' THEN 'coding'
    WHEN p_job_type ~ '^memory\.' THEN 'memory'
    WHEN p_job_type ~ '^idle\.' THEN 'idle'
    ELSE 'reactive' END)::lane
$$;

-- Enqueues a job as part of the caller's transaction and returns its id; an active job with the same dedupe_key is returned instead.
-- options: job_type, priority, dedupe_key, flow_key, correlation_key, parent_job_id, run_after, max_attempts, timeout_seconds,
-- expected_seconds, lane, state. Unknown options are refused. What is not said comes from job_defaults, as for the operation.
CREATE OR REPLACE FUNCTION enqueue_job(namespace text, target_agent text, subject text, payload jsonb DEFAULT '{}',
                                       options jsonb DEFAULT '{}')
RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = agentbus, pg_temp AS $$
#variable_conflict use_column
DECLARE
  v_namespace text := enqueue_job.namespace;
  v_target text := enqueue_job.target_agent;
  v_options jsonb := coalesce(enqueue_job.options, '{}');
  v_payload jsonb := coalesce(enqueue_job.payload, '{}');
  v_type text := coalesce(v_options->>'job_type', 'reactive');
  v_key text := v_options->>'dedupe_key';
  v_run timestamptz := coalesce((v_options->>'run_after')::timestamptz, now());
  v_priority int := coalesce((v_options->>'priority')::int, 100);
  v_id uuid;
  v_existing uuid;
  v_ns int;
  v_queue int;
  v_target_id int;
  v_block bigint;
  v_unknown text;
  v_defaults job_defaults;
BEGIN
  SELECT d.* INTO STRICT v_defaults FROM job_defaults d;
  SELECT string_agg(k, ', ') INTO v_unknown FROM jsonb_object_keys(v_options) k
  WHERE k NOT IN ('job_type', 'priority', 'dedupe_key', 'flow_key', 'correlation_key', 'parent_job_id', 'run_after', 'max_attempts',
                  'timeout_seconds', 'expected_seconds', 'lane', 'state');
  IF v_unknown IS NOT NULL THEN
    RAISE EXCEPTION 'enqueue_job: unknown option %', v_unknown USING ERRCODE = '22023';
  END IF;
  IF coalesce(enqueue_job.subject, '') = '' THEN
    RAISE EXCEPTION 'enqueue_job: subject is required' USING ERRCODE = '22023';
  END IF;
  IF octet_length(v_payload::text) > v_defaults.payload_bytes THEN
    RAISE EXCEPTION 'enqueue_job: payload has % bytes; the limit is %', octet_length(v_payload::text), v_defaults.payload_bytes
      USING ERRCODE = '22023';
  END IF;
  SELECT n.id INTO v_ns FROM namespaces n WHERE n.path = v_namespace;
  IF v_ns IS NULL THEN
    RAISE EXCEPTION 'enqueue_job: there is no namespace %', v_namespace USING ERRCODE = '22023';
  END IF;
  v_queue := ensure_queue(v_ns, CASE WHEN v_target IS NULL THEN v_ns ELSE resolve_agent_namespace(v_namespace, v_target) END,
                          CASE WHEN v_target IS NULL THEN 'any' ELSE 'agent' END::target_kind, coalesce(v_target, ''),
                          coalesce((v_options->>'lane')::lane, lane_of(v_type)));
  SELECT q.target_id INTO v_target_id FROM queues q WHERE q.id = v_queue;
  -- UUID of version 7: 48 bits of milliseconds, then random.
  v_id := encode(set_byte(set_byte(
            overlay(uuid_send(gen_random_uuid()) PLACING substring(int8send(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
                    FROM 1 FOR 6),
            6, (get_byte(uuid_send(gen_random_uuid()), 6) & 15) | 112),
            8, (get_byte(uuid_send(gen_random_uuid()), 8) & 63) | 128), 'hex')::uuid;
  IF v_key IS NOT NULL THEN
    LOOP
      INSERT INTO job_dedupe (target_id, namespace_id, key, job_id) VALUES (v_target_id, v_ns, v_key, v_id) ON CONFLICT DO NOTHING;
      EXIT WHEN FOUND;
      SELECT d.job_id INTO v_existing FROM job_dedupe d WHERE d.target_id = v_target_id AND d.namespace_id = v_ns AND d.key = v_key;
      IF v_existing IS NOT NULL THEN
        RETURN v_existing;
      END IF;
    END LOOP;
  END IF;
  INSERT INTO job_facts (id, queue_id, run_after, priority, max_attempts, timeout_seconds, expected_seconds, job_type, subject, source,
                         parent_job_id, flow_key, correlation_key, dedupe_key, payload, state)
  VALUES (v_id, v_queue, v_run, v_priority, coalesce((v_options->>'max_attempts')::int, v_defaults.max_attempts), (v_options->>'timeout_seconds')::int,
          (v_options->>'expected_seconds')::int, v_type, enqueue_job.subject, 'sql:' || session_user, (v_options->>'parent_job_id')::uuid,
          v_options->>'flow_key', v_options->>'correlation_key', v_key, v_payload, v_options->'state');
  IF v_run > now() THEN
    INSERT INTO job_scheduled (run_after, id) VALUES (v_run, v_id);
  ELSE
    INSERT INTO job_ready (queue_id, rank, run_after, id) VALUES (v_queue, 1000 - v_priority, v_run, v_id);
    PERFORM pg_notify('jobs_ready', json_build_object('namespace', v_namespace, 'target_agent', v_target, 'job_id', v_id,
                                                      'queues', json_build_array(v_queue))::text);
  END IF;
  v_block := nextval('journal_block');
  INSERT INTO journal (id, namespace_id, job_id, actor, action, to_state)
  VALUES (v_block, v_ns, v_id, 'sql:' || session_user, 'enqueue_job', 'queued');
  INSERT INTO journal_pending (first_id, n) VALUES (v_block, 1);
  RETURN v_id;
END $$;

REVOKE ALL ON FUNCTION enqueue_job(text, text, text, jsonb, jsonb) FROM PUBLIC;
DO $$
BEGIN
  BEGIN
    CREATE ROLE agentbus_enqueuer NOLOGIN;
  EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;  -- another database of this server made it
  END;
  GRANT USAGE ON SCHEMA agentbus TO agentbus_enqueuer;
  GRANT EXECUTE ON FUNCTION agentbus.enqueue_job(text, text, text, jsonb, jsonb) TO agentbus_enqueuer;
EXCEPTION WHEN insufficient_privilege THEN
  RAISE NOTICE 'role agentbus_enqueuer could not be made: grant EXECUTE on agentbus.enqueue_job yourself';
END $$;
