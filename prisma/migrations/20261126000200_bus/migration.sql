-- How long the log keeps published events of the tenant; null: as long as the installation says.
ALTER TABLE tenant ADD COLUMN event_retention_hours integer
  CONSTRAINT tenant_event_retention CHECK (event_retention_hours BETWEEN 1 AND 8784);
