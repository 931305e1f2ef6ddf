/** The bus did not confirm: publish the same messages again when it is back. Consumers drop the repeats by event id. */
export class BusUnavailableError extends Error {
  override readonly name = 'BusUnavailableError'
}
