-- The bus confirms in the order of cursors, so one number says what a column of every row said: an event is written once
-- less, with all its indexes.
CREATE TABLE "relay_progress" (
  "id" SMALLINT NOT NULL DEFAULT 1 CHECK ("id" = 1),
  "confirmed_cursor" BIGINT NOT NULL,
  CONSTRAINT "relay_progress_pkey" PRIMARY KEY ("id")
);
INSERT INTO "relay_progress" ("confirmed_cursor")
SELECT coalesce((SELECT min("cursor") - 1 FROM "event" WHERE "published_at" IS NULL), (SELECT max("cursor") FROM "event"), 0);
UPDATE "event" SET "published_at" = now() WHERE "cursor" IS NOT NULL AND "published_at" IS NULL;
DROP INDEX "event_unconfirmed";
