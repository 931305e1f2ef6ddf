import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startBroker } from '@lamplighter/testing'
import type { Channel, ChannelModel } from 'amqplib'

/** What only the broker knows of authd's address. */
export const BROKER_SECRET = 'a-path-segment-only-the-broker-knows'

/** A broker that asks the installation at this port about tenants' connections, set up as the script of the operators says. */
export async function startTenantBroker(port: number, cacheMs: number): ReturnType<typeof startBroker> {
  const script = fileURLToPath(new URL('../../../scripts/rabbitmq-auth.mjs', import.meta.url))
  const env = {
    LAMPLIGHTER_URL: `http://127.0.0.1:${port}`,
    LAMPLIGHTER_RABBIT_AUTH_SECRET: BROKER_SECRET,
    RABBITMQ_AUTH_CACHE_MS: String(cacheMs),
  }
  const { stdout: config } = await promisify(execFile)(process.execPath, [script, 'print'], { env })
  const plugins = ['rabbitmq_auth_backend_http', 'rabbitmq_auth_backend_cache', 'rabbitmq_management']
  return startBroker({ plugins, config })
}

/** What the broker says to one operation on a channel of its own. */
export async function attempt(connection: ChannelModel, work: (channel: Channel) => Promise<unknown>): Promise<string> {
  const channel = await connection.createChannel()
  const failed = new Promise<string>((resolve) => channel.on('error', (error: Error) => resolve(error.message)))
  const done = work(channel).then(
    () => 'done',
    (error: Error) => error.message,
  )
  const outcome = await Promise.race([done, failed])
  await channel.close().catch(() => {})
  return outcome
}
