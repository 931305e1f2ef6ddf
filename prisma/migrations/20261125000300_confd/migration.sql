-- What the configuration's lists search through, whatever the case and the accents (rest.md 1.7).

-- Folds text for comparison: decomposed, without marks, in lower case. The collation of ICU knows the case of every
-- script; where PostgreSQL was built without it, the database's own has to do.
DO $body$
DECLARE
  lowered TEXT := CASE WHEN EXISTS (SELECT FROM pg_collation WHERE collname = 'und-x-icu')
    THEN 'lower(bare COLLATE "und-x-icu")' ELSE 'lower(bare)' END;
BEGIN
  EXECUTE format($sql$
    CREATE FUNCTION "fold_text"("given" TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURNS NULL ON NULL INPUT AS $fold$
      SELECT %s FROM regexp_replace(normalize($1, NFD), '[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]', '', 'g') AS bare
    $fold$ $sql$, lowered);
END $body$;

ALTER TABLE "mailbox" ADD COLUMN "search_text" TEXT NOT NULL GENERATED ALWAYS AS
  (fold_text("name" || E'\n' || "number" || E'\n' || coalesce("email", '') || E'\n' || coalesce("pager", ''))) STORED;
ALTER TABLE "user" ADD COLUMN "search_text" TEXT NOT NULL GENERATED ALWAYS AS
  (fold_text("firstname" || ' ' || coalesce("lastname", '') || E'\n' || coalesce("email", '') || E'\n' || coalesce("username", ''))) STORED;
ALTER TABLE "context" ADD COLUMN "search_text" TEXT NOT NULL GENERATED ALWAYS AS
  (fold_text("name" || E'\n' || "label" || E'\n' || "type")) STORED;
