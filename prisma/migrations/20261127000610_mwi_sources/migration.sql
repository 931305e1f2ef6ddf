-- Where counts of external mailboxes come from: accounts of the ARI, peers that send NOTIFY, servers we subscribe to.
CREATE TABLE "mwi_source" (
  "uuid" UUID NOT NULL,
  "tenant_uuid" UUID NOT NULL,
  "kind" TEXT NOT NULL,
  "name" VARCHAR(80) NOT NULL,
  "enabled" BOOLEAN NOT NULL DEFAULT true,
  "username" VARCHAR(79),
  "digest_algorithm" TEXT NOT NULL DEFAULT 'MD5',
  "secret_hash" TEXT,
  "ha1_md5" TEXT,
  "ha1_sha256" TEXT,
  "sealed_secret" TEXT,
  "mailbox_id" INTEGER,
  "context" VARCHAR(79),
  "mapping" TEXT NOT NULL DEFAULT 'voicemail',
  "addresses" INET[],
  "stale_after_sec" INTEGER,
  "targets" JSONB NOT NULL DEFAULT '[]',
  "remote_mailbox" VARCHAR(120),
  "auth_username" VARCHAR(79),
  "expiry_sec" INTEGER NOT NULL DEFAULT 3600,
  "state" TEXT NOT NULL DEFAULT 'idle',
  "last_status" INTEGER,
  "last_reason" TEXT,
  "last_heard_at" TIMESTAMPTZ(6),
  "expires_at" TIMESTAMPTZ(6),
  "target" TEXT,
  "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT now(),
  CONSTRAINT "mwi_source_pkey" PRIMARY KEY ("uuid")
);
CREATE INDEX "mwi_source_tenant_uuid_idx" ON "mwi_source"("tenant_uuid");
-- A mailbox has one source that speaks of it alone.
CREATE UNIQUE INDEX "mwi_source_mailbox_id_key" ON "mwi_source"("mailbox_id");

ALTER TABLE "mwi_source" ADD CONSTRAINT "mwi_source_tenant_uuid_fkey" FOREIGN KEY ("tenant_uuid") REFERENCES "tenant"("uuid") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "mwi_source" ADD CONSTRAINT "mwi_source_mailbox_id_tenant_uuid_fkey" FOREIGN KEY ("mailbox_id", "tenant_uuid") REFERENCES "mailbox"("id", "tenant_uuid") ON DELETE CASCADE ON UPDATE RESTRICT;

ALTER TABLE "mwi_source"
  ADD CONSTRAINT "mwi_source_kind" CHECK ("kind" IN ('ari', 'notify', 'subscribe')),
  ADD CONSTRAINT "mwi_source_mapping" CHECK ("mapping" IN ('voicemail', 'request_uri', 'to', 'message_account')),
  ADD CONSTRAINT "mwi_source_digest_algorithm" CHECK ("digest_algorithm" IN ('MD5', 'SHA-256'));
-- A login names one account; what we are called at somebody else's server is no login here.
CREATE UNIQUE INDEX "mwi_source_login" ON "mwi_source"("kind", "username") WHERE "kind" IN ('ari', 'notify');
