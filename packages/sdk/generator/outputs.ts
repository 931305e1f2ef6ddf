import { aclTable, buildOpenApi } from '@lamplighter/contracts'
import { type Document, writeOperations } from './operations.js'

const ACL_HEAD = `# Access

Which access each operation asks of a token; ids of the path stand in it. Made by \`npm run docs:generate\` from the route
table; do not edit.

`

/** Every generated file, by its path from the root of the repository. */
export function generatedFiles(): Readonly<Record<string, string>> {
  const document = buildOpenApi()
  return {
    'docs/openapi.json': `${JSON.stringify(document, null, 2)}\n`,
    'docs/acl.md': `${ACL_HEAD}${aclTable()}\n`,
    'packages/sdk/src/generated/operations.ts': writeOperations(document as unknown as Document),
  }
}
