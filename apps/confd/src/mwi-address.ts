import type { SourceTarget } from '@lamplighter/store'

/** A server and a mailbox there, as other systems write it in one line. */
export type MwiAddress = {
  readonly username: string
  readonly secret: string | null
  readonly authUsername: string | null
  readonly target: SourceTarget
  readonly remoteMailbox: string
}

/** The secret may hold what parts the rest, so the place is found first: it has no `@` and no slash. */
const ADDRESS =
  /^([^:]+?)(?::(.*?)(?::([^:@]+))?)?@(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(?::(\d{1,5}))?\/([^/\s]{1,120})$/s

/**
 * Reads `user[:secret[:authuser]]@host[:port]/mailbox` (sip.md 2.1, chan_sip's `mwi =>`); undefined when it is not one.
 */
export function parseMwiAddress(text: string): MwiAddress | undefined {
  const match = ADDRESS.exec(text)
  const port = match?.[5] === undefined ? null : Number(match[5])
  if (!match || (port !== null && (port < 1 || port > 65_535))) return undefined
  const [, username = '', secret, authUsername, host = '', , remoteMailbox = ''] = match
  return {
    username,
    secret: secret || null,
    authUsername: authUsername ?? null,
    target: { host, port, transport: null },
    remoteMailbox,
  }
}
