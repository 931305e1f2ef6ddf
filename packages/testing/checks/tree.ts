import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** A package of the workspace, its sources and what each imports. */
export type WorkspacePackage = {
  readonly name: string
  readonly directory: string
  readonly kind: 'apps' | 'packages'
  readonly dependencies: ReadonlySet<string>
  readonly devDependencies: ReadonlySet<string>
  readonly files: readonly SourceFile[]
}

/** A source file with its import specifiers. */
export type SourceFile = {
  readonly path: string
  readonly isTest: boolean
  readonly imports: readonly string[]
  readonly lines: number
}

const SCOPE = '@lamplighter/'
const SKIPPED = new Set(['node_modules', 'dist', 'generated', 'fixtures', 'assets'])
const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g

/** Reads every package below `apps` and `packages`. */
export function readTree(root: string): WorkspacePackage[] {
  return (['apps', 'packages'] as const).flatMap((kind) => {
    const folder = path.join(root, kind)
    if (!existsSync(folder)) return []
    return readdirSync(folder)
      .filter((name) => existsSync(path.join(folder, name, 'package.json')))
      .map((name) => readPackage(path.join(folder, name), kind))
  })
}

function readPackage(directory: string, kind: WorkspacePackage['kind']): WorkspacePackage {
  const manifest = JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8')) as Record<
    string,
    Record<string, string> | undefined
  >
  const names = (field: string) => new Set(Object.keys(manifest[field] ?? {}))
  const dependencies = new Set([...names('dependencies'), ...names('optionalDependencies')])
  return {
    name: path.basename(directory),
    directory,
    kind,
    dependencies,
    devDependencies: names('devDependencies'),
    files: walk(directory).map(readSource),
  }
}

function walk(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(directory, entry.name)
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : walk(full)
    return /\.tsx?$/.test(entry.name) ? [full] : []
  })
}

function readSource(file: string): SourceFile {
  const text = readFileSync(file, 'utf8')
  const imports = [...text.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3] ?? '')
  const isTest = /\.test\.ts$|\/(tests|checks)\//.test(file)
  return { path: file, isTest, imports, lines: text.split('\n').length }
}

/** The package a specifier names, if it is one of ours. */
export function ownPackage(specifier: string): string | undefined {
  return specifier.startsWith(SCOPE) ? specifier.slice(SCOPE.length) : undefined
}
