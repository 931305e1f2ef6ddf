
CREATE TABLE "installation" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "origin_uuid" UUID NOT NULL,
    "demo" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "installation_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "tenant" (
    "uuid" UUID NOT NULL,
    "parent_uuid" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "ancestors" UUID[],
    "many_globals" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tenant_pkey" PRIMARY KEY ("uuid")
);

CREATE TABLE "user" (
    "uuid" UUID NOT NULL,
    "id" SERIAL NOT NULL,
    "tenant_uuid" UUID NOT NULL,
    "username" TEXT,
    "password_hash" TEXT,
    "purpose" TEXT NOT NULL DEFAULT 'user',
    "firstname" TEXT NOT NULL,
    "lastname" TEXT,
    "email" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "user_pkey" PRIMARY KEY ("uuid")
);

CREATE TABLE "policy" (
    "uuid" UUID NOT NULL,
    "tenant_uuid" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "acl" TEXT[],

    CONSTRAINT "policy_pkey" PRIMARY KEY ("uuid")
);

CREATE TABLE "user_policy" (
    "user_uuid" UUID NOT NULL,
    "policy_uuid" UUID NOT NULL,

    CONSTRAINT "user_policy_pkey" PRIMARY KEY ("user_uuid","policy_uuid")
);

CREATE TABLE "session" (
    "uuid" UUID NOT NULL,
    "user_uuid" UUID NOT NULL,
    "mobile" BOOLEAN NOT NULL DEFAULT false,
    "user_agent" TEXT NOT NULL DEFAULT '',
    "remote_addr" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "session_pkey" PRIMARY KEY ("uuid")
);

CREATE TABLE "context" (
    "id" SERIAL NOT NULL,
    "uuid" UUID NOT NULL,
    "name" VARCHAR(79) NOT NULL,
    "label" TEXT NOT NULL,
    "type" TEXT NOT NULL DEFAULT 'internal',
    "tenant_uuid" UUID NOT NULL,

    CONSTRAINT "context_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "mailbox" (
    "id" SERIAL NOT NULL,
    "tenant_uuid" UUID NOT NULL,
    "context" VARCHAR(79) NOT NULL,
    "number" VARCHAR(40) NOT NULL,
    "name" VARCHAR(80) NOT NULL,
    "pin_hash" TEXT,
    "email" VARCHAR(80),
    "pager" VARCHAR(80),
    "language" VARCHAR(20),
    "timezone" VARCHAR(80),
    "max_messages" INTEGER,
    "attach_audio" BOOLEAN,
    "delete_messages" BOOLEAN NOT NULL DEFAULT false,
    "ask_password" BOOLEAN NOT NULL DEFAULT true,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "accesstype" TEXT NOT NULL DEFAULT 'personal',
    "options" JSONB NOT NULL DEFAULT '[]',
    "exclusive_global" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "mailbox_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "mailbox_summary" (
    "mailbox_id" INTEGER NOT NULL,
    "revision" BIGINT NOT NULL DEFAULT 0,
    "new_count" INTEGER NOT NULL DEFAULT 0,
    "old_count" INTEGER NOT NULL DEFAULT 0,
    "urgent_new_count" INTEGER NOT NULL DEFAULT 0,
    "urgent_old_count" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "mailbox_summary_pkey" PRIMARY KEY ("mailbox_id")
);

CREATE TABLE "mailbox_user" (
    "user_uuid" UUID NOT NULL,
    "mailbox_id" INTEGER NOT NULL,
    "tenant_uuid" UUID NOT NULL,
    "accesstype" TEXT NOT NULL DEFAULT 'personal',

    CONSTRAINT "mailbox_user_pkey" PRIMARY KEY ("user_uuid")
);

CREATE TABLE "message" (
    "id" UUID NOT NULL,
    "mailbox_id" INTEGER NOT NULL,
    "tenant_uuid" UUID NOT NULL,
    "folder_id" SMALLINT NOT NULL,
    "urgent" BOOLEAN NOT NULL DEFAULT false,
    "caller_id_name" TEXT,
    "caller_id_num" TEXT,
    "left_at" BIGINT NOT NULL,
    "duration_ms" INTEGER NOT NULL,
    "audio_key" TEXT NOT NULL,
    "audio_bytes" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "message_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "idempotency_key" (
    "tenant_uuid" UUID NOT NULL,
    "scope" TEXT NOT NULL,
    "key" VARCHAR(255) NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "response" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("tenant_uuid","scope","key")
);

