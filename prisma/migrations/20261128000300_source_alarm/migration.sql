-- Whether it was said that an external mailbox is not heard of any more: once, and once that it is again (decision 0059).
ALTER TABLE "mailbox" ADD COLUMN "external_lost_at" TIMESTAMPTZ(6),
  ADD CONSTRAINT "mailbox_external_lost" CHECK ("external" IS NOT NULL OR "external_lost_at" IS NULL);

-- Whose counts become old, in the order of it; without those of which it was said already.
CREATE INDEX "mailbox_external_due" ON "mailbox" ("external_stale_at")
  WHERE "external_stale_at" IS NOT NULL AND "external_lost_at" IS NULL AND "deleted_at" IS NULL;
-- How many are lost now.
CREATE INDEX "mailbox_external_lost" ON "mailbox" ("external") WHERE "external_lost_at" IS NOT NULL AND "deleted_at" IS NULL;
