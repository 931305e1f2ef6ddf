-- What a device watches is looked up from the device to the mailboxes, each step by key (`OFFSET 0`). While the statistics
-- of a young installation, or of one that was just imported, know no better, the planner read every mailbox there is, for
-- each device (decision 0051).
CREATE OR REPLACE FUNCTION "watched_mailboxes"("of_device" UUID, "of_tenant" UUID, "of_user" UUID, "by_list" BOOLEAN) RETURNS TABLE ("mailbox_id" INTEGER)
LANGUAGE sql STABLE AS $$
  SELECT m."id" FROM "device_mailbox" l CROSS JOIN LATERAL (
    SELECT "id", "deleted_at" FROM "mailbox" WHERE "id" = l."mailbox_id" OFFSET 0) m
    WHERE l."device_uuid" = "of_device" AND "by_list" AND m."deleted_at" IS NULL
  UNION
  SELECT u."mailbox_id" FROM "mailbox_user" u WHERE u."user_uuid" = "of_user" AND NOT "by_list"
  UNION
  SELECT m."id" FROM (
    SELECT "id", "deleted_at" FROM "mailbox" WHERE "tenant_uuid" = "of_tenant" AND "accesstype" = 'global' OFFSET 0) m
    WHERE m."deleted_at" IS NULL AND NOT "by_list"
  UNION
  SELECT m."id" FROM "mailbox_member" s CROSS JOIN LATERAL (
    SELECT "id", "deleted_at" FROM "mailbox" WHERE "id" = s."mailbox_id" OFFSET 0) m
    WHERE s."user_uuid" = "of_user" AND s."rights" & 1 = 1 AND m."deleted_at" IS NULL AND NOT "by_list"
  UNION
  SELECT m."id" FROM "mailbox_member" s CROSS JOIN LATERAL (
    SELECT "id", "deleted_at" FROM "mailbox" WHERE "id" = s."mailbox_id" OFFSET 0) m
    WHERE s."user_uuid" IS NULL AND s."tenant_uuid" = "of_tenant" AND s."rights" & 1 = 1 AND m."deleted_at" IS NULL AND NOT "by_list"
$$;
