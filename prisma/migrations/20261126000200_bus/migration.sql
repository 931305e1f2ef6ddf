-- How long the log keeps published events of the tenant; null: as long as the installation says.
ALTER TABLE tenant ADD COLUMN event_retention_hours integer
  CONSTRAINT tenant_event_retention CHECK (event_retention_hours BETWEEN 1 AND 8784);

-- What no consumer of the bus could take, kept until somebody sends it again or forgets it.
CREATE TABLE dead_letter (
  id serial PRIMARY KEY,
  queue text NOT NULL,
  reason text NOT NULL,
  event_id text,
  name text NOT NULL,
  headers jsonb NOT NULL,
  body bytea NOT NULL,
  died_at timestamptz(6) NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX dead_letter_queue_event_id_key ON dead_letter (queue, event_id);
