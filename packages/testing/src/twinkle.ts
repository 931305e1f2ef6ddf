import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { freeUdpPort } from './free-port.js'

/** A Twinkle in its console. It prints no counts, so its own log of what it received is read. */
export type Twinkle = { bodies(): Promise<readonly string[]>; stop(): Promise<void> }

/** Starts one with an account; it registers and subscribes to its own lamp over UDP. */
export async function startTwinkle(account: { username: string; password: string; server: string }): Promise<Twinkle> {
  const home = await mkdtemp(path.join(os.tmpdir(), 'lamplighter-twinkle-'))
  const folder = path.join(home, '.twinkle')
  await mkdir(folder)
  await writeFile(path.join(folder, 'twinkle.sys'), system(await freeUdpPort()))
  await writeFile(path.join(folder, 'lamp.cfg'), profile(account))
  const child = spawn('twinkle-console', ['lamp.cfg'], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { ...process.env, HOME: home },
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return {
    bodies: async () => {
      const log = await readFile(path.join(folder, 'twinkle.log'), 'utf8').catch(() => '')
      return log.match(/Messages-Waiting:.*?Voice-Message:[^\n]*/gs) ?? []
    },
    stop: async () => {
      child.kill('SIGKILL')
      await ended
      await rm(home, { recursive: true, force: true })
    },
  }
}

function system(port: number): string {
  const devices = ['ringtone', 'speaker', 'mic'].map((name) => `dev_${name}=oss:/dev/null`)
  return [...devices, 'validate_audio_dev=no', 'log_show_sip=yes', `sip_port=${port}`, ''].join('\n')
}

/** The missing letter of mwi_sollicited is Twinkle's (sip.md 3.4). */
function profile({ username, password, server }: { username: string; password: string; server: string }): string {
  return `user_name=${username}
user_domain=${server}
auth_name=${username}
auth_pass=${password}
register_at_startup=yes
registration_time=120
sip_transport=udp
mwi_sollicited=yes
mwi_user=${username}
mwi_server=${server}
mwi_via_proxy=no
mwi_subscription_time=3600
`
}
