/** The bus did not confirm: publish the same messages again when it is back. Consumers drop the repeats by event id. */
export class BusUnavailableError extends Error {
  override readonly name = 'BusUnavailableError'
}

/** The broker is there and does not want us: the account or the virtual host is wrong. */
export class BusRefusedError extends Error {
  override readonly name = 'BusRefusedError'
}
