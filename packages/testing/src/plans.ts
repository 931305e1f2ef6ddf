import pg from 'pg'

/** A statement as it went to the database. */
export type SentStatement = { readonly text: string; readonly values: readonly unknown[] }

/** A pool that writes down what is sent through it. */
export function recordStatements(pool: pg.Pool): { readonly pool: pg.Pool; readonly sent: SentStatement[] } {
  const sent: SentStatement[] = []
  const recording = new Proxy(pool, {
    get(target, property) {
      if (property !== 'query') return Reflect.get(target, property, target) as unknown
      return (config: { text: string; values?: unknown[] }) => {
        sent.push({ text: config.text, values: config.values ?? [] })
        return target.query(config)
      }
    },
  })
  return { pool: recording, sent }
}

type PlanNode = {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly 'Actual Rows'?: number
  readonly 'Actual Loops'?: number
  readonly 'Rows Removed by Filter'?: number
  readonly Plans?: readonly PlanNode[]
}

/** What a plan does: tables read whole, indexes used, milliseconds. */
export type PlanFacts = {
  readonly sequentialScans: readonly string[]
  readonly indexes: readonly string[]
  /** Rows looked at in each table, also those that a filter sorted out. */
  readonly rowsRead: Readonly<Record<string, number>>
  readonly executionMs: number
}

/**
 * Runs a statement under EXPLAIN as the product runs it: prepared, with a generic plan. Bound values would let the
 * planner see what it never sees.
 */
export async function explainPrepared(pool: pg.Pool, { text, values }: SentStatement): Promise<PlanFacts> {
  const client = await pool.connect()
  try {
    await client.query('SET plan_cache_mode = force_generic_plan')
    await client.query(`PREPARE explained AS ${text}`)
    const literals = values.length > 0 ? `(${values.map(toLiteral).join(', ')})` : ''
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode; 'Execution Time': number }] }>(
      `EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE explained${literals}`,
    )
    const explained = rows[0]?.['QUERY PLAN'][0]
    if (!explained) throw new Error('the database explained nothing')
    return { ...factsOf(explained.Plan), executionMs: explained['Execution Time'] }
  } finally {
    // What was prepared and set here must meet nobody else.
    client.release(true)
  }
}

function factsOf(root: PlanNode): Omit<PlanFacts, 'executionMs'> {
  const nodes = [...walk(root)]
  const named = (nodesOf: readonly PlanNode[], key: 'Relation Name' | 'Index Name') => [
    ...new Set(nodesOf.flatMap((node) => node[key] ?? [])),
  ]
  const rowsRead: Record<string, number> = {}
  for (const node of nodes) {
    const table = node['Relation Name']
    if (table !== undefined) rowsRead[table] = (rowsRead[table] ?? 0) + rowsOf(node)
  }
  return {
    sequentialScans: named(
      nodes.filter((node) => node['Node Type'] === 'Seq Scan'),
      'Relation Name',
    ),
    indexes: named(nodes, 'Index Name'),
    rowsRead,
  }
}

function rowsOf(node: PlanNode): number {
  return ((node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0)) * (node['Actual Loops'] ?? 1)
}

function* walk(node: PlanNode): Generator<PlanNode> {
  yield node
  for (const child of node.Plans ?? []) yield* walk(child)
}

function toLiteral(value: unknown): string {
  if (value === null || value === undefined) return 'NULL'
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return pg.escapeLiteral(`{${value.join(',')}}`)
  return pg.escapeLiteral(String(value))
}
