import { readFileSync } from 'node:fs'
import { aclTable, buildAsyncApi, buildOpenApi, eventTable } from '@lamplighter/contracts'
import { type Document, writeOperations } from './operations.js'

const ACL_HEAD = `# Access

Which access each operation asks of a token; ids of the path stand in it. Made by \`npm run docs:generate\` from the route
table; do not edit.

`

const EVENTS_PAGE = new URL('../../../docs/events.md', import.meta.url)
const TABLE_START = '<!-- events: made by `npm run docs:generate` -->\n'
const TABLE_END = '\n<!-- /events -->'

/** The page with its table made anew; what people wrote around it stays. @throws when the page has lost its marks */
function withTable(page: string, table: string): string {
  const start = page.indexOf(TABLE_START)
  const end = page.indexOf(TABLE_END)
  if (start < 0 || end < start) throw new Error('docs/events.md has lost the marks around its table')
  return `${page.slice(0, start)}${TABLE_START}\n${table}\n${page.slice(end)}`
}

/** Every generated file, by its path from the root of the repository. */
export function generatedFiles(): Readonly<Record<string, string>> {
  const document = buildOpenApi()
  return {
    'docs/openapi.json': `${JSON.stringify(document, null, 2)}\n`,
    'docs/asyncapi.json': `${JSON.stringify(buildAsyncApi(), null, 2)}\n`,
    'docs/events.md': withTable(readFileSync(EVENTS_PAGE, 'utf8'), eventTable()),
    'docs/acl.md': `${ACL_HEAD}${aclTable()}\n`,
    'packages/sdk/src/generated/operations.ts': writeOperations(document as unknown as Document),
  }
}
