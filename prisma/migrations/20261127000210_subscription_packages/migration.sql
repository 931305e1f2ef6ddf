-- A subscription may be told as a sum, mailbox by mailbox or as dialogs; a phone is known by its instance.
ALTER TABLE "sip_subscription" ADD COLUMN "event_package" TEXT NOT NULL DEFAULT 'message-summary',
ADD COLUMN "instance" TEXT;
