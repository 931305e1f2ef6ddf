import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { API_BASE, API_ROUTES, CLOSE } from '@lamplighter/contracts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seedDemo } from '../src/demo/seed.js'
import { TestInstallation } from './support.js'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const API_PAGES = readdirSync(`${ROOT}docs/api`).map((file) => `docs/api/${file}`)
const PREPARATION = 'docs/api/README.md'
const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(`${ROOT}docs`, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
]

function read(page: string): string {
  return readFileSync(path.join(ROOT, page), 'utf8')
}

/** The commands of a page, in their order. */
function commands(page: string): string {
  return [...read(page).matchAll(/^```sh\n(.*?)^```$/gms)].map(([, script]) => script).join('\n')
}

/** Fails at the first command that fails, and says which; an answer of 400 and above is a failure of curl. */
const STRICT = `
set -Eeuo pipefail
trap 'echo "failed: $BASH_COMMAND" >&2' ERR
curl() { command curl --fail-with-body --show-error --no-progress-meter "$@"; }
`

/** What a shell says of a script that fails, else nothing. The API is called meanwhile, so nothing may block. */
function complaintsOf(script: string, env: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const shell = spawn('bash', ['-c', STRICT + script], {
      cwd: ROOT,
      env: { PATH: process.env['PATH'] ?? '', ...env },
    })
    let output = ''
    for (const stream of [shell.stdout, shell.stderr]) stream.on('data', (chunk) => (output += chunk))
    shell.once('error', reject)
    shell.once('close', (code) => resolve(code === 0 ? '' : `${output.slice(-2000)}\nexit code ${code}`))
  })
}

describe('the pages for integrators', () => {
  let installation: TestInstallation

  beforeAll(async () => {
    installation = await TestInstallation.start()
    const { provisioning, setUp } = installation.lamplighter
    await seedDemo(provisioning, setUp.installation.masterTenant, installation.url)
  })
  afterAll(() => installation.stop())

  it.each(API_PAGES)('every command works, in the order of the page: %s', { timeout: 120_000 }, async (page) => {
    const script = page === PREPARATION ? commands(page) : `${commands(PREPARATION)}\n${commands(page)}`
    expect(await complaintsOf(script, { BASE: installation.url, ROOT_PASSWORD: 'master-password' })).toBe('')
  })

  it('a command that the API refuses would be seen', async () => {
    const script = `curl "$BASE/api/calld/1.0/audit"`
    expect(await complaintsOf(script, { BASE: installation.url })).toContain('failed: command curl')
  })

  it('name every operation', () => {
    const text = API_PAGES.map(read).join('\n')
    const paths = Object.entries(API_ROUTES).flatMap(([, routes]) => routes.map(({ path: route }) => route))
    expect([...new Set(paths)].filter((route) => !text.includes(`\`${route}\``))).toEqual([])
    expect(Object.values(API_BASE).filter((base) => !text.includes(base))).toEqual([])
  })
})

describe('the page of the gateway', () => {
  it('has a row for every way a socket is closed', () => {
    const rows = [...read('docs/gateway.md').matchAll(/^\| (\d{4}) \| (?:`(.*?)`)? +\|/gm)]
    const described = rows.map(([, code, reason = '']) => `${code} ${reason}`)
    expect(described.sort()).toEqual(
      Object.values(CLOSE)
        .map(({ code, reason }) => `${code} ${reason}`)
        .sort(),
    )
  })
})

/** Test files by their names, wherever they lie. */
function testFiles(): Set<string> {
  const files = ['apps', 'packages'].flatMap((folder) =>
    readdirSync(path.join(ROOT, folder)).flatMap((name) =>
      ['src', 'tests']
        .map((part) => path.join(ROOT, folder, name, part))
        .filter((directory) => existsSync(directory))
        .flatMap((directory) => readdirSync(directory, { recursive: true, encoding: 'utf8' })),
    ),
  )
  return new Set(files.map((file) => path.basename(file)).filter((file) => file.endsWith('.test.ts')))
}

describe('the table of compatibility', () => {
  const table = read('docs/compatibility.md')

  it('says of each known flaw of the peer, once, what became of it', () => {
    const named = [...table.matchAll(/^\| (F-\d\d) +\|/gm)].map(([, flaw]) => flaw)
    expect(named).toEqual(Array.from({ length: 60 }, (_, index) => `F-${String(index + 1).padStart(2, '0')}`))
  })

  it('says the same of each flaw of bus and gateway (bus.md 6)', () => {
    const named = [...table.matchAll(/^\| (\d+) +\|/gm)].map(([, flaw]) => Number(flaw))
    expect(named).toEqual(Array.from({ length: 33 }, (_, index) => index + 1))
  })

  it('names tests that exist', () => {
    const files = testFiles()
    const named = [...table.matchAll(/`([a-z0-9-]+\.test\.ts)`/g)].map(([, file = '']) => file)
    expect(named.length).toBeGreaterThan(60)
    expect(named.filter((file) => !files.has(file))).toEqual([])
  })
})

describe('the glossary and the decisions', () => {
  it('have each term once, in alphabetical order', () => {
    const terms = [...read('docs/glossary.md').matchAll(/^\| (.+?) +\|/gm)]
      .slice(2)
      .map(([, term = '']) => term.toLowerCase())
    expect(terms).toEqual([...new Set(terms)].sort())
  })

  it('have each number once, and it stands in the title', () => {
    const files = readdirSync(`${ROOT}docs/decisions`)
    const numbers = files.map((file) => file.slice(0, 4))
    expect(numbers).toEqual([...new Set(numbers)])
    expect(files.filter((file) => !read(`docs/decisions/${file}`).startsWith(`# ${file.slice(0, 4)} `))).toEqual([])
  })
})

describe('links between the pages', () => {
  it.each(PAGES)('lead somewhere: %s', (page) => {
    const links = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link ?? '')
    const local = links.filter((link) => !/^[a-z]+:/.test(link))
    expect(local.filter((link) => !leadsSomewhere(page, link))).toEqual([])
  })
})

function leadsSomewhere(page: string, link: string): boolean {
  const [file = '', anchor] = link.split('#')
  const target = file === '' ? page : path.join(path.dirname(page), file)
  if (!existsSync(path.join(ROOT, target))) return false
  return anchor === undefined || headings(target).includes(anchor)
}

/** The anchors of a page's headings, as Git forges make them. */
function headings(page: string): string[] {
  return [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}