CREATE TABLE "event" (
    "id" BIGSERIAL NOT NULL,
    "event_id" UUID NOT NULL,
    "cursor" BIGINT,
    "tenant_uuid" UUID,
    "user_uuid" UUID,
    "name" TEXT NOT NULL,
    "routing_key" TEXT NOT NULL,
    "required_acl" TEXT,
    "mailbox_id" INTEGER,
    "mailbox_revision" BIGINT,
    "headers" JSONB NOT NULL,
    "body" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "published_at" TIMESTAMPTZ(6),

    CONSTRAINT "event_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "device" (
    "uuid" UUID NOT NULL,
    "tenant_uuid" UUID NOT NULL,
    "user_uuid" UUID,
    "name" VARCHAR(80),
    "sip_username" VARCHAR(79) NOT NULL,
    "sip_realm" TEXT NOT NULL,
    "ha1_md5" TEXT NOT NULL,
    "ha1_sha256" TEXT NOT NULL,
    "digest_algorithm" TEXT NOT NULL DEFAULT 'MD5',
    "mwi_mode" TEXT NOT NULL DEFAULT 'auto',
    "lists_mailboxes" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "device_pkey" PRIMARY KEY ("uuid")
);

CREATE TABLE "device_mailbox" (
    "device_uuid" UUID NOT NULL,
    "mailbox_id" INTEGER NOT NULL,
    "tenant_uuid" UUID NOT NULL,

    CONSTRAINT "device_mailbox_pkey" PRIMARY KEY ("device_uuid","mailbox_id")
);

CREATE TABLE "sip_contact" (
    "device_uuid" UUID NOT NULL,
    "uri" TEXT NOT NULL,
    "instance" TEXT,
    "call_id" TEXT NOT NULL,
    "cseq" BIGINT NOT NULL,
    "transport" TEXT NOT NULL,
    "remote_host" TEXT NOT NULL,
    "remote_port" INTEGER NOT NULL,
    "user_agent" TEXT,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "sip_contact_pkey" PRIMARY KEY ("device_uuid","uri")
);

CREATE TABLE "sip_subscription" (
    "uuid" UUID NOT NULL,
    "tenant_uuid" UUID NOT NULL,
    "device_uuid" UUID NOT NULL,
    "mailbox_id" INTEGER,
    "call_id" TEXT NOT NULL,
    "local_tag" TEXT NOT NULL,
    "remote_tag" TEXT NOT NULL,
    "dialog" JSONB NOT NULL,
    "transport" TEXT NOT NULL,
    "remote_host" TEXT NOT NULL,
    "remote_port" INTEGER NOT NULL,
    "remote_cseq" BIGINT NOT NULL,
    "epoch" INTEGER NOT NULL,
    "user_agent" TEXT,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "refreshed_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sip_subscription_pkey" PRIMARY KEY ("uuid")
);

CREATE TABLE "worker_epoch" (
    "name" TEXT NOT NULL,
    "epoch" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "worker_epoch_pkey" PRIMARY KEY ("name")
);

CREATE TABLE "lamp" (
    "uuid" UUID NOT NULL,
    "tenant_uuid" UUID NOT NULL,
    "device_uuid" UUID NOT NULL,
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
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "lamp_pkey" PRIMARY KEY ("uuid")
);

CREATE UNIQUE INDEX "tenant_slug_key" ON "tenant"("slug");

CREATE INDEX "tenant_ancestors_idx" ON "tenant" USING GIN ("ancestors");

CREATE UNIQUE INDEX "user_id_key" ON "user"("id");

CREATE UNIQUE INDEX "user_username_key" ON "user"("username");

CREATE INDEX "user_tenant_uuid_idx" ON "user"("tenant_uuid");

CREATE UNIQUE INDEX "user_uuid_tenant_uuid_key" ON "user"("uuid", "tenant_uuid");

