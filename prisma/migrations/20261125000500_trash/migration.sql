-- What the retention looks for goes by tenant, because each has its own: the oldest of every trash is found at once.
DROP INDEX "message_to_purge";
CREATE INDEX "message_to_purge" ON "message" ("tenant_uuid", "deleted_at") WHERE "deleted_at" IS NOT NULL AND NOT "hold";

-- The audit log is read by time, also what somebody did; its own key must not look like the better order.
DROP INDEX "audit_tenant_uuid_id_idx";
DROP INDEX "audit_mailbox_id_id_idx";
DROP INDEX "audit_message_id_id_idx";
CREATE INDEX "audit_tenant_uuid_at_id_idx" ON "audit"("tenant_uuid", "at", "id");
CREATE INDEX "audit_tenant_uuid_actor_uuid_at_id_idx" ON "audit"("tenant_uuid", "actor_uuid", "at", "id");
CREATE INDEX "audit_mailbox_id_at_id_idx" ON "audit"("mailbox_id", "at", "id");
CREATE INDEX "audit_message_id_at_id_idx" ON "audit"("message_id", "at", "id");
