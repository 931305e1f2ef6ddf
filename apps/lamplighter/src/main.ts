import { setMaxListeners } from 'node:events'
import { createLogger, StartError } from '@lamplighter/runtime'
import { type Command, readCommand, USAGE } from './arguments.js'
import { readConfig } from './config.js'
import { runDemo } from './demo/demo.js'
import { EventListener } from './event-listener.js'
import { Lamplighter } from './lamplighter.js'
import { runLamps } from './lamps-command.js'
import { runPhone } from './phone-command.js'

const print = (text: string) => void process.stdout.write(`${text}\n`)

async function serve(command: Extract<Command, { name: 'serve' }>, signal: AbortSignal): Promise<void> {
  const config = readConfig(process.env, 'info')
  const log = createLogger(config.logLevel)
  // The only time it is shown; it goes to the terminal, not to the log.
  const onNewPassword = (username: string, password: string) =>
    print(`master tenant administrator: ${username}, password: ${password} (shown only now)`)
  const running = await Lamplighter.start(config, log, { services: command.services, onNewPassword })
  log.info({ http: running.httpUrl, sip: running.sipPorts, services: command.services }, 'serving')
  const { renewCertificates } = running
  if (renewCertificates) process.on('SIGHUP', () => void renewCertificates())
  await aborted(signal)
  await running.stop()
}

async function listenToEvents({ url, token }: { url: string; token: string }, signal: AbortSignal): Promise<void> {
  const listener = await EventListener.open(url, token, (event) => print(JSON.stringify(event)))
  await Promise.race([aborted(signal), listener.closed()])
  listener.close()
}

async function run(command: Command, signal: AbortSignal): Promise<void> {
  switch (command.name) {
    case 'help':
      return void process.stdout.write(USAGE)
    case 'demo':
      return runDemo(process.env, print, signal)
    case 'serve':
      return serve(command, signal)
    case 'phone':
      return runPhone(command, print, signal)
    case 'lamps':
      return runLamps(command, print)
    case 'listen':
      return listenToEvents(command, signal)
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

const stopping = new AbortController()
setMaxListeners(50, stopping.signal)
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopping.abort())

try {
  await run(readCommand(process.argv.slice(2)), stopping.signal)
  process.exit(0)
} catch (error) {
  if (error instanceof StartError) process.stderr.write(`lamplighter: ${error.message}\n`)
  else
    process.stderr.write(`lamplighter: unexpected failure: ${error instanceof Error ? error.stack : String(error)}\n`)
  process.exit(1)
}
