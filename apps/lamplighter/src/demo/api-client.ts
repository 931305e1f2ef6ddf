/** The API answered something else than success. */
class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number

  constructor(method: string, path: string, status: number, body: string) {
    super(`${method} ${path} was answered ${status}: ${body.slice(0, 300)}`)
    this.status = status
  }
}

/** A REST client with a token: what the demonstration does, it does as any client would. */
export class ApiClient {
  readonly #base: string
  readonly #token: string

  private constructor(base: string, token: string) {
    this.#base = base
    this.#token = token
  }

  /** Logs in. @throws ApiError */
  static async logIn(base: string, username: string, password: string): Promise<ApiClient> {
    const path = '/api/auth/0.1/token'
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
    const body = JSON.stringify({ expiration: 86_400 })
    const response = await fetch(base + path, { method: 'POST', headers: { authorization }, body })
    if (!response.ok) throw new ApiError('POST', path, response.status, await response.text())
    const { data } = (await response.json()) as { data: { token: string } }
    return new ApiClient(base, data.token)
  }

  /** The same token at another address. */
  at(base: string): ApiClient {
    return new ApiClient(base, this.#token)
  }

  /** The access token. */
  get token(): string {
    return this.#token
  }

  /** Calls and parses the answer. @throws ApiError */
  async call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const headers = { 'x-auth-token': this.#token, 'content-type': 'application/json' }
    const response = await fetch(this.#base + path, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
    })
    const text = await response.text()
    if (!response.ok) throw new ApiError(method, path, response.status, text)
    return (text === '' ? undefined : JSON.parse(text)) as Answer
  }

  /** Leaves a WAV recording in a mailbox. @throws ApiError */
  async deposit<Answer>(mailbox: number, wav: Uint8Array<ArrayBuffer>, facts: Record<string, string>): Promise<Answer> {
    const path = `/api/calld/1.0/voicemails/${mailbox}/messages?${new URLSearchParams(facts)}`
    const headers = { 'x-auth-token': this.#token, 'content-type': 'audio/wav' }
    const response = await fetch(this.#base + path, { method: 'POST', headers, body: wav })
    const text = await response.text()
    if (!response.ok) throw new ApiError('POST', path, response.status, text)
    return JSON.parse(text) as Answer
  }
}
