-- Messages of a caller: exported and erased by number, over all mailboxes of a tenant.
CREATE INDEX "message_tenant_uuid_caller_id_num_idx" ON "message"("tenant_uuid", "caller_id_num");

-- What came before searches: folded as the product folds, but for marks outside the Latin, Greek and Cyrillic ones.
UPDATE "message" SET "search_text" = lower(regexp_replace(
    normalize(coalesce("caller_id_name", '') || E'\n' || coalesce("caller_id_num", '') || E'\n', NFD), E'[\u0300-\u036f]', '', 'g'))
  WHERE "search_text" = '';
