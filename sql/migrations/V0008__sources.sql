-- Webhooks from outside: where they come from, what came, and what becomes of it. Everything is new; takes no lock that matters.

-- The name is part of an address, and so stands once in the whole database.
CREATE TABLE sources (
  id uuid PRIMARY KEY,
  name text COLLATE "C" NOT NULL UNIQUE,
  namespace_id int NOT NULL REFERENCES namespaces,
  scheme text NOT NULL,
  enabled boolean NOT NULL,
  default_agent text,
  tolerance_seconds int NOT NULL,
  max_body_bytes int NOT NULL,
  dedupe_seconds int NOT NULL,                       -- how long the sender's id of a delivery is remembered
  repeat_seconds int NOT NULL,                       -- how long one without an id is known by its body; 0 = not
  headers text[] NOT NULL,                           -- kept besides those that the scheme tells
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT sources_name_form CHECK (name ~ '^[a-z0-9][a-z0-9_-]{0,59}$'),
  CONSTRAINT sources_scheme_known CHECK (scheme IN ('github', 'standard', 'slack', 'stripe', 'gitlab', 'ai-memory', 'cloudevents', 'bearer'))
);
CREATE INDEX sources_namespace_idx ON sources (namespace_id);
CREATE TRIGGER sources_touch BEFORE UPDATE ON sources FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- Tokens are kept as their digest, by which /hooks finds the source; keys of signatures are needed again, and so are sealed.
CREATE TABLE source_secrets (
  id uuid PRIMARY KEY,
  source_id uuid NOT NULL REFERENCES sources ON DELETE CASCADE,
  digest bytea UNIQUE,
  sealed bytea,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz,
  CONSTRAINT source_secrets_one_form CHECK ((digest IS NULL) <> (sealed IS NULL))
);
CREATE INDEX source_secrets_source_idx ON source_secrets (source_id);

CREATE TABLE source_routes (
  id uuid PRIMARY KEY,
  source_id uuid NOT NULL REFERENCES sources ON DELETE CASCADE,
  name text NOT NULL,
  place int NOT NULL,                                -- lower is looked at first, then by name
  condition text,                                    -- null = every webhook
  actions jsonb NOT NULL,
  last boolean NOT NULL,                             -- whether no later route is looked at when this one matches
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (source_id, name)
);
CREATE TRIGGER source_routes_touch BEFORE UPDATE ON source_routes FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- What came and was proven. Written before its sender is answered.
CREATE TABLE webhooks (
  id uuid PRIMARY KEY,
  source_id uuid NOT NULL REFERENCES sources ON DELETE CASCADE,
  delivery_id text,                                  -- the sender's, as far as it is shown
  type text NOT NULL,
  topic text NOT NULL,
  headers jsonb NOT NULL,
  payload bytea NOT NULL,                            -- JSON as routes see it; bytes, because nobody selects by what is inside
  body bytea,                                        -- what was sent, where that is so large that the payload is a sketch of it
  received_at timestamptz NOT NULL DEFAULT now(),
  status text NOT NULL DEFAULT 'accepted',           -- replaced: dead, and then sent again by its sender
  tries int NOT NULL DEFAULT 0,
  last_error text,
  made jsonb,                                        -- what it became
  ended_at timestamptz,
  CONSTRAINT webhooks_status_known CHECK (status IN ('accepted', 'routed', 'dead', 'replaced'))
);
CREATE INDEX webhooks_source_idx ON webhooks (source_id, id);
CREATE INDEX webhooks_dead_idx ON webhooks (source_id, id) WHERE status = 'dead';
CREATE INDEX webhooks_ended_idx ON webhooks (ended_at) WHERE status <> 'accepted';

-- Webhooks that wait for their route: a row for each that is accepted, gone with its routing.
CREATE TABLE webhook_pending (
  webhook_id uuid PRIMARY KEY REFERENCES webhooks ON DELETE CASCADE,
  source_id uuid NOT NULL,
  bytes int NOT NULL,                                -- of what was sent
  due_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX webhook_pending_due_idx ON webhook_pending (due_at, webhook_id);
CREATE INDEX webhook_pending_source_idx ON webhook_pending (source_id, due_at, webhook_id) INCLUDE (bytes);

-- Which deliveries were taken: by the digest of what tells them apart, until when that counts.
CREATE TABLE webhook_ids (
  source_id uuid NOT NULL REFERENCES sources ON DELETE CASCADE,
  key bytea NOT NULL,
  made_id uuid NOT NULL,                             -- the webhook, or what /hooks made of it
  until timestamptz NOT NULL,
  PRIMARY KEY (source_id, key)
);
CREATE INDEX webhook_ids_until_idx ON webhook_ids (until);
