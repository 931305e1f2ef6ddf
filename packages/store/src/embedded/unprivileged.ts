import { spawnSync } from 'node:child_process'
import { stat } from 'node:fs/promises'
import path from 'node:path'

/** An account PostgreSQL may run as. */
export type Account = { readonly uid: number; readonly gid: number }

/** PostgreSQL refuses to run as root: then one of these, which every Unix has, runs it. */
const CANDIDATES = ['postgres', 'nobody']

/** The account to drop to, or undefined when this process may run PostgreSQL itself. */
export function accountToDropTo(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined
  for (const name of CANDIDATES) {
    const uid = readId(['-u', name])
    const gid = readId(['-g', name])
    if (uid !== undefined && gid !== undefined) return { uid, gid }
  }
  throw new Error('there is no account that could run PostgreSQL: neither postgres nor nobody exists')
}

function readId(args: readonly string[]): number | undefined {
  const { status, stdout } = spawnSync('id', args, { encoding: 'utf8' })
  return status === 0 ? Number(stdout) : undefined
}

/** Whether any account may pass through every directory above this path: not so below /root or a `mktemp -d`. */
export async function isReachableByOthers(target: string): Promise<boolean> {
  for (let directory = path.dirname(path.resolve(target)); ; directory = path.dirname(directory)) {
    const { mode } = await stat(directory)
    if ((mode & 0o001) === 0) return false
    if (directory === path.dirname(directory)) return true
  }
}
