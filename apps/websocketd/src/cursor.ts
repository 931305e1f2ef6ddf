/** A place in the event log of one epoch. */
export type Cursor = { readonly epoch: string; readonly number: number }

const FORM = /^([0-9a-f]{8})\.(\d{1,15})$/

/** A cursor as clients get it: they keep it and send it back, nothing else. */
export function formatCursor(epoch: string, number: number): string {
  return Buffer.from(`${epoch}.${number}`).toString('base64url')
}

/** Reads a cursor; undefined when we never gave one like that. */
export function parseCursor(text: string): Cursor | undefined {
  if (!/^[\w-]{1,64}$/.test(text)) return undefined
  const [, epoch, number] = FORM.exec(Buffer.from(text, 'base64url').toString('latin1')) ?? []
  return epoch === undefined ? undefined : { epoch, number: Number(number) }
}
