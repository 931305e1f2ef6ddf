/** Which part of a list is wanted; no limit means everything. */
export type Page = { readonly limit: number | undefined; readonly offset: number }

/** Prisma's words for a page. */
export function cut(page: Page): { skip: number; take?: number } {
  return page.limit === undefined ? { skip: page.offset } : { skip: page.offset, take: page.limit }
}
