import type { Sql } from './sql.js'

/** Traces of one look: some five milliseconds of the database, whatever the tables hold. */
const MAX_LOOKED_AT = 1000
/** Before every lamp. */
const BEGINNING = '00000000-0000-0000-0000-000000000000'

/** Goes from trace to trace by the key, however long each is, and takes those that are no lamp's. Null: that was the last. */
const SWEEP = `
  WITH RECURSIVE looked_at AS (
      (SELECT lamp_uuid, 1 AS n FROM lamp_trace WHERE lamp_uuid > $1::uuid ORDER BY lamp_uuid LIMIT 1)
      UNION ALL
      SELECT (SELECT t.lamp_uuid FROM lamp_trace t WHERE t.lamp_uuid > k.lamp_uuid ORDER BY t.lamp_uuid LIMIT 1), k.n + 1
      FROM looked_at k WHERE k.lamp_uuid IS NOT NULL AND k.n < $2),
    swept AS (
      DELETE FROM lamp_trace WHERE lamp_uuid = ANY (ARRAY(
        SELECT k.lamp_uuid FROM looked_at k
        WHERE NOT EXISTS (SELECT FROM lamp WHERE uuid = k.lamp_uuid OFFSET 0)
          AND NOT EXISTS (SELECT FROM gateway_lamp WHERE uuid = k.lamp_uuid OFFSET 0))))
  SELECT lamp_uuid::text AS last FROM looked_at WHERE n = $2`

/**
 * Takes away traces of lamps that are no more. A lamp takes its trace with it, but not what is being written at that very
 * moment: neither sees the other. To lock the lamp while its trace is written would cost a write per decision, for rows
 * that nobody can ask for; so they are looked for now and then, a bounded number at a time, going round by the key.
 *
 * A lamp is there before its trace: what has no lamp here is nobody's, also when the lamp is coming back right now.
 */
export class TraceSweep {
  readonly #limit: number
  #after = BEGINNING

  /** @param limit traces of one look */
  constructor(limit = MAX_LOOKED_AT) {
    this.#limit = limit
  }

  /** Looks at the traces behind those of the last look; after the last one it begins anew. */
  async next(sql: Sql): Promise<void> {
    const [row] = await sql.rows<{ last: string | null }>('lamp.sweep-traces', SWEEP, [this.#after, this.#limit])
    this.#after = row?.last ?? BEGINNING
  }
}
