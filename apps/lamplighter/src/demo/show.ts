import { type ChildProcess, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { StartError } from '@lamplighter/runtime'
import { EventListener } from '../event-listener.js'
import { ApiClient } from './api-client.js'
import type { DemoTenant } from './seed.js'

/** Where the demonstration's server listens. */
export type Addresses = {
  readonly http: string
  readonly websocket: string
  readonly sipHost: string
  readonly sipPort: number
}

type Lamp = { readonly lamp: 'ON' | 'OFF'; readonly new: number; readonly old: number }

const SPEECH = new URL('../../assets/hello.wav', import.meta.url)
const PATIENCE_MS = 20_000

/** The main job once: a message lights a phone in another process, a client hears of it, reading it darkens the phone. */
export async function showMainJob(tenant: DemoTenant, at: Addresses, print: (line: string) => void): Promise<void> {
  const [user] = tenant.users
  const [device] = tenant.devices
  const shared = tenant.voicemails.find(({ accesstype }) => accesstype === 'global')
  if (!user || !device || !shared) throw new Error('the demonstration data is incomplete')
  const [admin, own] = await Promise.all(
    [tenant.admin, user].map(({ username, password }) => ApiClient.logIn(at.http, username, password)),
  )
  if (!admin || !own) throw new Error('nobody could log in')
  const events = new Waiting<string>()
  const listener = await EventListener.open(at.websocket, own.token, ({ name, data }) => {
    if (!name.startsWith('global_voicemail_message')) return
    print(`  websocket   ${name} ${JSON.stringify(data)}`)
    events.add(name)
  })
  const lamps = new Waiting<Lamp>()
  const phone = startPhone(at, device, (lamp) => {
    print(`  phone       ${device.sip_username}: lamp ${lamp.lamp} (${lamp.new} new, ${lamp.old} old)`)
    lamps.add(lamp)
  })
  try {
    const before = await lamps.until(() => true, 'the phone to subscribe')
    const wav = Uint8Array.from(await readFile(SPEECH))
    const message = await admin.client.call('depositMessage', {
      params: { voicemail_id: shared.id },
      query: { caller_id_name: 'Ada', caller_id_num: '+15550100' },
      body: wav,
    })
    print(
      `  deposit     message ${message.id}, ${message.duration} s, into the shared mailbox ${shared.number} of ${tenant.name}`,
    )
    await Promise.all([
      lamps.until(({ lamp, new: unread }) => lamp === 'ON' && unread === before.new + 1, 'the lamp to light'),
      events.until((name) => name === 'global_voicemail_message_created', 'the event'),
    ])
    await own.client.call('moveOwnMessage', { params: { message_id: message.id }, body: { folder_id: 2 } })
    print(`  read        ${user.username} marked it read`)
    const after = await lamps.until(({ new: unread }) => unread === before.new, 'the lamp to go dark')
    if (after.new > 0) print(`  phone       ${after.new} other messages still wait`)
  } finally {
    phone.kill('SIGTERM')
    listener.close()
  }
}

/** The phone is another process with its own socket: `lamplighter phone`. */
function startPhone(at: Addresses, device: DemoTenant['devices'][number], onLamp: (lamp: Lamp) => void): ChildProcess {
  const main = fileURLToPath(new URL('../main.js', import.meta.url))
  const args = [
    'phone',
    '--server',
    `${at.sipHost}:${at.sipPort}`,
    '--user',
    device.sip_username,
    '--password',
    device.sip_password,
  ]
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  createInterface({ input: child.stdout }).on('line', (line) => {
    const report = JSON.parse(line) as Partial<Lamp>
    if (report.lamp !== undefined) onLamp(report as Lamp)
  })
  return child
}

/** Things that come in, and somebody who waits for one of them. */
class Waiting<Item> {
  #items: Item[] = []
  #look: () => void = () => {}

  add(item: Item): void {
    this.#items.push(item)
    this.#look()
  }

  /** The first new item that fits. @throws StartError when none comes */
  until(fits: (item: Item) => boolean, what: string): Promise<Item> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new StartError(`waited in vain for ${what}`)), PATIENCE_MS)
      this.#look = () => {
        const found = this.#items.findIndex(fits)
        const item = this.#items[found]
        if (found < 0 || item === undefined) return
        this.#items = this.#items.slice(found + 1)
        clearTimeout(timer)
        resolve(item)
      }
      this.#look()
    })
  }
}
