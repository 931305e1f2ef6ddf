import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { findCycles, findForbiddenImports, findLongFiles } from './boundaries.js'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

describe('the tree', () => {
  it('has no import in a forbidden direction', () => {
    expect(findForbiddenImports(ROOT)).toEqual([])
  })

  it('has no cycle, neither of packages nor of files', () => {
    expect(findCycles(ROOT)).toEqual([])
  })

  it('has no source file of more than 400 lines', () => {
    expect(findLongFiles(ROOT)).toEqual([])
  })
})

describe('the checks of the tree fail when they should', () => {
  const made: string[] = []
  afterAll(() => {
    for (const root of made) rmSync(root, { recursive: true })
  })

  function tree(files: Record<string, string>): string {
    const root = mkdtempSync(path.join(os.tmpdir(), 'lamplighter-tree-'))
    made.push(root)
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(path.join(root, path.dirname(file)), { recursive: true })
      writeFileSync(path.join(root, file), text)
    }
    return root
  }
  const manifest = (...names: string[]) =>
    JSON.stringify({ dependencies: Object.fromEntries(names.map((name) => [name, '*'])) })

  it.each([
    [
      'a forbidden direction',
      {
        'packages/domain/package.json': manifest('@lamplighter/store'),
        'packages/domain/src/a.ts': `import { x } from '@lamplighter/store'`,
      },
      'forbidden for domain',
    ],
    [
      'an app that imports an app',
      {
        'apps/confd/package.json': manifest('@lamplighter/calld'),
        'apps/calld/package.json': '{}',
        'apps/confd/src/a.ts': `import '@lamplighter/calld'`,
      },
      'forbidden for confd',
    ],
    [
      'product code that imports testing',
      {
        'packages/store/package.json': manifest('@lamplighter/testing'),
        'packages/store/src/a.ts': `export * from '@lamplighter/testing'`,
      },
      'only tests may',
    ],
    [
      'an undeclared dependency',
      {
        'packages/domain/package.json': '{}',
        'packages/domain/src/a.ts': ['const x = await imp', `ort('left-pad')`].join(''),
      },
      'does not declare',
    ],
    [
      'a deep import',
      {
        'apps/confd/package.json': manifest('@lamplighter/store'),
        'apps/confd/src/a.ts': `import { x } from '@lamplighter/store/src/sql.js'`,
      },
      'the inside of store',
    ],
    [
      'a way out of the package',
      {
        'packages/domain/package.json': '{}',
        'packages/domain/src/a.ts': `import { x } from '../../store/src/sql.js'`,
      },
      'reaches out',
    ],
    ['a package without a row', { 'packages/new/package.json': '{}' }, 'no row'],
  ])('on %s', (_name, files, problem) => {
    expect(findForbiddenImports(tree(files as Record<string, string>))).toEqual([expect.stringContaining(problem)])
  })

  it('on a cycle of packages and of files', () => {
    const root = tree({
      'packages/a/package.json': manifest('@lamplighter/b'),
      'packages/b/package.json': manifest('@lamplighter/a'),
      'packages/a/src/x.ts': `import { y } from './y.js'`,
      'packages/a/src/y.ts': `import { x } from './x.js'`,
    })
    expect(findCycles(root)).toHaveLength(2)
  })

  it('on a long file', () => {
    expect(
      findLongFiles(tree({ 'packages/a/package.json': '{}', 'packages/a/src/x.ts': '\n'.repeat(401) })),
    ).toHaveLength(1)
  })
})
