/** Which part of a list is wanted; no limit means everything. */
export type Page = { readonly limit: number | undefined; readonly offset: number }

/** A list in confd's dialect (rest.md 1.7): search and exact filters combine with AND, ties go by id. */
export type ListQuery<Column extends string> = Page & {
  readonly search: string | undefined
  readonly filters: Partial<Record<Column, string>>
  readonly order: Column
  readonly direction: 'asc' | 'desc'
}

/** Prisma's words for a page. */
export function cut(page: Page): { skip: number; take?: number } {
  return page.limit === undefined ? { skip: page.offset } : { skip: page.offset, take: page.limit }
}
