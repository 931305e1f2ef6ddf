-- What the retention looks for goes by tenant, because each has its own: the oldest of every trash is found at once.
DROP INDEX "message_to_purge";
CREATE INDEX "message_to_purge" ON "message" ("tenant_uuid", "deleted_at") WHERE "deleted_at" IS NOT NULL AND NOT "hold";

-- The audit log is asked what somebody did.
CREATE INDEX "audit_tenant_uuid_actor_uuid_id_idx" ON "audit"("tenant_uuid", "actor_uuid", "id");
