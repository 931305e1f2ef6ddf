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

/** Whether it is there, with each of its packages: Kamailio has its modules in others. */
async function isInstalled(peer: Peer): Promise<boolean> {
  const found = await run('which', [peer]).then(
    () => true,
    () => false,
  )
  // Where there is no dpkg the packages have other names, and the tests will see.
  return (
    found &&
    run('dpkg', ['-s', ...PACKAGES[peer].split(' ')]).then(
      () => true,
      (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
    )
  )
}

/** Finds a real SIP peer or installs it; undefined when it can be had, else the reason its tests are skipped. */
export async function reasonWithout(peer: Peer): Promise<string | undefined> {
  if (await isInstalled(peer)) return undefined
  await installPackages(PACKAGES[peer].split(' '))
  if (await isInstalled(peer)) return undefined
  return `${peer} is not installed and cannot be (Debian package ${PACKAGES[peer]})`
}
