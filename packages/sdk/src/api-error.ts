/** The API answered something else than success. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  /** The permanent code, where the API has one. */
  readonly code: string | undefined
  /** The parsed answer, or its text where it is not JSON. */
  readonly body: unknown
  /** Names the request in the server's logs. */
  readonly requestId: string | undefined

  private constructor(message: string, status: number, body: unknown, requestId: string | undefined) {
    super(message)
    this.status = status
    this.body = body
    this.code = codeOf(body)
    this.requestId = requestId
  }

  /** Makes the error of an answer. */
  static async of(method: string, path: string, response: Response): Promise<ApiError> {
    const text = await response.text()
    const message = `${method} ${path} was answered ${response.status}: ${text.slice(0, 300)}`
    return new ApiError(message, response.status, parsed(text), response.headers.get('x-request-id') ?? undefined)
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function codeOf(body: unknown): string | undefined {
  const code = typeof body === 'object' && body !== null && 'error_id' in body ? body.error_id : undefined
  return typeof code === 'string' ? code : undefined
}
