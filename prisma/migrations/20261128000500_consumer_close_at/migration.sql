-- The broker lets in who has old credentials for as long as it believes an answer, and what it let in stays: so connections
-- are closed again after that, whatever happens to this process meanwhile.
ALTER TABLE "event_consumer" ADD COLUMN "close_at" TIMESTAMPTZ(6);
