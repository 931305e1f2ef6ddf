-- Sharing with rights, the team inbox, the trash, transcriptions, greetings, PIN lockout, audit, tenant settings.

-- pg_trgm serves the search over callers and transcripts; it is a trusted extension, so the database's owner may add it.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

ALTER TABLE "tenant"
  ADD COLUMN "trash_days" INTEGER NOT NULL DEFAULT 30,
  ADD COLUMN "max_age_days" INTEGER,
  ADD COLUMN "claim_lease_sec" INTEGER NOT NULL DEFAULT 900,
  ADD COLUMN "pin_min_length" INTEGER NOT NULL DEFAULT 6,
  ADD COLUMN "transcription_enabled" BOOLEAN NOT NULL DEFAULT false,
  ADD CONSTRAINT "tenant_settings" CHECK ("trash_days" BETWEEN 0 AND 3650 AND "max_age_days" BETWEEN 1 AND 36500
    AND "claim_lease_sec" BETWEEN 5 AND 86400 AND "pin_min_length" BETWEEN 4 AND 20);

-- A deleted mailbox keeps its row and its messages for the tenant's trash_days; its number is free at once.
ALTER TABLE "mailbox"
  ADD COLUMN "deleted_at" TIMESTAMPTZ(6),
  ALTER COLUMN "context" DROP NOT NULL,
  ADD CONSTRAINT "mailbox_in_context" CHECK ("context" IS NOT NULL OR "deleted_at" IS NOT NULL);
ALTER TABLE "mailbox" ADD CONSTRAINT "mailbox_tenant_uuid_fkey" FOREIGN KEY ("tenant_uuid") REFERENCES "tenant"("uuid") ON DELETE RESTRICT ON UPDATE RESTRICT;
DROP INDEX "mailbox_number_context_key";
CREATE UNIQUE INDEX "mailbox_number_context_key" ON "mailbox" ("number", "context") WHERE "deleted_at" IS NULL;
DROP INDEX "mailbox_one_global_per_context";
CREATE UNIQUE INDEX "mailbox_one_global_per_context" ON "mailbox" ("context") WHERE "accesstype" = 'global' AND "exclusive_global" AND "deleted_at" IS NULL;
CREATE INDEX "mailbox_deleted" ON "mailbox" ("deleted_at") WHERE "deleted_at" IS NOT NULL;

