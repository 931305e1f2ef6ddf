import { parseArgs } from 'node:util'
import { StartError } from '@lamplighter/runtime'
import { SERVICE_NAMES, type ServiceName } from './config.js'
import type { LampsOptions } from './lamps-command.js'

/** What the command was asked to do. */
export type Command =
  | { readonly name: 'demo' }
  | { readonly name: 'serve'; readonly services: readonly ServiceName[] }
  | {
      readonly name: 'phone'
      readonly server: string
      readonly username: string
      readonly password: string
      readonly target: string | undefined
    }
  | { readonly name: 'listen'; readonly url: string; readonly token: string }
  | ({ readonly name: 'lamps' } & LampsOptions)
  | { readonly name: 'help' }

/** What `lamplighter help` says. */
export const USAGE = `usage: lamplighter COMMAND

  demo                       everything in one process, with demonstration data, and the main job once before your eyes
  serve [SERVICE …]          run these services, or all: ${SERVICE_NAMES.join(' ')}
  phone --server HOST:PORT --user NAME --password SECRET [--target NAME]
                             a SIP phone that prints its lamp
  listen --url URL --token TOKEN
                             print events as a WebSocket client receives them
  lamps list|reassert --url URL --token TOKEN [--device UUID] [--gateway UUID] [--mailbox ID] [--in-sync true|false]
                             [--lit true|false]
                             print lamps that pass, or have them told again
  lamps explain --url URL --token TOKEN --device UUID
                             why the lamp of a device is on or off
`

/** Reads the command line. @throws StartError */
export function readCommand(args: readonly string[]): Command {
  const [name = 'help', ...rest] = args
  switch (name) {
    case 'demo':
      return { name }
    case 'serve':
      return { name, services: rest.length === 0 ? SERVICE_NAMES : rest.map(readService) }
    case 'phone': {
      const { server, user, password, target } = readOptions(rest, ['server', 'user', 'password', 'target'])
      return {
        name,
        server: required('server', server),
        username: required('user', user),
        password: required('password', password),
        target,
      }
    }
    case 'listen': {
      const { url, token } = readOptions(rest, ['url', 'token'])
      return { name, url: required('url', url), token: required('token', token) }
    }
    case 'lamps':
      return readLamps(rest)
    case 'help':
    case '--help':
      return { name: 'help' }
    default:
      throw new StartError(`there is no command "${name}"; see \`lamplighter help\``)
  }
}

const LAMP_ACTIONS = ['list', 'explain', 'reassert'] as const

function readLamps([what, ...rest]: readonly string[]): Command {
  const action = LAMP_ACTIONS.find((name) => name === what)
  if (!action) throw new StartError(`lamplighter lamps does one of ${LAMP_ACTIONS.join(', ')}`)
  const { url, token, ...given } = readOptions(rest, ['url', 'token', 'device', 'gateway', 'mailbox', 'in-sync', 'lit'])
  if (action === 'explain') required('device', given.device)
  const named = Object.entries(given).flatMap(([name, value]) =>
    value === undefined ? [] : [[name.replace('-', '_'), value]],
  )
  return {
    name: 'lamps',
    action,
    url: required('url', url),
    token: required('token', token),
    filter: Object.fromEntries(named) as Record<string, string>,
  }
}

function readService(text: string): ServiceName {
  const found = SERVICE_NAMES.find((name) => name === text)
  if (!found) throw new StartError(`there is no service "${text}"; there are ${SERVICE_NAMES.join(', ')}`)
  return found
}

function readOptions<Name extends string>(
  args: readonly string[],
  names: readonly Name[],
): Partial<Record<Name, string>> {
  try {
    const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]))
    return parseArgs({ args: [...args], options }).values as Partial<Record<Name, string>>
  } catch (error) {
    throw new StartError((error as Error).message, { cause: error })
  }
}

function required(name: string, value: string | undefined): string {
  if (value === undefined) throw new StartError(`--${name} is required`)
  return value
}
