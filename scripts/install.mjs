import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

const STAMP = 'node_modules/.lamplighter-install'
const LOCK = '.lamplighter-install.lock'
/** A lock this old was left by a process that was killed. */
const STALE_MS = 15 * 60 * 1000

/** Hash of everything that decides what is installed. */
function wanted() {
  const nested = ['apps', 'packages'].flatMap((folder) =>
    readdirSync(folder).map((name) => `${folder}/${name}/package.json`),
  )
  const files = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', 'bench/package.json', ...nested].filter(
    (file) => existsSync(file),
  )
  const hash = createHash('sha256').update(process.version)
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(file))
  return hash.digest('hex')
}

function isInstalled() {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted()
}

/** Installs with the pinned pnpm if a manifest or the lockfile changed since the last time; one process at a time. */
export async function installIfNeeded(progress, run) {
  if (isInstalled()) return
  await withLock(async () => {
    if (isInstalled()) return
    const pnpm = JSON.parse(readFileSync('package.json', 'utf8')).packageManager
    await progress.step(`installing packages with ${pnpm}`, () =>
      run('npx', ['--yes', pnpm, 'install', '--frozen-lockfile', '--reporter=append-only', '--loglevel=error']),
    )
    writeFileSync(STAMP, wanted())
  })
}

async function withLock(work) {
  while (!takeLock()) await delay(300)
  try {
    await work()
  } finally {
    rmSync(LOCK, { recursive: true, force: true })
  }
}

function takeLock() {
  try {
    mkdirSync(LOCK)
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    const { mtimeMs } = statSync(LOCK, { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() }
    if (Date.now() - mtimeMs > STALE_MS) rmSync(LOCK, { recursive: true, force: true })
    return false
  }
}
