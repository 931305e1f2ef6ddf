/** What a list of auth is asked for; the columns are the repository's own (rest.md 1.7). */
export type AuthListQuery<Column extends string> = {
  readonly limit: number | undefined
  readonly offset: number
  readonly order: Column | undefined
  readonly direction: 'asc' | 'desc'
  readonly search: string | undefined
}

/** A page, how many rows match, and how many there are in scope. */
export type AuthPage<Item> = { readonly items: Item[]; readonly filtered: number; readonly total: number }

/** Prisma's words for a substring in any case; the term's own `%` and `_` are ordinary characters. */
export function containing(term: string): { contains: string; mode: 'insensitive' } {
  return { contains: term.replace(/[\\%_]/g, '\\$&'), mode: 'insensitive' }
}
