-- Mailboxes whose messages lie elsewhere: their counts are set by a feed, and only by the one they were made for.
ALTER TABLE "mailbox" ADD COLUMN "external" TEXT,
  ADD COLUMN "external_heard_at" TIMESTAMPTZ(6),
  ADD COLUMN "external_stale_at" TIMESTAMPTZ(6);

ALTER TABLE "mailbox"
  ADD CONSTRAINT "mailbox_external" CHECK ("external" IN ('ari', 'notify', 'subscribe')),
  ADD CONSTRAINT "mailbox_external_heard" CHECK ("external" IS NOT NULL OR ("external_heard_at" IS NULL AND "external_stale_at" IS NULL)),
  ADD CONSTRAINT "mailbox_external_pin" CHECK ("external" IS NULL OR "pin_hash" IS NULL);
