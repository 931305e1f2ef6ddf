import { parseArgs } from 'node:util'
import { StartError } from '@lamplighter/runtime'
import { SERVICE_NAMES, type ServiceName } from './config.js'

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
  | { readonly name: 'help' }

/** What `lamplighter help` says. */
export const USAGE = `usage: lamplighter COMMAND

  demo                       everything in one process, with demonstration data, and the main job once before your eyes
  serve [SERVICE …]          run these services, or all: ${SERVICE_NAMES.join(' ')}
  phone --server HOST:PORT --user NAME --password SECRET [--target NAME]
                             a SIP phone that prints its lamp
  listen --url URL --token TOKEN
                             print events as a WebSocket client receives them
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
    case 'help':
    case '--help':
      return { name: 'help' }
    default:
      throw new StartError(`there is no command "${name}"; see \`lamplighter help\``)
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