CREATE UNIQUE INDEX "policy_tenant_uuid_slug_key" ON "policy"("tenant_uuid", "slug");

CREATE INDEX "user_policy_policy_uuid_idx" ON "user_policy"("policy_uuid");

CREATE INDEX "session_user_uuid_idx" ON "session"("user_uuid");

CREATE INDEX "session_expires_at_idx" ON "session"("expires_at");

CREATE UNIQUE INDEX "context_uuid_key" ON "context"("uuid");

CREATE UNIQUE INDEX "context_name_key" ON "context"("name");

CREATE INDEX "context_tenant_uuid_idx" ON "context"("tenant_uuid");

CREATE UNIQUE INDEX "context_name_tenant_uuid_key" ON "context"("name", "tenant_uuid");

CREATE INDEX "mailbox_tenant_uuid_accesstype_idx" ON "mailbox"("tenant_uuid", "accesstype");

CREATE INDEX "mailbox_context_idx" ON "mailbox"("context");

CREATE UNIQUE INDEX "mailbox_number_context_key" ON "mailbox"("number", "context");

CREATE UNIQUE INDEX "mailbox_id_tenant_uuid_key" ON "mailbox"("id", "tenant_uuid");

CREATE UNIQUE INDEX "mailbox_id_tenant_uuid_accesstype_key" ON "mailbox"("id", "tenant_uuid", "accesstype");

CREATE INDEX "mailbox_user_mailbox_id_idx" ON "mailbox_user"("mailbox_id");

CREATE INDEX "message_mailbox_id_left_at_id_idx" ON "message"("mailbox_id", "left_at", "id");

CREATE INDEX "message_audio_key_idx" ON "message"("audio_key");

CREATE INDEX "idempotency_key_created_at_idx" ON "idempotency_key"("created_at");

CREATE UNIQUE INDEX "event_event_id_key" ON "event"("event_id");

CREATE UNIQUE INDEX "event_cursor_key" ON "event"("cursor");

CREATE INDEX "event_tenant_uuid_cursor_idx" ON "event"("tenant_uuid", "cursor");

CREATE INDEX "event_published_at_idx" ON "event"("published_at");

CREATE UNIQUE INDEX "device_sip_username_key" ON "device"("sip_username");

CREATE INDEX "device_tenant_uuid_idx" ON "device"("tenant_uuid");

CREATE INDEX "device_user_uuid_idx" ON "device"("user_uuid");

CREATE UNIQUE INDEX "device_uuid_tenant_uuid_key" ON "device"("uuid", "tenant_uuid");

CREATE INDEX "device_mailbox_mailbox_id_idx" ON "device_mailbox"("mailbox_id");

CREATE INDEX "sip_contact_expires_at_idx" ON "sip_contact"("expires_at");

CREATE INDEX "sip_subscription_device_uuid_idx" ON "sip_subscription"("device_uuid");

CREATE INDEX "sip_subscription_expires_at_idx" ON "sip_subscription"("expires_at");

CREATE UNIQUE INDEX "sip_subscription_call_id_local_tag_remote_tag_key" ON "sip_subscription"("call_id", "local_tag", "remote_tag");

CREATE INDEX "lamp_mailbox_id_idx" ON "lamp"("mailbox_id");

CREATE UNIQUE INDEX "lamp_device_uuid_mailbox_id_key" ON "lamp"("device_uuid", "mailbox_id");

ALTER TABLE "tenant" ADD CONSTRAINT "tenant_parent_uuid_fkey" FOREIGN KEY ("parent_uuid") REFERENCES "tenant"("uuid") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE "user" ADD CONSTRAINT "user_tenant_uuid_fkey" FOREIGN KEY ("tenant_uuid") REFERENCES "tenant"("uuid") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE "policy" ADD CONSTRAINT "policy_tenant_uuid_fkey" FOREIGN KEY ("tenant_uuid") REFERENCES "tenant"("uuid") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE "user_policy" ADD CONSTRAINT "user_policy_user_uuid_fkey" FOREIGN KEY ("user_uuid") REFERENCES "user"("uuid") ON DELETE CASCADE ON UPDATE RESTRICT;

