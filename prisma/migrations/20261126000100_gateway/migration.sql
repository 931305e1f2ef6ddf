-- What the gateway needs: an identity of the event log, which its cursors carry, and one-time tickets.

-- A restored database continues another history: its cursors must not be taken for those of the lost one.
ALTER TABLE "installation"
  ADD COLUMN "log_epoch" UUID NOT NULL DEFAULT gen_random_uuid(),
  ADD COLUMN "log_home" TEXT;

CREATE TABLE "ws_ticket" (
    "hash" TEXT NOT NULL,
    "session_uuid" UUID NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "ws_ticket_pkey" PRIMARY KEY ("hash")
);
CREATE INDEX "ws_ticket_expires_at_idx" ON "ws_ticket"("expires_at");
CREATE INDEX "ws_ticket_session_uuid_idx" ON "ws_ticket"("session_uuid");
ALTER TABLE "ws_ticket" ADD CONSTRAINT "ws_ticket_session_uuid_fkey" FOREIGN KEY ("session_uuid") REFERENCES "session"("uuid") ON DELETE CASCADE ON UPDATE RESTRICT;
