-- A PIN that was one of the last ones opens nothing; known only when it is set, because hashes are all we keep.
ALTER TABLE "mailbox" ADD COLUMN "pin_reused" BOOLEAN NOT NULL DEFAULT false;

-- No empty and no plain credential can be stored, whoever writes it.
ALTER TABLE "mailbox" ADD CONSTRAINT "mailbox_pin_hashed" CHECK ("pin_hash" LIKE '$argon2id$%');
ALTER TABLE "pin_history" ADD CONSTRAINT "pin_history_pin_hashed" CHECK ("pin_hash" LIKE '$argon2id$%');
