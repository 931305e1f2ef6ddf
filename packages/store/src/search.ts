import type { Prisma } from './generated/client.js'

/**
 * Prisma filter for rows whose `search_text` holds a term, whatever its case and accents: the database folds the term
 * as it folded the text. `%` and `_` stand for themselves; no term, no filter.
 */
export async function holding(
  db: Prisma.TransactionClient,
  term: string | undefined,
): Promise<{ searchText?: { contains: string } }> {
  if (!term) return {}
  const [row] = await db.$queryRaw<{ folded: string }[]>`SELECT fold_text(${term}::text) AS folded`
  return { searchText: { contains: (row?.folded ?? '').replace(/[\\%_]/g, '\\$&') } }
}
