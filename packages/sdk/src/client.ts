import { ApiError } from './api-error.js'
import { OPERATIONS, type Operations } from './generated/operations.js'

/** Name of an operation, as the OpenAPI document has it. */
export type OperationId = keyof Operations
/** What an operation answers. */
export type AnswerOf<Id extends OperationId> = Operations[Id]['answer']

type PartOf<Operation, Name extends string> =
  Operation extends Readonly<Record<Name, infer Part>>
    ? Readonly<Record<Name, Part>>
    : Operation extends Readonly<Partial<Record<Name, infer Part>>>
      ? { readonly [Key in Name]?: Part }
      : unknown

/** What may go with every call. */
export type CallOptions = {
  /** Tenant to act in; default the token's. */
  readonly tenant?: string
  /** Makes a creation happen once, however often it is sent. */
  readonly idempotencyKey?: string
  /** Changes only this state of a resource: an ETag. */
  readonly ifMatch?: string
  /** More headers, e.g. `range`. */
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

/** What an operation takes: ids of its path, query and body, as far as it has them. */
export type InputOf<Id extends OperationId> = PartOf<Operations[Id], 'params'> &
  PartOf<Operations[Id], 'query'> &
  PartOf<Operations[Id], 'body'> &
  CallOptions

type LooseInput = CallOptions & {
  readonly params?: Readonly<Record<string, string | number>>
  readonly query?: Readonly<Record<string, unknown>>
  readonly body?: unknown
}

/** A typed client of the three APIs: one method, `call`, for every operation. */
export class LamplighterClient {
  /** Where the server is, without a path. */
  readonly base: string
  /** The access token. */
  readonly token: string

  constructor(base: string, token: string) {
    this.base = base.replace(/\/+$/, '')
    this.token = token
  }

  /** Logs in. @throws ApiError */
  static async logIn(
    base: string,
    username: string,
    password: string,
    options: Operations['createToken']['body'] = {},
  ): Promise<LamplighterClient> {
    const encoded = btoa(String.fromCharCode(...new TextEncoder().encode(`${username}:${password}`)))
    const headers = { authorization: `Basic ${encoded}` }
    const { data } = await new LamplighterClient(base, '').call('createToken', { body: options, headers })
    return new LamplighterClient(base, data.token)
  }

  /** Calls an operation and gives its answer: parsed JSON, bytes, or nothing. @throws ApiError */
  async call<Id extends OperationId>(id: Id, input: InputOf<Id>): Promise<AnswerOf<Id>> {
    const response = await this.respond(id, input)
    const { answer } = OPERATIONS[id]
    if (answer === 'json') return (await response.json()) as AnswerOf<Id>
    return (answer === 'bytes' ? new Uint8Array(await response.arrayBuffer()) : undefined) as AnswerOf<Id>
  }

  /** Calls an operation and gives the whole answer, for its headers or to stream it. @throws ApiError */
  async respond<Id extends OperationId>(id: Id, input: InputOf<Id>): Promise<Response> {
    const { params = {}, query = {}, body, ...options } = input as LooseInput
    const { method, path } = OPERATIONS[id]
    const filled = path.replace(/\{(\w+)\}/g, (_place, name: string) => encodeURIComponent(params[name] ?? ''))
    return this.request(method, filled + queryText(query), body, options)
  }

  /** Any request with this token. A `Uint8Array` is sent as audio, everything else as JSON. @throws ApiError */
  async request(method: string, path: string, body?: unknown, options: CallOptions = {}): Promise<Response> {
    const response = await fetch(this.base + path, {
      method,
      headers: { ...this.#headers(body, options), ...options.headers },
      body: bodyOf(body),
      signal: options.signal ?? null,
    })
    if (response.ok || response.status === 304) return response
    throw await ApiError.of(method, path, response)
  }

  #headers(body: unknown, { tenant, idempotencyKey, ifMatch }: CallOptions): Record<string, string> {
    return {
      'content-type': body instanceof Uint8Array ? 'audio/wav' : 'application/json',
      ...(this.token === '' ? {} : { 'x-auth-token': this.token }),
      ...(tenant === undefined ? {} : { 'wazo-tenant': tenant }),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
    }
  }
}

function bodyOf(body: unknown): string | Uint8Array<ArrayBuffer> | null {
  if (body === undefined) return null
  return body instanceof Uint8Array ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body)
}

function queryText(query: Readonly<Record<string, unknown>>): string {
  const given = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null) given.set(name, String(value))
  }
  return given.size === 0 ? '' : `?${given}`
}
