-- What a SUBSCRIBE and a change of a mailbox cost the database (decision 0051).

-- The planner expects many mailboxes and read all devices to find those of no mailbox at all: `OFFSET 0` keeps each step
-- a look-up by key, from the mailboxes to the devices.
CREATE OR REPLACE FUNCTION "possible_watchers"("of_mailboxes" INTEGER[]) RETURNS TABLE ("device_uuid" UUID)
LANGUAGE sql STABLE AS $$
  SELECT l."device_uuid" FROM "device_mailbox" l WHERE l."mailbox_id" = ANY ("of_mailboxes")
  UNION
  SELECT d."uuid" FROM "mailbox_user" u CROSS JOIN LATERAL (
    SELECT "uuid" FROM "device" WHERE "user_uuid" = u."user_uuid" AND NOT "lists_mailboxes" OFFSET 0) d
    WHERE u."mailbox_id" = ANY ("of_mailboxes")
  UNION
  SELECT d."uuid" FROM "mailbox_member" s CROSS JOIN LATERAL (
    SELECT "uuid" FROM "device" WHERE "user_uuid" = s."user_uuid" AND NOT "lists_mailboxes" OFFSET 0) d
    WHERE s."mailbox_id" = ANY ("of_mailboxes")
  UNION
  SELECT d."uuid" FROM "mailbox_member" s CROSS JOIN LATERAL (
    SELECT "uuid" FROM "device" WHERE "tenant_uuid" = s."tenant_uuid" AND NOT "lists_mailboxes" OFFSET 0) d
    WHERE s."mailbox_id" = ANY ("of_mailboxes") AND s."user_uuid" IS NULL
  UNION
  SELECT d."uuid" FROM (
    SELECT "tenant_uuid", "accesstype" FROM "mailbox" WHERE "id" = ANY ("of_mailboxes") OFFSET 0) m CROSS JOIN LATERAL (
    SELECT "uuid" FROM "device" WHERE "tenant_uuid" = m."tenant_uuid" AND NOT "lists_mailboxes" OFFSET 0) d
    WHERE m."accesstype" = 'global'
$$;

-- The same uuids by one expression, which PostgreSQL writes into the statement instead of calling a function.
CREATE OR REPLACE FUNCTION "lamp_uuid"("of_owner" UUID, "of_mailbox" INTEGER) RETURNS UUID
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT (substr(of_owner::text, 1, 14) || '8' || overlay(
    overlay(substr(md5(of_owner::text || '/' || of_mailbox::text), 1, 18) PLACING '-8' FROM 4 FOR 0) PLACING '-' FROM 9 FOR 0))::uuid
$$;

-- A refresh changes nothing that is indexed, and finds room on its page: no index is touched.
DROP INDEX "sip_subscription_expires_at_idx";
ALTER TABLE "sip_subscription" SET (fillfactor = 70);
