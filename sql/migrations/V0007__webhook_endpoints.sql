-- Where subscriptions send webhooks to, with what, and how each such endpoint fares. Takes no lock that matters: it is new.

-- One row is written for each failed delivery and now and then for good ones, hence the room in its pages. Secrets are closed with the
-- node's key (crypto.SecretBox): the database alone tells nobody.
CREATE TABLE webhook_endpoints (
  subscription_id uuid PRIMARY KEY REFERENCES subscriptions ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,  -- it is made first
  url text NOT NULL,
  format text NOT NULL,
  timeout_seconds int NOT NULL,
  rate_per_second int,                               -- null = not limited
  header_names text[] NOT NULL DEFAULT '{}',
  headers bytea,                                     -- closed: a JSON object; null = none
  secret bytea NOT NULL,                             -- closed: signs
  old_secret bytea,                                  -- closed: signs too, until old_secret_until
  old_secret_until timestamptz,
  text_secret bytea,                                 -- closed: signs in the way of ai-memory; null = that signature is not sent
  rotated_at timestamptz,
  next_at timestamptz NOT NULL DEFAULT now(),        -- the next turn that its rate allows, if that is not past
  failures int NOT NULL DEFAULT 0,                   -- in a row, each within a day of the one before
  failing_since timestamptz,                         -- since when there was nothing but failures, counted from one of the first
  last_failed_at timestamptz,
  last_error text,
  last_succeeded_at timestamptz,                     -- to the minute
  hold_until timestamptz,                            -- left alone until then
  pinged_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT webhook_endpoints_format_known CHECK (format IN ('standard', 'ai_memory')),
  CONSTRAINT webhook_endpoints_old_secret_ends CHECK ((old_secret IS NULL) = (old_secret_until IS NULL)),
  CONSTRAINT webhook_endpoints_headers_named CHECK ((headers IS NULL) = (header_names = '{}'))
) WITH (fillfactor = 70);
