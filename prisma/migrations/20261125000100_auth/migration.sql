-- What authd keeps: refresh tokens, the bounds on guessing, and what a tenant and a user are beside their names.

ALTER TABLE "tenant"
  ADD COLUMN "contact" TEXT,
  ADD COLUMN "phone" TEXT,
  ADD COLUMN "address" JSONB NOT NULL DEFAULT '{}';

CREATE TABLE "tenant_domain" (
    "name" TEXT NOT NULL,
    "tenant_uuid" UUID NOT NULL,

    CONSTRAINT "tenant_domain_pkey" PRIMARY KEY ("name")
);
CREATE INDEX "tenant_domain_tenant_uuid_idx" ON "tenant_domain"("tenant_uuid");
ALTER TABLE "tenant_domain" ADD CONSTRAINT "tenant_domain_tenant_uuid_fkey" FOREIGN KEY ("tenant_uuid") REFERENCES "tenant"("uuid") ON DELETE CASCADE ON UPDATE RESTRICT;

ALTER TABLE "user" ADD COLUMN "enabled" BOOLEAN NOT NULL DEFAULT true;
-- A login may be an e-mail address.
CREATE INDEX "user_email_lower" ON "user" (lower("email"));

ALTER TABLE "policy" ADD COLUMN "description" TEXT;

CREATE TABLE "refresh_token" (
    "uuid" UUID NOT NULL,
    "user_uuid" UUID NOT NULL,
    "client_id" VARCHAR(1024) NOT NULL,
    "token_hash" TEXT NOT NULL,
    "mobile" BOOLEAN NOT NULL DEFAULT false,
    "user_agent" TEXT NOT NULL DEFAULT '',
    "remote_addr" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "used_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "refresh_token_pkey" PRIMARY KEY ("uuid")
);
CREATE UNIQUE INDEX "refresh_token_token_hash_key" ON "refresh_token"("token_hash");
-- One per user and client. A client id may be longer than an index entry.
CREATE UNIQUE INDEX "refresh_token_client" ON "refresh_token" ("user_uuid", md5("client_id"));
CREATE INDEX "refresh_token_expires_at_idx" ON "refresh_token"("expires_at");
ALTER TABLE "refresh_token" ADD CONSTRAINT "refresh_token_user_uuid_fkey" FOREIGN KEY ("user_uuid") REFERENCES "user"("uuid") ON DELETE CASCADE ON UPDATE RESTRICT;

ALTER TABLE "session"
  ADD COLUMN "refresh_token_uuid" UUID,
  ADD COLUMN "expiry_announced" BOOLEAN NOT NULL DEFAULT false;
CREATE INDEX "session_refresh_token_uuid_idx" ON "session"("refresh_token_uuid");
ALTER TABLE "session" ADD CONSTRAINT "session_refresh_token_uuid_fkey" FOREIGN KEY ("refresh_token_uuid") REFERENCES "refresh_token"("uuid") ON DELETE CASCADE ON UPDATE RESTRICT;
-- What the announcement of ends looks for, kept small.
CREATE INDEX "session_unannounced" ON "session" ("expires_at") WHERE NOT "expiry_announced";

CREATE TABLE "login_throttle" (
    "key" TEXT NOT NULL,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "failed_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "blocked_until" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "login_throttle_pkey" PRIMARY KEY ("key")
);
CREATE INDEX "login_throttle_failed_at_idx" ON "login_throttle"("failed_at");
