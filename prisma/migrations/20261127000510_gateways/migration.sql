-- PBXs, media gateways and presence servers that put lamps on. A deleted one stays until what it lit is dark.
CREATE TABLE "gateway" (
  "uuid" UUID NOT NULL,
  "tenant_uuid" UUID NOT NULL,
  "name" VARCHAR(80) NOT NULL,
  "profile" TEXT NOT NULL,
  "method" TEXT NOT NULL,
  "targets" JSONB NOT NULL,
  "username" VARCHAR(128),
  "sealed_secret" TEXT,
  "address_template" VARCHAR(200) NOT NULL,
  "from_template" VARCHAR(200) NOT NULL,
  "mailbox_template" VARCHAR(200) NOT NULL,
  "ari_path" VARCHAR(80) NOT NULL,
  "all_contexts" BOOLEAN NOT NULL DEFAULT true,
  "contexts" TEXT[],
  "mwi_enabled" BOOLEAN NOT NULL DEFAULT true,
  "retry_for_sec" INTEGER NOT NULL DEFAULT 300,
  "reassert_every_sec" INTEGER NOT NULL DEFAULT 43200,
  "ping_every_sec" INTEGER NOT NULL DEFAULT 30,
  "max_per_sec" INTEGER NOT NULL DEFAULT 50,
  "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT now(),
  "deleted_at" TIMESTAMPTZ(6),
  "search_text" TEXT NOT NULL GENERATED ALWAYS AS (fold_text("name")) STORED,
  CONSTRAINT "gateway_pkey" PRIMARY KEY ("uuid"),
  CONSTRAINT "gateway_tenant_uuid_fkey" FOREIGN KEY ("tenant_uuid") REFERENCES "tenant"("uuid") ON DELETE CASCADE ON UPDATE RESTRICT
);
CREATE INDEX "gateway_tenant_uuid_idx" ON "gateway"("tenant_uuid");
-- The name of a deleted one may be used again.
CREATE UNIQUE INDEX "gateway_name_of_tenant" ON "gateway"("tenant_uuid", "name") WHERE "deleted_at" IS NULL;

-- What each gateway shows of each mailbox: the columns of "lamp", and what it takes to go on after a restart. No foreign
-- key to the mailbox: a purged one must still go dark.
CREATE TABLE "gateway_lamp" (
  "uuid" UUID NOT NULL,
  "tenant_uuid" UUID NOT NULL,
  "gateway_uuid" UUID NOT NULL,
  "mailbox_id" INTEGER NOT NULL,
  "desired_revision" BIGINT NOT NULL DEFAULT 0,
  "desired_new" INTEGER NOT NULL DEFAULT 0,
  "desired_old" INTEGER NOT NULL DEFAULT 0,
  "desired_urgent_new" INTEGER NOT NULL DEFAULT 0,
  "desired_urgent_old" INTEGER NOT NULL DEFAULT 0,
  "acknowledged_revision" BIGINT,
  "acknowledged_new" INTEGER,
  "acknowledged_old" INTEGER,
  "acknowledged_urgent_new" INTEGER,
  "acknowledged_urgent_old" INTEGER,
  "acknowledged_at" TIMESTAMPTZ(6),
  "reason" TEXT NOT NULL,
  "last_status" INTEGER,
  "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT now(),
  "number" TEXT NOT NULL,
  "context" TEXT NOT NULL,
  "target" TEXT,
  "etag" TEXT,
  "etag_expires_at" TIMESTAMPTZ(6),
  CONSTRAINT "gateway_lamp_pkey" PRIMARY KEY ("uuid"),
  CONSTRAINT "gateway_lamp_gateway_uuid_fkey" FOREIGN KEY ("gateway_uuid") REFERENCES "gateway"("uuid") ON DELETE CASCADE ON UPDATE RESTRICT
);
CREATE UNIQUE INDEX "gateway_lamp_gateway_uuid_mailbox_id_key" ON "gateway_lamp"("gateway_uuid", "mailbox_id");
CREATE INDEX "gateway_lamp_mailbox_id_idx" ON "gateway_lamp"("mailbox_id");
CREATE TRIGGER "lamp_trace_follows_gateway_lamp" AFTER DELETE ON "gateway_lamp"
  REFERENCING OLD TABLE AS "gone" FOR EACH STATEMENT EXECUTE FUNCTION "forget_lamp_trace"();
