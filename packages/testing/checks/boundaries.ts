import { existsSync } from 'node:fs'
import path from 'node:path'
import { ownPackage, readTree, type SourceFile, type WorkspacePackage } from './tree.js'

/** Who may import whom (docs/architecture.md). Apps may import packages; only the command imports apps; only tests import `testing`. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  sip: [],
  runtime: [],
  contracts: ['domain'],
  access: ['domain'],
  store: ['domain', 'contracts'],
  bus: ['contracts', 'runtime'],
  http: ['domain', 'contracts', 'access', 'runtime'],
  // Its generator reads the contracts; the client itself imports nothing of ours.
  sdk: ['contracts'],
  testing: ['domain', 'store'],
}
const COMPOSING_APP = 'lamplighter'

/** Everything that goes in a forbidden direction, one sentence each. */
export function findForbiddenImports(root: string): string[] {
  const tree = readTree(root)
  const apps = new Set(tree.filter(({ kind }) => kind === 'apps').map(({ name }) => name))
  return tree.flatMap((one) => [
    ...(one.kind === 'packages' && !ALLOWED[one.name]
      ? [`package ${one.name} has no row in the table of allowed imports`]
      : []),
    ...one.files.flatMap((file) => file.imports.flatMap((specifier) => judge(one, file, specifier, apps, root))),
  ])
}

function judge(
  from: WorkspacePackage,
  file: SourceFile,
  specifier: string,
  apps: ReadonlySet<string>,
  root: string,
): string[] {
  const where = path.relative(root, file.path)
  if (specifier.startsWith('.')) {
    const target = path.resolve(path.dirname(file.path), specifier)
    return target.startsWith(from.directory + path.sep) ? [] : [`${where} reaches out of its package: ${specifier}`]
  }
  if (specifier.startsWith('node:')) return []
  const bare = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
  const declared =
    from.dependencies.has(bare) ||
    (file.isTest || from.name === 'testing' ? isDevelopment(from, bare, root) : isTypeOnly(from, bare))
  const problems =
    declared || bare.includes('${') ? [] : [`${where} imports ${bare}, which ${from.name} does not declare`]
  const own = ownPackage(bare)
  if (own === undefined || own === from.name) return problems
  if (specifier !== bare) problems.push(`${where} imports the inside of ${own}`)
  if (own === 'testing') return file.isTest ? problems : [...problems, `${where} imports testing, which only tests may`]
  if (!file.isTest && !isAllowed(from, own, apps)) problems.push(`${where} imports ${own}: forbidden for ${from.name}`)
  return problems
}

function isAllowed(from: WorkspacePackage, to: string, apps: ReadonlySet<string>): boolean {
  if (from.kind === 'packages') return ALLOWED[from.name]?.includes(to) ?? false
  return !apps.has(to) || from.name === COMPOSING_APP
}

function isDevelopment(from: WorkspacePackage, bare: string, root: string): boolean {
  return from.devDependencies.has(bare) || existsSync(path.join(root, 'node_modules', bare))
}

/** Types of a library come from its @types package. */
function isTypeOnly(from: WorkspacePackage, bare: string): boolean {
  return from.devDependencies.has(bare) || from.devDependencies.has(`@types/${bare}`)
}

/** Cycles between packages, and between files of one package, each as the path round. */
export function findCycles(root: string): string[] {
  const tree = readTree(root)
  const packages = new Map(
    tree.map((one) => [one.name, [...one.dependencies].flatMap((name) => ownPackage(name) ?? [])]),
  )
  const files = new Map(
    tree.flatMap(({ files: sources }) =>
      sources.map((file) => {
        const targets = file.imports
          .filter((specifier) => specifier.startsWith('.'))
          .map((specifier) => path.resolve(path.dirname(file.path), specifier.replace(/\.js$/, '.ts')))
        return [file.path, targets] as const
      }),
    ),
  )
  return [...cyclesOf(packages), ...cyclesOf(files)].map((cycle) =>
    cycle.map((node) => path.relative(root, node) || node).join(' → '),
  )
}

function cyclesOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const cycles: string[][] = []
  const done = new Set<string>()
  const visit = (node: string, trail: readonly string[]): void => {
    const start = trail.indexOf(node)
    if (start >= 0) {
      cycles.push([...trail.slice(start), node])
      return
    }
    if (done.has(node)) return
    for (const next of graph.get(node) ?? []) if (graph.has(next)) visit(next, [...trail, node])
    done.add(node)
  }
  for (const node of graph.keys()) visit(node, [])
  return cycles
}

const MAX_LINES = 400

/** Source files that have grown beyond one thing. */
export function findLongFiles(root: string): string[] {
  return readTree(root).flatMap(({ files }) =>
    files
      .filter(({ isTest, lines }) => !isTest && lines > MAX_LINES)
      .map((file) => `${path.relative(root, file.path)} has ${file.lines} lines`),
  )
}
