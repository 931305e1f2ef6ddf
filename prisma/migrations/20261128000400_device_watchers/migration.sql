-- Devices that watch what all of a tenant may hear. Without it every change of such a mailbox read each device of the
-- tenant, also those with a list of their own (decision 0051).
CREATE INDEX "device_watching_all" ON "device" ("tenant_uuid") WHERE NOT "lists_mailboxes";
