-- Tenants keep their events for different times, so the log has holes: how far each tenant's events are gone.
ALTER TABLE "tenant" ADD COLUMN "purged_cursor" BIGINT NOT NULL DEFAULT 0;
