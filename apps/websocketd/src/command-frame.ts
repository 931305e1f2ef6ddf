import { type CommandContract, GATEWAY_COMMANDS, MESSAGE_COMMANDS, type ProtocolVersion } from '@lamplighter/contracts'
import { createInputCheck } from '@lamplighter/http'
import { Compile } from 'typebox/compile'

/** A frame as far as its form goes. */
export type Envelope = { readonly op: string; readonly data: unknown }

/** Reads a JSON object with an `op`; undefined when the frame is none. */
export function readEnvelope(text: string | undefined): Envelope | undefined {
  const root = text === undefined ? undefined : parseObject(text)
  const op = root?.['op']
  return typeof op === 'string' ? { op, data: root?.['data'] } : undefined
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A command whose data fits. */
export type Command = { readonly op: string; readonly data: Readonly<Record<string, unknown>> }

/** Checks the data of a known command. @throws InvalidInputError where the protocol says what is wrong */
type DataCheck = (data: unknown) => Readonly<Record<string, unknown>> | undefined

function commandsOf(version: ProtocolVersion): CommandContract[] {
  return [...GATEWAY_COMMANDS, ...MESSAGE_COMMANDS].filter(({ versions }) => versions.includes(version))
}

function checksOf(version: ProtocolVersion, toCheck: (contract: CommandContract) => DataCheck) {
  return new Map(commandsOf(version).map((contract) => [contract.op, toCheck(contract)]))
}

/** Protocols 1 and 2 only know whether it fits; what is not asked for is ignored. */
function plainCheck({ data: schema }: CommandContract): DataCheck {
  if (schema === null) return () => ({})
  const validator = Compile(schema)
  return (data) => (validator.Check(data) ? (data as Record<string, unknown>) : undefined)
}

/** Protocol 3 says which field is wrong; `data` may be left out where nothing in it is needed. */
function tellingCheck({ data: schema }: CommandContract): DataCheck {
  if (schema === null) return () => ({})
  const check = createInputCheck(schema, 'body', 'refuse')
  return (data = {}) => (isObject(data) ? (check(data) as Record<string, unknown>) : undefined)
}

const CHECKS: Readonly<Record<ProtocolVersion, ReadonlyMap<string, DataCheck>>> = {
  1: checksOf(1, plainCheck),
  2: checksOf(2, plainCheck),
  3: checksOf(3, tellingCheck),
}

/** Whether the version has such a command. */
export function isKnown(version: ProtocolVersion, op: string): boolean {
  return CHECKS[version].has(op)
}

/** A command whose data fits; undefined when there is no such command or it does not. @throws InvalidInputError in protocol 3 */
export function readCommand(version: ProtocolVersion, { op, data }: Envelope): Command | undefined {
  const checked = CHECKS[version].get(op)?.(data)
  return checked && { op, data: checked }
}
