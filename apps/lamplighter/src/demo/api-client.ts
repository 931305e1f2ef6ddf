import { LamplighterClient } from '@lamplighter/sdk'

const EXPIRATION_SEC = 86_400

/** The client of the SDK, with paths instead of operations: what the demonstration does, it does as any client would. */
export class ApiClient {
  /** The typed client underneath. */
  readonly client: LamplighterClient

  private constructor(client: LamplighterClient) {
    this.client = client
  }

  /** Logs in. @throws ApiError */
  static async logIn(base: string, username: string, password: string): Promise<ApiClient> {
    return new ApiClient(await LamplighterClient.logIn(base, username, password, { expiration: EXPIRATION_SEC }))
  }

  /** The same token at another address. */
  at(base: string): ApiClient {
    return new ApiClient(new LamplighterClient(base, this.token))
  }

  /** The access token. */
  get token(): string {
    return this.client.token
  }

  /** Calls and parses the answer. @throws ApiError */
  async call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const text = await (await this.client.request(method, path, body)).text()
    return (text === '' ? undefined : JSON.parse(text)) as Answer
  }

  /** Leaves a WAV recording in a mailbox. @throws ApiError */
  async deposit<Answer>(mailbox: number, wav: Uint8Array<ArrayBuffer>, facts: Record<string, string>): Promise<Answer> {
    const path = `/api/calld/1.0/voicemails/${mailbox}/messages?${new URLSearchParams(facts)}`
    return (await (await this.client.request('POST', path, wav)).json()) as Answer
  }
}