ALTER TABLE "user_policy" ADD CONSTRAINT "user_policy_policy_uuid_fkey" FOREIGN KEY ("policy_uuid") REFERENCES "policy"("uuid") ON DELETE CASCADE ON UPDATE RESTRICT;

ALTER TABLE "session" ADD CONSTRAINT "session_user_uuid_fkey" FOREIGN KEY ("user_uuid") REFERENCES "user"("uuid") ON DELETE CASCADE ON UPDATE RESTRICT;

ALTER TABLE "context" ADD CONSTRAINT "context_tenant_uuid_fkey" FOREIGN KEY ("tenant_uuid") REFERENCES "tenant"("uuid") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE "mailbox" ADD CONSTRAINT "mailbox_context_tenant_uuid_fkey" FOREIGN KEY ("context", "tenant_uuid") REFERENCES "context"("name", "tenant_uuid") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE "mailbox_summary" ADD CONSTRAINT "mailbox_summary_mailbox_id_fkey" FOREIGN KEY ("mailbox_id") REFERENCES "mailbox"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

ALTER TABLE "mailbox_user" ADD CONSTRAINT "mailbox_user_mailbox_id_tenant_uuid_accesstype_fkey" FOREIGN KEY ("mailbox_id", "tenant_uuid", "accesstype") REFERENCES "mailbox"("id", "tenant_uuid", "accesstype") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE "mailbox_user" ADD CONSTRAINT "mailbox_user_user_uuid_tenant_uuid_fkey" FOREIGN KEY ("user_uuid", "tenant_uuid") REFERENCES "user"("uuid", "tenant_uuid") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE "device" ADD CONSTRAINT "device_tenant_uuid_fkey" FOREIGN KEY ("tenant_uuid") REFERENCES "tenant"("uuid") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE "device" ADD CONSTRAINT "device_user_uuid_tenant_uuid_fkey" FOREIGN KEY ("user_uuid", "tenant_uuid") REFERENCES "user"("uuid", "tenant_uuid") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE "device_mailbox" ADD CONSTRAINT "device_mailbox_device_uuid_tenant_uuid_fkey" FOREIGN KEY ("device_uuid", "tenant_uuid") REFERENCES "device"("uuid", "tenant_uuid") ON DELETE CASCADE ON UPDATE RESTRICT;

ALTER TABLE "device_mailbox" ADD CONSTRAINT "device_mailbox_mailbox_id_tenant_uuid_fkey" FOREIGN KEY ("mailbox_id", "tenant_uuid") REFERENCES "mailbox"("id", "tenant_uuid") ON DELETE CASCADE ON UPDATE RESTRICT;

-- Rules Prisma's schema cannot express. The application checks them first for a clear answer; here they hold for good.

ALTER TABLE "installation" ADD CONSTRAINT "installation_single_row" CHECK ("id" = 1);

CREATE UNIQUE INDEX "tenant_one_root" ON "tenant" ((true)) WHERE "parent_uuid" = "uuid";
ALTER TABLE "tenant" ADD CONSTRAINT "tenant_in_own_path" CHECK ("uuid" = ANY ("ancestors") AND "parent_uuid" = ANY ("ancestors"));

ALTER TABLE "user"
  ADD CONSTRAINT "user_purpose" CHECK ("purpose" IN ('user', 'internal', 'external_api')),
  ADD CONSTRAINT "user_username_lower" CHECK ("username" = lower("username") AND "username" <> ''),
  -- No empty credential can exist: an account has no password at all or a hash.
  ADD CONSTRAINT "user_password_hash" CHECK ("password_hash" <> '');

ALTER TABLE "context"
  ADD CONSTRAINT "context_type" CHECK ("type" IN ('internal', 'incall', 'outcall', 'services', 'others')),
  ADD CONSTRAINT "context_name" CHECK ("name" ~ '^[A-Za-z0-9_-]{1,79}$');

