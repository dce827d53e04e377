-- Subscriptions and their deliveries. Everything is new but one index: while it is built, no token is made or revoked.

CREATE TYPE subscription_status AS ENUM ('active', 'paused', 'disabled');
CREATE TYPE subscription_target AS ENUM ('webhook', 'inbox', 'job', 'bus', 'sse');
CREATE TYPE delivery_status AS ENUM ('pending', 'delivered', 'dead');

-- A standing wish to be told of matching events. A live one is served from the shared cursor (event_fan_out); one that is behind has a
-- position of its own, because it began in the past, was paused, or has as many deliveries waiting as it may; a stream is read by its
-- client.
CREATE TABLE subscriptions (
  id uuid PRIMARY KEY,
  namespace_id int NOT NULL REFERENCES namespaces,   -- where its owner lives
  owner text NOT NULL,                               -- agent:<namespace>/<name> or token:<name>: it sees what the owner's tokens see now
  owner_agent_no int REFERENCES agents ON DELETE CASCADE,
  topic text NOT NULL,                               -- a topic filter
  namespaces text NOT NULL,                          -- a namespace filter
  source_agent text,
  filter text,                                       -- an expression over the event
  target subscription_target NOT NULL,
  settings jsonb NOT NULL DEFAULT '{}',              -- of the target: what it is not told once
  ordered boolean NOT NULL DEFAULT false,            -- one delivery at a time, by position
  in_flight_max int NOT NULL DEFAULT 4,              -- deliveries under way at once, on all nodes together
  description text,
  status subscription_status NOT NULL DEFAULT 'active',
  reason text,                                       -- why it is not active, or is held
  hold_until timestamptz,                            -- not read on before
  quick boolean NOT NULL DEFAULT false,              -- its webhook's last answer came within a moment
  full_box int,                                      -- the agent whose box had no room for it: not delivered while that has none
  status_since timestamptz NOT NULL DEFAULT now(),
  live boolean NOT NULL,                             -- served from the shared cursor
  position bigint NOT NULL,                          -- events up to here are not wanted, or were looked at while it was not live
  from_time timestamptz,                             -- events stated earlier are not wanted
  missed_before bigint,                              -- events up to here were removed before it could look at them
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT subscriptions_in_flight_positive CHECK (in_flight_max > 0),
  CONSTRAINT subscriptions_live_is_active CHECK (NOT live OR status = 'active' AND target <> 'sse')
);
CREATE INDEX subscriptions_owner_idx ON subscriptions (owner);
CREATE INDEX subscriptions_namespace_idx ON subscriptions (namespace_id);
CREATE TRIGGER subscriptions_touch BEFORE UPDATE ON subscriptions FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- How far the events were handed out to the live subscriptions. Whoever holds the row hands out; version counts the changes of
-- subscriptions, each made under this row's lock, so that whoever hands out knows exactly who is to be served.
CREATE TABLE event_fan_out (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  position bigint NOT NULL,
  version bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
INSERT INTO event_fan_out (position) VALUES (0);

-- One telling of one event. Its id follows from the subscription and the event, so that a repetition bears the same.
CREATE TABLE deliveries (
  id uuid PRIMARY KEY,
  subscription_id uuid NOT NULL,
  position bigint NOT NULL,
  event_id uuid NOT NULL,
  journal_id bigint NOT NULL,                        -- the event's
  status delivery_status NOT NULL,
  due_at timestamptz NOT NULL DEFAULT now(),         -- earliest next try; while it is leased, when another node may take it
  tries int NOT NULL DEFAULT 0,                      -- counted ones: what was only put off does not count
  try_no int NOT NULL DEFAULT 0,                     -- of the last row of delivery_tries
  lease uuid,                                        -- of the node's claim that has it in its hands
  replays int NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz,
  last_error text,
  result jsonb,                                      -- what it came to: a message or job id
  CONSTRAINT deliveries_ended CHECK ((status = 'pending') = (ended_at IS NULL)),
  CONSTRAINT deliveries_lease_is_pending CHECK (lease IS NULL OR status = 'pending')
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
CREATE UNIQUE INDEX deliveries_subscription_idx ON deliveries (subscription_id, position);
CREATE INDEX deliveries_due_idx ON deliveries (subscription_id, due_at) WHERE status = 'pending';      -- what may be claimed
CREATE INDEX deliveries_line_idx ON deliveries (subscription_id, position) WHERE status = 'pending';   -- the head of an ordered line
CREATE INDEX deliveries_taken_idx ON deliveries (subscription_id) WHERE lease IS NOT NULL;              -- what nodes have in their hands
CREATE INDEX deliveries_dead_idx ON deliveries (subscription_id, position) WHERE status = 'dead';
CREATE INDEX deliveries_ended_idx ON deliveries (ended_at) WHERE status = 'delivered';                 -- what is removed after its time
CREATE INDEX deliveries_buried_idx ON deliveries (ended_at) WHERE status = 'dead';                     -- the same of dead letters

-- What was tried. Of each delivery the last tries are kept.
CREATE TABLE delivery_tries (
  delivery_id uuid NOT NULL,
  try_no int NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  outcome text NOT NULL,                             -- delivered, failed, postponed, dead
  counted boolean NOT NULL,
  status_code int,                                   -- of an answer over HTTP
  took_ms int,
  error text,
  answer text,                                       -- its beginning
  node text NOT NULL,
  PRIMARY KEY (delivery_id, try_no)
);

-- Jobs that deliveries made, and how many subscriptions stand in the chain that led to each.
CREATE TABLE subscription_jobs (
  job_id uuid PRIMARY KEY,
  subscription_id uuid NOT NULL,
  hops int NOT NULL
);

-- Who a service's or operator's token stands for now, by its name.
CREATE INDEX tokens_name_idx ON tokens (name) WHERE agent_no IS NULL;
