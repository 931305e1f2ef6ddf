-- Whether any tenant listens on the topic exchange is asked with every batch of the relay: one look into an index that
-- holds those consumers and nothing else.
CREATE INDEX "event_consumer_with_keys" ON "event_consumer" ((true)) WHERE "deleted_at" IS NULL AND cardinality("bindings") > 0;
