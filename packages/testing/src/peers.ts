import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { installPackages } from './apt.js'

const run = promisify(execFile)

/** Real SIP clients, and the Debian package each comes in. */
const PACKAGES = { baresip: 'baresip-core', sipp: 'sip-tester' } as const
/** A real SIP client. */
export type Peer = keyof typeof PACKAGES

async function isInstalled(peer: Peer): Promise<boolean> {
  return run('which', [peer]).then(
    () => true,
    () => false,
  )
}

/** Finds a real SIP client or installs it; undefined when it can be had, else the reason its tests are skipped. */
export async function reasonWithout(peer: Peer): Promise<string | undefined> {
  if (await isInstalled(peer)) return undefined
  await installPackages([PACKAGES[peer]])
  if (await isInstalled(peer)) return undefined
  return `${peer} is not installed and cannot be (Debian package ${PACKAGES[peer]})`
}
