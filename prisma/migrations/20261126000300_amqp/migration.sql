-- Consumers of tenants on AMQP: a queue each. Neither tenant nor user is a foreign key, because the row must outlive both
-- until the queue is gone; and the row of a deleted consumer stays, so that the names a tenant ever used can be counted.
CREATE TABLE "event_consumer" (
  "uuid" UUID NOT NULL,
  "tenant_uuid" UUID NOT NULL,
  "name" VARCHAR(40) NOT NULL,
  "user_uuid" UUID,
  "events" TEXT[],
  "bindings" TEXT[],
  "max_length" INTEGER NOT NULL,
  "message_ttl_sec" INTEGER NOT NULL,
  "expires_sec" INTEGER NOT NULL,
  "secret_hash" TEXT NOT NULL,
  "applied" JSONB,
  "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT now(),
  "deleted_at" TIMESTAMPTZ(6),
  CONSTRAINT "event_consumer_pkey" PRIMARY KEY ("uuid")
);
CREATE UNIQUE INDEX "event_consumer_tenant_uuid_name_key" ON "event_consumer"("tenant_uuid", "name");
