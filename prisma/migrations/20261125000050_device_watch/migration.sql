-- The rule of what a device watches, as a function of one device: a query about one device costs a few index look-ups,
-- not the whole relation. A device's own list, or else its user's personal mailbox, the tenant's global ones and those
-- shared with the user, or with everyone, to listen.
CREATE FUNCTION "watched_mailboxes"("of_device" UUID, "of_tenant" UUID, "of_user" UUID, "by_list" BOOLEAN) RETURNS TABLE ("mailbox_id" INTEGER)
LANGUAGE sql STABLE AS $$
  SELECT l."mailbox_id" FROM "device_mailbox" l JOIN "mailbox" m ON m."id" = l."mailbox_id"
    WHERE l."device_uuid" = "of_device" AND "by_list" AND m."deleted_at" IS NULL
  UNION
  SELECT u."mailbox_id" FROM "mailbox_user" u WHERE u."user_uuid" = "of_user" AND NOT "by_list"
  UNION
  SELECT m."id" FROM "mailbox" m WHERE m."tenant_uuid" = "of_tenant" AND m."accesstype" = 'global' AND m."deleted_at" IS NULL AND NOT "by_list"
  UNION
  SELECT s."mailbox_id" FROM "mailbox_member" s JOIN "mailbox" m ON m."id" = s."mailbox_id"
    WHERE s."user_uuid" = "of_user" AND s."rights" & 1 = 1 AND m."deleted_at" IS NULL AND NOT "by_list"
  UNION
  SELECT s."mailbox_id" FROM "mailbox_member" s JOIN "mailbox" m ON m."id" = s."mailbox_id"
    WHERE s."user_uuid" IS NULL AND s."tenant_uuid" = "of_tenant" AND s."rights" & 1 = 1 AND m."deleted_at" IS NULL AND NOT "by_list"
$$;

CREATE OR REPLACE VIEW "device_watch" AS
  SELECT d."uuid" AS "device_uuid", w."mailbox_id"
  FROM "device" d CROSS JOIN LATERAL "watched_mailboxes"(d."uuid", d."tenant_uuid", d."user_uuid", d."lists_mailboxes") w;

-- Whoever may watch these mailboxes, and perhaps some who may not: each device is then looked at by the rule above.
CREATE FUNCTION "possible_watchers"("of_mailboxes" INTEGER[]) RETURNS TABLE ("device_uuid" UUID)
LANGUAGE sql STABLE AS $$
  SELECT l."device_uuid" FROM "device_mailbox" l WHERE l."mailbox_id" = ANY ("of_mailboxes")
  UNION
  SELECT d."uuid" FROM "mailbox_user" u JOIN "device" d ON d."user_uuid" = u."user_uuid" WHERE u."mailbox_id" = ANY ("of_mailboxes") AND NOT d."lists_mailboxes"
  UNION
  SELECT d."uuid" FROM "mailbox_member" s JOIN "device" d ON d."user_uuid" = s."user_uuid" WHERE s."mailbox_id" = ANY ("of_mailboxes") AND NOT d."lists_mailboxes"
  UNION
  SELECT d."uuid" FROM "mailbox_member" s JOIN "device" d ON d."tenant_uuid" = s."tenant_uuid" WHERE s."mailbox_id" = ANY ("of_mailboxes") AND s."user_uuid" IS NULL AND NOT d."lists_mailboxes"
  UNION
  SELECT d."uuid" FROM "mailbox" m JOIN "device" d ON d."tenant_uuid" = m."tenant_uuid" WHERE m."id" = ANY ("of_mailboxes") AND m."accesstype" = 'global' AND NOT d."lists_mailboxes"
$$;