-- Whom a mailbox is shared with, beside its users and, when it is global, everyone. No user: everyone of the tenant.
CREATE TABLE "mailbox_member" (
    "id" SERIAL NOT NULL,
    "mailbox_id" INTEGER NOT NULL,
    "tenant_uuid" UUID NOT NULL,
    "user_uuid" UUID,
    "rights" SMALLINT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "mailbox_member_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "mailbox_member_user_uuid_idx" ON "mailbox_member"("user_uuid");
CREATE INDEX "mailbox_member_mailbox_id_idx" ON "mailbox_member"("mailbox_id");
CREATE UNIQUE INDEX "mailbox_member_of_user" ON "mailbox_member" ("mailbox_id", "user_uuid") WHERE "user_uuid" IS NOT NULL;
CREATE UNIQUE INDEX "mailbox_member_everyone" ON "mailbox_member" ("mailbox_id") WHERE "user_uuid" IS NULL;
CREATE INDEX "mailbox_member_everyone_of_tenant" ON "mailbox_member" ("tenant_uuid") WHERE "user_uuid" IS NULL;
ALTER TABLE "mailbox_member" ADD CONSTRAINT "mailbox_member_rights" CHECK ("rights" BETWEEN 1 AND 31);
ALTER TABLE "mailbox_member" ADD CONSTRAINT "mailbox_member_mailbox_id_tenant_uuid_fkey" FOREIGN KEY ("mailbox_id", "tenant_uuid") REFERENCES "mailbox"("id", "tenant_uuid") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "mailbox_member" ADD CONSTRAINT "mailbox_member_user_uuid_tenant_uuid_fkey" FOREIGN KEY ("user_uuid", "tenant_uuid") REFERENCES "user"("uuid", "tenant_uuid") ON DELETE CASCADE ON UPDATE RESTRICT;

ALTER TABLE "message"
  ADD COLUMN "audio_sha256" TEXT,
  ADD COLUMN "private" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "hold" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "status" TEXT NOT NULL DEFAULT 'open',
  ADD COLUMN "note" TEXT,
  ADD COLUMN "claimed_by" UUID,
  ADD COLUMN "claim_expires_at" TIMESTAMPTZ(6),
  ADD COLUMN "handled_by" UUID,
  ADD COLUMN "handled_at" TIMESTAMPTZ(6),
  ADD COLUMN "read_by" UUID[] NOT NULL DEFAULT ARRAY[]::UUID[],
  ADD COLUMN "deleted_at" TIMESTAMPTZ(6),
  ADD COLUMN "deleted_by" UUID,
  ADD COLUMN "copied_from" UUID,
  ADD COLUMN "transcription" JSONB,
  ADD COLUMN "transcribed_at" TIMESTAMPTZ(6),
  ADD COLUMN "search_text" TEXT NOT NULL DEFAULT '',
  ADD CONSTRAINT "message_status" CHECK ("status" IN ('open', 'done', 'call-back')),
  ADD CONSTRAINT "message_claim" CHECK (("claimed_by" IS NULL) = ("claim_expires_at" IS NULL)),
  ADD CONSTRAINT "message_claim_in_trash" CHECK ("claimed_by" IS NULL OR "deleted_at" IS NULL),
  ADD CONSTRAINT "message_transcription" CHECK (("transcription" IS NULL) = ("transcribed_at" IS NULL));

-- Lists go by mailbox or by tenant, newest or oldest first; what lies in the trash is in none of them.
DROP INDEX "message_mailbox_id_left_at_id_idx";
CREATE INDEX "message_of_mailbox" ON "message" ("mailbox_id", "left_at", "id") WHERE "deleted_at" IS NULL;
CREATE INDEX "message_unread_of_mailbox" ON "message" ("mailbox_id", "left_at", "id") WHERE "deleted_at" IS NULL AND "folder_id" IN (1, 3);
CREATE INDEX "message_of_tenant" ON "message" ("tenant_uuid", "left_at", "id") WHERE "deleted_at" IS NULL;
CREATE INDEX "message_in_trash" ON "message" ("mailbox_id", "deleted_at", "id") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "message_to_purge" ON "message" ("deleted_at") WHERE "deleted_at" IS NOT NULL AND NOT "hold";
CREATE INDEX "message_claimed" ON "message" ("mailbox_id", "claimed_by") INCLUDE ("urgent") WHERE "claimed_by" IS NOT NULL AND "folder_id" IN (1, 3);
CREATE INDEX "message_claim_expiry" ON "message" ("claim_expires_at") WHERE "claimed_by" IS NOT NULL;
CREATE INDEX "message_transcribed" ON "message" ("tenant_uuid", "transcribed_at", "id") WHERE "transcribed_at" IS NOT NULL;
CREATE INDEX "message_search" ON "message" USING GIN ("search_text" gin_trgm_ops) WHERE "deleted_at" IS NULL;

CREATE TABLE "greeting" (
    "mailbox_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "tenant_uuid" UUID NOT NULL,
    "audio_key" TEXT NOT NULL,
    "audio_bytes" INTEGER NOT NULL,
    "audio_sha256" TEXT NOT NULL,
    "duration_ms" INTEGER NOT NULL,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "greeting_pkey" PRIMARY KEY ("mailbox_id","name")
);
CREATE INDEX "greeting_audio_key_idx" ON "greeting"("audio_key");
ALTER TABLE "greeting" ADD CONSTRAINT "greeting_name" CHECK ("name" IN ('unavailable', 'busy', 'name'));
ALTER TABLE "greeting" ADD CONSTRAINT "greeting_mailbox_id_tenant_uuid_fkey" FOREIGN KEY ("mailbox_id", "tenant_uuid") REFERENCES "mailbox"("id", "tenant_uuid") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "voicemail_general_option" (
    "key" VARCHAR(128) NOT NULL,
    "value" TEXT NOT NULL,

    CONSTRAINT "voicemail_general_option_pkey" PRIMARY KEY ("key")
);

-- The installation's own list, which the contract knows, and what each tenant adds to it (no tenant: the installation).
CREATE TABLE "zone_message" (
    "id" SERIAL NOT NULL,
    "tenant_uuid" UUID,
    "name" VARCHAR(128) NOT NULL,
    "timezone" TEXT NOT NULL,
    "message" TEXT,

    CONSTRAINT "zone_message_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "zone_message_tenant_uuid_idx" ON "zone_message"("tenant_uuid");
ALTER TABLE "zone_message" ADD CONSTRAINT "zone_message_tenant_uuid_fkey" FOREIGN KEY ("tenant_uuid") REFERENCES "tenant"("uuid") ON DELETE CASCADE ON UPDATE RESTRICT;

CREATE TABLE "pin_history" (
    "id" SERIAL NOT NULL,
    "mailbox_id" INTEGER NOT NULL,
    "pin_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "pin_history_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "pin_history_mailbox_id_id_idx" ON "pin_history"("mailbox_id", "id");
ALTER TABLE "pin_history" ADD CONSTRAINT "pin_history_mailbox_id_fkey" FOREIGN KEY ("mailbox_id") REFERENCES "mailbox"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- Wrong PINs, counted across calls: subject is a mailbox, a caller of a tenant, or a tenant.
CREATE TABLE "pin_failure" (
    "tenant_uuid" UUID NOT NULL,
    "subject" TEXT NOT NULL,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "locks" INTEGER NOT NULL DEFAULT 0,
    "locked_until" TIMESTAMPTZ(6),
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "pin_failure_pkey" PRIMARY KEY ("tenant_uuid","subject")
);
CREATE INDEX "pin_failure_updated_at_idx" ON "pin_failure"("updated_at");
ALTER TABLE "pin_failure" ADD CONSTRAINT "pin_failure_tenant_uuid_fkey" FOREIGN KEY ("tenant_uuid") REFERENCES "tenant"("uuid") ON DELETE CASCADE ON UPDATE RESTRICT;

-- Who did what. Rows are written once and never again.
CREATE TABLE "audit" (
    "id" BIGSERIAL NOT NULL,
    "tenant_uuid" UUID NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor_uuid" UUID,
    "action" TEXT NOT NULL,
    "mailbox_id" INTEGER,
    "message_id" UUID,
    "details" JSONB NOT NULL DEFAULT '{}',
    "request_id" TEXT,
    "remote_addr" TEXT,

    CONSTRAINT "audit_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "audit_tenant_uuid_id_idx" ON "audit"("tenant_uuid", "id");
CREATE INDEX "audit_mailbox_id_id_idx" ON "audit"("mailbox_id", "id");
CREATE INDEX "audit_message_id_id_idx" ON "audit"("message_id", "id");

CREATE FUNCTION "refuse_audit_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only';
END $$;
CREATE TRIGGER "audit_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();

-- Which device watches which mailbox, and which claims do not count against it (its own user's). A user's personal
-- mailbox, the tenant's global ones and those shared with the user to listen; or the device's own list.
CREATE OR REPLACE VIEW "device_watch" AS
  SELECT l."device_uuid", l."mailbox_id" FROM "device_mailbox" l
    JOIN "device" d ON d."uuid" = l."device_uuid" JOIN "mailbox" m ON m."id" = l."mailbox_id"
    WHERE d."lists_mailboxes" AND m."deleted_at" IS NULL
  UNION
  SELECT d."uuid", u."mailbox_id" FROM "device" d JOIN "mailbox_user" u ON u."user_uuid" = d."user_uuid" WHERE NOT d."lists_mailboxes"
  UNION
  SELECT d."uuid", m."id" FROM "device" d JOIN "mailbox" m ON m."tenant_uuid" = d."tenant_uuid" AND m."accesstype" = 'global' AND m."deleted_at" IS NULL
    WHERE NOT d."lists_mailboxes"
  UNION
  SELECT d."uuid", s."mailbox_id" FROM "device" d JOIN "mailbox_member" s ON s."user_uuid" = d."user_uuid" AND s."rights" & 1 = 1
    JOIN "mailbox" m ON m."id" = s."mailbox_id" AND m."deleted_at" IS NULL WHERE NOT d."lists_mailboxes"
  UNION
  SELECT d."uuid", s."mailbox_id" FROM "device" d JOIN "mailbox_member" s ON s."user_uuid" IS NULL AND s."tenant_uuid" = d."tenant_uuid" AND s."rights" & 1 = 1
    JOIN "mailbox" m ON m."id" = s."mailbox_id" AND m."deleted_at" IS NULL WHERE NOT d."lists_mailboxes";
