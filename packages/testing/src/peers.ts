import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { installPackages } from './apt.js'

const run = promisify(execFile)

/** Real SIP peers, and the Debian packages each comes in. */
const PACKAGES = {
  baresip: 'baresip-core',
  chromium: 'chromium',
  sipp: 'sip-tester',
  'twinkle-console': 'twinkle-console',
  kamailio: 'kamailio kamailio-tls-modules kamailio-presence-modules',
} as const
/** A real SIP peer. */
export type Peer = keyof typeof PACKAGES

async function isInstalled(peer: Peer): Promise<boolean> {
  return run('which', [peer]).then(
    () => true,
    () => false,
  )
}

/** Finds a real SIP peer or installs it; undefined when it can be had, else the reason its tests are skipped. */
export async function reasonWithout(peer: Peer): Promise<string | undefined> {
  if (await isInstalled(peer)) return undefined
  await installPackages(PACKAGES[peer].split(' '))
  if (await isInstalled(peer)) return undefined
  return `${peer} is not installed and cannot be (Debian package ${PACKAGES[peer]})`
}
