/** Protocol versions the gateway speaks. */
export type ProtocolVersion = 1 | 2

/** What a client may say (bus.md 3.2). */
export type ClientCommand =
  | { readonly op: 'subscribe'; readonly eventName: string }
  | { readonly op: 'start' }
  | { readonly op: 'token'; readonly token: string }
  | { readonly op: 'ping'; readonly payload: string }

/** A server frame: always these three keys. */
export function frame(op: string, data: object | null): string {
  return JSON.stringify({ op, code: 0, data })
}

/** An event as protocol 2 frames it, spliced around the body as it came, so that it is serialised once for all sockets. */
export function eventFrame(body: Buffer): Buffer {
  return Buffer.concat([EVENT_HEAD, body, EVENT_TAIL])
}

const EVENT_HEAD = Buffer.from('{"op":"event","code":0,"data":')
const EVENT_TAIL = Buffer.from('}')

/** Reads a client frame; undefined when it breaks the protocol. Keys that are not needed are ignored. */
export function readCommand(text: string): ClientCommand | undefined {
  const root = parseObject(text)
  const op = root?.['op']
  if (op === 'start') return { op }
  const data = toObject(root?.['data'])
  if (op === 'subscribe' && typeof data?.['event_name'] === 'string') return { op, eventName: data['event_name'] }
  if (op === 'token' && typeof data?.['token'] === 'string') return { op, token: data['token'] }
  if (op === 'ping' && typeof data?.['payload'] === 'string') return { op, payload: data['payload'] }
  return undefined
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    return toObject(JSON.parse(text))
  } catch {
    return undefined
  }
}

function toObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined
}
