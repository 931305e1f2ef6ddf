import { readFileSync } from 'node:fs'
import { Ajv2020, type AnySchemaObject, type ValidateFunction } from 'ajv/dist/2020.js'

type Message = { readonly examples: readonly { readonly payload: unknown }[] }
type Channel = {
  readonly messages: Readonly<Record<string, Message>>
  readonly bindings: { readonly ws: Record<'query' | 'headers', { readonly properties: object }> }
  readonly 'x-close-codes': readonly { readonly code: number; readonly reason: string }[]
}

/** A protocol of the gateway. */
export type GatewayVersion = 1 | 2 | 3

const PUBLISHED = new URL('../../../docs/asyncapi.json', import.meta.url)

/** The published document (`docs/asyncapi.json`) of one protocol of the gateway: what real frames are held against. */
export class GatewayDocument {
  readonly #channel: Channel
  readonly #checks = new Map<string, ValidateFunction>()

  constructor(version: GatewayVersion) {
    const document = JSON.parse(readFileSync(PUBLISHED, 'utf8')) as AnySchemaObject & {
      channels: Record<string, Channel>
    }
    const ajv = new Ajv2020({ strict: false, validateFormats: false })
    ajv.addSchema(document, 'document')
    const name = `gateway-${version}`
    const channel = document.channels[name]
    if (!channel) throw new Error(`the document has no channel ${name}`)
    this.#channel = channel
    for (const key of Object.keys(channel.messages)) {
      const $ref = `document#/channels/${name}/messages/${key}/payload`
      this.#checks.set(key, ajv.compile({ $ref }))
    }
  }

  /** Names of the commands. */
  get commands(): string[] {
    return this.#keys('command.')
  }

  /** Names of the frames. */
  get frames(): string[] {
    return this.#keys('frame.')
  }

  /** Every way to end, `4001 no token`. */
  get closes(): string[] {
    return this.#channel['x-close-codes'].map(closeOf)
  }

  /** Names in the query of the opening request. */
  get query(): string[] {
    return Object.keys(this.#channel.bindings.ws.query.properties)
  }

  /** The commands that what a client sends fits. */
  commandsLike(sent: string): string[] {
    return this.#like(sent, this.commands, 'command.')
  }

  /** The frames that what the gateway sends fits: one, where the document is right. */
  framesLike(received: string): string[] {
    return this.#like(received, this.frames, 'frame.')
  }

  /** The payload of the example of a command or a frame. */
  exampleOf(kind: 'command' | 'frame', name: string): unknown {
    return this.#channel.messages[`${kind}.${name}`]?.examples[0]?.payload
  }

  /** What the document calls an end. */
  static closeName = closeOf

  #keys(prefix: string): string[] {
    return Object.keys(this.#channel.messages)
      .filter((key) => key.startsWith(prefix))
      .map((key) => key.slice(prefix.length))
  }

  #like(text: string, names: readonly string[], prefix: string): string[] {
    const value = parsed(text)
    return names.filter((name) => this.#checks.get(prefix + name)?.(value))
  }
}

function closeOf({ code, reason }: { readonly code: number; readonly reason: string }): string {
  return `${code} ${reason}`.trim()
}

/** Undefined, which fits nothing, where it is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
