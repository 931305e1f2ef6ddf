/** The bus did not confirm: publish the same messages again when it is back. Consumers drop the repeats by event id. */
export class BusUnavailableError extends Error {
  override readonly name = 'BusUnavailableError'
}

/** The broker is there and does not want us: the account or the virtual host is wrong. */
export class BusRefusedError extends Error {
  override readonly name = 'BusRefusedError'
}

/** AMQP: the account may not do that. */
export const ACCESS_REFUSED = 403
/** AMQP: it is not there. */
export const NOT_FOUND = 404
/** AMQP: what is there is not what was declared. */
export const PRECONDITION_FAILED = 406

/** The code of an error of the broker's; undefined for other errors. */
export function codeOf(error: unknown): unknown {
  return (error as { code?: unknown }).code
}
