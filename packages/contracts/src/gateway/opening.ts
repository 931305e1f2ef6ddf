import Type, { type TObject } from 'typebox'
import type { ProtocolVersion } from './commands.js'

/** Header in which a token may stand; one in the query wins. */
export const TOKEN_HEADER = 'x-auth-token'

/** Names of the query that opens a socket; others are ignored, and so are empty values (bus.md 3.1). */
export const OPENING = { version: 'version', token: 'token', ticket: 'ticket', resume: 'resume' } as const

/** The query that opens a socket of a protocol. */
export function openingQuery(version: ProtocolVersion): TObject {
  const number = Type.Literal(version, version === 1 ? { default: 1, description: 'absent: 1' } : {})
  return Type.Object({
    [OPENING.version]: version === 1 ? Type.Optional(number) : number,
    [OPENING.token]: Type.Optional(Type.String({ description: 'works everywhere, and ends in logs' })),
    [OPENING.ticket]: Type.Optional(
      Type.String({ description: 'of `POST /api/auth/0.1/ws-ticket`: opens one socket, once, within 30 seconds' }),
    ),
    ...(version === 3 ? { [OPENING.resume]: Type.Optional(Type.String({ description: 'as the command does' })) } : {}),
  })
}

/** The headers that open a socket. */
export const openingHeaders: TObject = Type.Object({
  [TOKEN_HEADER]: Type.Optional(Type.String({ description: 'a token with the access `websocketd`' })),
})
