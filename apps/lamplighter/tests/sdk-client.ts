import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { waitFor } from '@lamplighter/testing'

const CLIENT = fileURLToPath(new URL('clients/wazo-websocket.mjs', import.meta.url))
/** A line it printed. */
export type Told = {
  what: string
  detail: { name?: string; code?: number; reason?: string; data?: { message_id?: string } } | null
}

/** The SDK's client in its process: what it told so far. */
export class SdkClient {
  readonly told: Told[] = []
  readonly #child: ChildProcessWithoutNullStreams

  constructor(instructions: object, certificate: string) {
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: certificate }
    this.#child = spawn(process.execPath, [CLIENT, JSON.stringify(instructions)], { env })
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.told.push(JSON.parse(line) as Told))
  }

  send(command: object): void {
    this.#child.stdin.write(`${JSON.stringify(command)}\n`)
  }

  of(what: string): Told[] {
    return this.told.filter((one) => one.what === what)
  }

  /** Waits until it told something this many times. */
  async tells(what: string, times = 1): Promise<Told[]> {
    await waitFor(() => this.of(what).length >= times, {
      what: `${times} times ${what}: ${JSON.stringify(this.told)}`,
      timeoutMs: 30_000,
    })
    return this.of(what)
  }

  leave(): void {
    this.#child.kill()
  }
}
