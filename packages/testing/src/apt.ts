import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)
/** While this says 101, no package starts a service of its own. */
const POLICY = '/usr/sbin/policy-rc.d'

/** Installs Debian packages where that is possible: root on Debian. False where it is not, or when it failed. */
export async function installPackages(names: readonly string[]): Promise<boolean> {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return false
  const ownPolicy = !existsSync(POLICY)
  if (ownPolicy) await writeFile(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    await run('apt-get', ['update', '-qq'], { env, timeout: 180_000 })
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], { env, timeout: 300_000 })
    return true
  } catch {
    return false
  } finally {
    if (ownPolicy) await rm(POLICY, { force: true })
  }
}
