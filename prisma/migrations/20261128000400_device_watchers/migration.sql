-- Finds the devices of a tenant that watch what all may hear. Without it every change of such a mailbox read each device
-- of the tenant, also those with a list of their own (decision 0051).
CREATE INDEX "device_tenant_uuid_lists_mailboxes_idx" ON "device"("tenant_uuid", "lists_mailboxes");

-- Of a user the same ones: with less in it than in the other this index might be passed over for that.
DROP INDEX "device_user_uuid_idx";
CREATE INDEX "device_user_uuid_lists_mailboxes_idx" ON "device"("user_uuid", "lists_mailboxes");
