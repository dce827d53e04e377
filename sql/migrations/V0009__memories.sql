-- The memory bus: entries by namespace and title, links between them, standards that govern a namespace, and what waits for approval.
-- New tables only: no lock that matters.

-- A namespace in which something is kept. Its row is the lock under which entries come and go, so that counts and titles are exact.
CREATE TABLE memory_spaces (
  namespace_id int PRIMARY KEY REFERENCES namespaces,
  entries int NOT NULL DEFAULT 0 CHECK (entries >= 0),
  pending int NOT NULL DEFAULT 0 CHECK (pending >= 0),   -- actions that wait for approval
  standard_id uuid,                                      -- the entry that says what is usual here
  parent_id int REFERENCES namespaces,                   -- whose standard holds where the path has none
  governance jsonb,                                      -- who may write, promote and delete; null = as above
  set_by text,                                           -- whose standard this is, as the journal names him
  set_at timestamptz
) WITH (fillfactor = 70);

-- What is searched. array_to_string is only stable for any type; of texts it depends on nothing else.
CREATE FUNCTION memory_words(title text, content text, tags text[]) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT setweight(to_tsvector('pg_catalog.simple', title || ' ' || array_to_string(tags, ' ')), 'A')
      || setweight(to_tsvector('pg_catalog.simple', content), 'B') $$;

CREATE TABLE memory_entries (
  id uuid PRIMARY KEY,
  namespace_id int NOT NULL REFERENCES memory_spaces,
  title text NOT NULL,
  content text NOT NULL,
  tier text NOT NULL CHECK (tier IN ('short', 'mid', 'long')),
  tags text[] NOT NULL DEFAULT '{}',
  priority smallint NOT NULL CHECK (priority BETWEEN 1 AND 10),
  confidence float8 NOT NULL CHECK (confidence BETWEEN 0 AND 1),
  source text NOT NULL,
  agent_id text NOT NULL,                            -- the name of who stored it first
  owner text NOT NULL,                               -- the same as the journal names him
  scope text NOT NULL DEFAULT 'private' CHECK (scope IN ('private', 'team', 'unit', 'org', 'collective')),
  metadata jsonb NOT NULL DEFAULT '{}',
  access_count int NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  last_accessed_at timestamptz,
  expires_at timestamptz,                            -- null = never; what has expired is not there, removed or not
  words tsvector NOT NULL GENERATED ALWAYS AS (memory_words(title, content, tags)) STORED,
  CONSTRAINT memory_entries_title_key UNIQUE (namespace_id, title)
);
CREATE INDEX memory_entries_words_idx ON memory_entries USING gin (words);
CREATE INDEX memory_entries_listed_idx ON memory_entries (namespace_id, priority DESC, updated_at DESC);
CREATE INDEX memory_entries_expires_idx ON memory_entries (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE memory_links (
  source_id uuid NOT NULL REFERENCES memory_entries ON DELETE CASCADE,
  target_id uuid NOT NULL REFERENCES memory_entries ON DELETE CASCADE,
  relation text NOT NULL CHECK (relation IN ('related_to', 'supersedes', 'contradicts', 'derived_from')),
  valid_from timestamptz NOT NULL,
  valid_until timestamptz,
  observed_by text NOT NULL,                         -- the name of who made the link
  created_at timestamptz NOT NULL DEFAULT now(),
  -- What was so, ended, and is so again has a row for each time. Their times never overlap: see memory.link.
  PRIMARY KEY (source_id, target_id, relation, valid_from),
  CONSTRAINT memory_links_ends_after_begin CHECK (valid_until >= valid_from)
);
CREATE INDEX memory_links_target_idx ON memory_links (target_id);
CREATE INDEX memory_links_timeline_idx ON memory_links (source_id, valid_from);

-- What waits for approval: in one namespace, or in two where an entry goes from one into the other and both want to be asked.
CREATE TABLE memory_pending (
  id uuid PRIMARY KEY,
  namespace_id int NOT NULL REFERENCES memory_spaces,
  also_id int REFERENCES memory_spaces CHECK (also_id <> namespace_id),
  action_type text NOT NULL CHECK (action_type IN ('store', 'promote', 'delete', 'update')),
  memory_id uuid,
  stood_in int REFERENCES namespaces,                -- the namespace of that entry when it was asked for
  payload jsonb NOT NULL,                            -- the input of the operation, to be carried out as it was asked for
  requested_by text NOT NULL,                        -- the name of who asked
  requester text NOT NULL,                           -- the same as the journal names him
  operated boolean NOT NULL,                         -- whether who asked had the right to operate
  requested_at timestamptz NOT NULL DEFAULT now(),
  status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'approved', 'rejected')),
  decided_by text,
  decided_at timestamptz
);
CREATE INDEX memory_pending_namespace_idx ON memory_pending (namespace_id, requested_at DESC);
CREATE INDEX memory_pending_also_idx ON memory_pending (also_id) WHERE also_id IS NOT NULL;
CREATE INDEX memory_pending_decided_idx ON memory_pending (decided_at) WHERE decided_at IS NOT NULL;

CREATE TABLE memory_approvals (
  pending_id uuid NOT NULL REFERENCES memory_pending ON DELETE CASCADE,
  namespace_id int NOT NULL REFERENCES namespaces,   -- for which of its namespaces
  seat text NOT NULL,                                -- as what: where the governance names others by then, the vote does not count any more
  voter text NOT NULL,                               -- in small letters: one agent has one vote
  approved_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (pending_id, namespace_id, seat, voter)
);

-- What an agent says of itself on the memory bus, beside what the fleet knows of it.
CREATE TABLE memory_agents (
  agent_no int PRIMARY KEY REFERENCES agents ON DELETE CASCADE,
  agent_type text NOT NULL,
  capabilities text[] NOT NULL DEFAULT '{}',
  registered_at timestamptz NOT NULL DEFAULT now()
);
