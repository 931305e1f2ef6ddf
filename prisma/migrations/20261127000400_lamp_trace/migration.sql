-- A lamp has its uuid before it has a row: made from who shows it (a device or a gateway) and the mailbox. It begins with
-- the first six bytes of its owner's uuid, so that from a lamp's uuid alone the owner is found by its key (decision 0040).
CREATE FUNCTION "lamp_uuid"("of_owner" UUID, "of_mailbox" INTEGER) RETURNS UUID
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT (substr(of_owner::text, 1, 14) || '8' || substr(h, 1, 3) || '-8' || substr(h, 4, 3) || '-' || substr(h, 7, 12))::uuid
  FROM md5(of_owner::text || '/' || of_mailbox::text) h
$$;

UPDATE "lamp" SET "uuid" = lamp_uuid("device_uuid", "mailbox_id");

-- CreateTable
CREATE TABLE "lamp_trace" (
    "lamp_uuid" UUID NOT NULL,
    "id" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "cause" TEXT NOT NULL,
    "cause_name" TEXT,
    "event_id" UUID,
    "new_count" INTEGER NOT NULL,
    "old_count" INTEGER NOT NULL,
    "urgent_new_count" INTEGER NOT NULL,
    "urgent_old_count" INTEGER NOT NULL,
    "revision" BIGINT NOT NULL,
    "action" TEXT NOT NULL,
    "status" INTEGER,
    "reason" TEXT NOT NULL,

    CONSTRAINT "lamp_trace_pkey" PRIMARY KEY ("lamp_uuid","id")
);

-- What is no lamp any more has no trace. A trigger, not a foreign key: a trace belongs to a lamp of either kind.
CREATE FUNCTION "forget_lamp_trace"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM "lamp_trace" t USING "gone" WHERE t."lamp_uuid" = "gone"."uuid";
  RETURN NULL;
END
$$;
CREATE TRIGGER "lamp_trace_follows_lamp" AFTER DELETE ON "lamp"
  REFERENCING OLD TABLE AS "gone" FOR EACH STATEMENT EXECUTE FUNCTION "forget_lamp_trace"();