ALTER TABLE "mailbox"
  ADD CONSTRAINT "mailbox_accesstype" CHECK ("accesstype" IN ('personal', 'global')),
  ADD CONSTRAINT "mailbox_number" CHECK ("number" ~ '^[0-9]{1,40}$'),
  ADD CONSTRAINT "mailbox_max_messages" CHECK ("max_messages" >= 0),
  ADD CONSTRAINT "mailbox_pin_hash" CHECK ("pin_hash" <> ''),
  ADD CONSTRAINT "mailbox_delete_messages" CHECK (NOT "delete_messages" OR ("email" <> '' AND "email" IS NOT NULL AND "attach_audio" IS TRUE));
-- Contract rule R3: one global mailbox per context, unless the tenant allows more.
CREATE UNIQUE INDEX "mailbox_one_global_per_context" ON "mailbox" ("context") WHERE "accesstype" = 'global' AND "exclusive_global";

-- Contract rule R5: a global mailbox has no users. The foreign key carries the access type, so promotion is refused too.
ALTER TABLE "mailbox_user" ADD CONSTRAINT "mailbox_user_personal" CHECK ("accesstype" = 'personal');

ALTER TABLE "mailbox_summary"
  ADD CONSTRAINT "mailbox_summary_counts" CHECK ("new_count" >= 0 AND "old_count" >= 0 AND "revision" >= 0
    AND "urgent_new_count" BETWEEN 0 AND "new_count" AND "urgent_old_count" BETWEEN 0 AND "old_count");

ALTER TABLE "message"
  ADD CONSTRAINT "message_folder" CHECK ("folder_id" BETWEEN 1 AND 6),
  ADD CONSTRAINT "message_urgent" CHECK (("folder_id" <> 3 OR "urgent") AND ("folder_id" <> 1 OR NOT "urgent")),
  ADD CONSTRAINT "message_sizes" CHECK ("duration_ms" >= 0 AND "audio_bytes" >= 0),
  -- A mailbox that changes tenant takes its messages along.
  ADD CONSTRAINT "message_mailbox_id_tenant_uuid_fkey" FOREIGN KEY ("mailbox_id", "tenant_uuid") REFERENCES "mailbox" ("id", "tenant_uuid") ON DELETE CASCADE ON UPDATE CASCADE;

-- What the relay looks for, kept small: rows without a cursor, and rows whose publication was not confirmed.
CREATE INDEX "event_unclaimed" ON "event" ("id") WHERE "cursor" IS NULL;
CREATE INDEX "event_unconfirmed" ON "event" ("cursor") WHERE "published_at" IS NULL;

ALTER TABLE "device"
  ADD CONSTRAINT "device_sip_username" CHECK ("sip_username" ~ '^[A-Za-z0-9._-]{1,79}$'),
  ADD CONSTRAINT "device_digest_algorithm" CHECK ("digest_algorithm" IN ('MD5', 'SHA-256')),
  ADD CONSTRAINT "device_mwi_mode" CHECK ("mwi_mode" IN ('auto', 'solicited', 'off'));
ALTER TABLE "sip_contact" ADD CONSTRAINT "sip_contact_device_uuid_fkey" FOREIGN KEY ("device_uuid") REFERENCES "device" ("uuid") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "sip_subscription" ADD CONSTRAINT "sip_subscription_device_uuid_fkey" FOREIGN KEY ("device_uuid") REFERENCES "device" ("uuid") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "lamp" ADD CONSTRAINT "lamp_device_uuid_fkey" FOREIGN KEY ("device_uuid") REFERENCES "device" ("uuid") ON DELETE CASCADE ON UPDATE RESTRICT;

-- Which device watches which mailbox: the devices' own lists, or else the user's personal mailbox and the tenant's global ones.
CREATE VIEW "device_watch" AS
  SELECT l."device_uuid", l."mailbox_id" FROM "device_mailbox" l JOIN "device" d ON d."uuid" = l."device_uuid" WHERE d."lists_mailboxes"
  UNION ALL
  SELECT d."uuid", u."mailbox_id" FROM "device" d JOIN "mailbox_user" u ON u."user_uuid" = d."user_uuid" WHERE NOT d."lists_mailboxes"
  UNION ALL
  SELECT d."uuid", m."id" FROM "device" d JOIN "mailbox" m ON m."tenant_uuid" = d."tenant_uuid" AND m."accesstype" = 'global' WHERE NOT d."lists_mailboxes";
