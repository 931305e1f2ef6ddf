-- What an event costs its change and the relay (decision 0057). A row without a cursor is in the index of what waits and in
-- no other of the log; nobody looks for an event by its uuid, which is random and touched a page of its own each time.
DROP INDEX "event_event_id_key";
DROP INDEX "event_cursor_key";
DROP INDEX "event_tenant_uuid_cursor_idx";
DROP INDEX "event_published_at_idx";
CREATE UNIQUE INDEX "event_cursor" ON "event" ("cursor") WHERE "cursor" IS NOT NULL;
CREATE INDEX "event_of_tenant" ON "event" ("tenant_uuid", "cursor") WHERE "cursor" IS NOT NULL;
CREATE INDEX "event_published" ON "event" ("published_at") WHERE "published_at" IS NOT NULL;
