-- How a device is told: its kind of phone, one sum or one mailbox, and what its envelope key dials.
ALTER TABLE "device" ADD COLUMN "aggregate" BOOLEAN NOT NULL DEFAULT true,
ADD COLUMN "message_account" TEXT,
ADD COLUMN "profile" TEXT NOT NULL DEFAULT 'default';

ALTER TABLE "tenant" ADD COLUMN "message_account" TEXT;
