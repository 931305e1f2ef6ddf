import { StartError } from '@lamplighter/runtime'
import { type LampReport, PhoneError, SoftPhone } from '@lamplighter/sip'

/** What the phone needs to know. */
export type PhoneOptions = {
  readonly server: string
  readonly username: string
  readonly password: string
  readonly target: string | undefined
}

/** Registers, subscribes and prints a line of JSON each time the lamp is told something, until the signal. */
export async function runPhone(
  options: PhoneOptions,
  print: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const { username, password, target } = options
  const phone = new SoftPhone(
    { username, password, server: readServer(options.server) },
    {
      onLamp: (report) => print(JSON.stringify(describe(report))),
      onTerminated: (reason) => print(JSON.stringify({ subscription: 'terminated', reason })),
    },
  )
  await phone.start()
  try {
    await phone.register()
    await phone.subscribe(target ?? username)
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    await phone.unsubscribe()
  } catch (error) {
    if (error instanceof PhoneError) throw new StartError(error.message, { cause: error })
    throw error
  } finally {
    await phone.stop()
  }
}

function describe({ waiting, counts }: LampReport): Record<string, unknown> {
  return { lamp: waiting ? 'ON' : 'OFF', ...counts }
}

function readServer(text: string): { host: string; port: number } {
  const match = /^(\[[0-9a-f:]+\]|[^:]+):(\d{1,5})$/i.exec(text)
  if (!match) throw new StartError('--server must be HOST:PORT')
  return { host: (match[1] ?? '').replace(/^\[|\]$/g, ''), port: Number(match[2]) }
}
