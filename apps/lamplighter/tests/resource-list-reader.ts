import type { Notified } from './raw-phone.js'

type Part = { readonly id: string; readonly type: string; readonly body: string }

/** A list notification as a strict client understood it. */
export type ReceivedList = {
  readonly uri: string
  readonly version: number
  readonly resources: readonly { readonly uri: string; readonly body: string }[]
}

/** Reads a list notification by RFC 2046, 2387 and 4662 to the letter. @throws Error with what is not as it must be */
export function readResourceList({ headers, body }: Pick<Notified, 'headers' | 'body'>): ReceivedList {
  const type = headers.get('content-type') ?? ''
  const boundary = /^multipart\/related;.*\bboundary="([^"]+)"/.exec(type)?.[1]
  const start = /\bstart="<([^>]+)>"/.exec(type)?.[1]
  if (!boundary || !type.includes('type="application/rlmi+xml"')) throw new Error(`not a list: ${type}`)
  const parts = splitParts(body, boundary)
  const [root, ...rest] = parts
  if (!root?.type.startsWith('application/rlmi+xml') || root.id !== start) throw new Error('the root is not the first')
  const list = match(root.body, /^<\?xml version="1.0" encoding="UTF-8"\?>\r\n<list ([^>]*)>\r\n([\s\S]*)<\/list>\r\n$/)
  const facts = attributes(list[1])
  if (facts['xmlns'] !== 'urn:ietf:params:xml:ns:rlmi' || facts['fullState'] !== 'true')
    throw new Error('no full state')
  const resources = [...(list[2] ?? '').matchAll(/<resource uri="([^"]*)">\r\n([\s\S]*?)<\/resource>\r\n/g)]
  const read = resources.flatMap(([, uri = '', inner = '']) =>
    [...inner.matchAll(/<instance ([^>]*)\/>\r\n/g)].map(([, text]) => {
      const { state, cid } = attributes(text)
      const part = rest.find(({ id }) => id === cid)
      if (state !== 'active' || part?.type !== 'application/simple-message-summary')
        throw new Error(`nothing for ${cid}`)
      return { uri, body: part.body }
    }),
  )
  if (read.length !== rest.length) throw new Error('a part that the list does not name')
  return { uri: facts['uri'] ?? '', version: Number(facts['version']), resources: read }
}

function splitParts(body: string, boundary: string): Part[] {
  const pieces = `\r\n${body}`.split(`\r\n--${boundary}`)
  if (pieces[0] !== '' || pieces.at(-1) !== '--\r\n') throw new Error('the body does not begin or end as it must')
  return pieces.slice(1, -1).map((piece) => {
    const [, head = '', content = ''] = match(piece, /^\r\n([\s\S]*?)\r\n\r\n([\s\S]*)$/)
    const lines = new Map(
      head.split('\r\n').map((line) => match(line, /^([\w-]+): (.*)$/).slice(1) as [string, string]),
    )
    return {
      id: match(lines.get('Content-ID') ?? '', /^<(.+@.+)>$/)[1] ?? '',
      type: lines.get('Content-Type') ?? '',
      body: content,
    }
  })
}

function attributes(text = ''): Record<string, string> {
  return Object.fromEntries([...text.matchAll(/(\w+)="([^"<]*)"/g)].map(([, name = '', value = '']) => [name, value]))
}

function match(text: string, pattern: RegExp): RegExpExecArray {
  const found = pattern.exec(text)
  if (!found) throw new Error(`${JSON.stringify(text)} does not fit ${pattern}`)
  return found
}
