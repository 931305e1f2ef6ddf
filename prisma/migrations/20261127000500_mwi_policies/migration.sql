-- Classes of mailboxes, and whether their lamps may be lit.
CREATE TABLE "mwi_policy" (
  "uuid" UUID NOT NULL,
  "tenant_uuid" UUID NOT NULL,
  "name" VARCHAR(80) NOT NULL,
  "allow_mwi" BOOLEAN NOT NULL DEFAULT true,
  "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT now(),
  "search_text" TEXT NOT NULL GENERATED ALWAYS AS (fold_text("name")) STORED,
  CONSTRAINT "mwi_policy_pkey" PRIMARY KEY ("uuid"),
  CONSTRAINT "mwi_policy_tenant_uuid_fkey" FOREIGN KEY ("tenant_uuid") REFERENCES "tenant"("uuid") ON DELETE RESTRICT ON UPDATE RESTRICT
);
CREATE UNIQUE INDEX "mwi_policy_tenant_uuid_name_key" ON "mwi_policy"("tenant_uuid", "name");
CREATE UNIQUE INDEX "mwi_policy_uuid_tenant_uuid_key" ON "mwi_policy"("uuid", "tenant_uuid");

ALTER TABLE "mailbox" ADD COLUMN "mwi_policy_uuid" UUID;
ALTER TABLE "mailbox" ADD CONSTRAINT "mailbox_mwi_policy_uuid_tenant_uuid_fkey"
  FOREIGN KEY ("mwi_policy_uuid", "tenant_uuid") REFERENCES "mwi_policy"("uuid", "tenant_uuid") ON DELETE RESTRICT ON UPDATE RESTRICT;
CREATE INDEX "mailbox_mwi_policy_uuid_idx" ON "mailbox"("mwi_policy_uuid");
