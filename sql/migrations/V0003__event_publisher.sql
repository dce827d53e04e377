-- Which node of a cluster publishes the events on the event bus, and how far it has come. A new table: no lock that matters.

CREATE TABLE event_publisher (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  holder uuid NOT NULL,                              -- of one start of one node
  node text NOT NULL,                                -- its name, for people
  renewed_at timestamptz NOT NULL,                   -- by the database's clock; old = another may take over
  position bigint NOT NULL                           -- every event up to here was published
) WITH (fillfactor = 50);
