-- Tickets: what a browser puts into the address of a WebSocket in place of a token. Takes no lock that matters: the table is new.

CREATE TABLE tickets (
  digest bytea PRIMARY KEY,                          -- SHA-256; the ticket itself is stored nowhere
  token_id uuid NOT NULL REFERENCES tokens ON DELETE CASCADE,
  expires_at timestamptz NOT NULL,
  CONSTRAINT tickets_digest_length CHECK (length(digest) = 32)
);
CREATE INDEX tickets_token_idx ON tickets (token_id);
CREATE INDEX tickets_expiry_idx ON tickets (expires_at);
