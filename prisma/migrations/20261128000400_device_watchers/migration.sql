-- Finds the devices of a tenant that watch what all may hear. Without it every change of such a mailbox read each device
-- of the tenant, also those with a list of their own (decision 0051).
CREATE INDEX "device_tenant_uuid_lists_mailboxes_idx" ON "device"("tenant_uuid", "lists_mailboxes");
