import { type Message, NotFoundError } from '@lamplighter/domain'
import type { Answer, Call } from '@lamplighter/http'
import type { AudioStore } from '@lamplighter/store'

type Range = { readonly start: number; readonly end: number }

/** The audio of a message: whole, a range of it, or the word that the client has it already (rest.md 3.6). */
export async function recordingAnswer(
  call: Pick<Call, 'request'>,
  audio: AudioStore,
  message: Message,
  download: boolean,
): Promise<Answer> {
  const size = await audio.size(message.audioKey)
  if (size === undefined) {
    throw new NotFoundError('no-such-voicemail-recording', 'the message has no audio', { message_id: message.id })
  }
  const { headers } = call.request
  const etag = `"${message.id}"`
  const disposition = { 'content-disposition': `attachment;filename=vm-msg-${message.id}.wav` }
  const common = { etag, 'accept-ranges': 'bytes', 'cache-control': 'private', ...(download ? disposition : {}) }
  if (headers['if-none-match'] === etag) return { status: 304, headers: common }
  const asked = isCurrent(headers['if-range'], etag) ? headers.range : undefined
  const range = readRange(asked, size)
  if (range === 'unsatisfiable') return { status: 416, headers: { ...common, 'content-range': `bytes */${size}` } }
  const { start, end } = range ?? { start: 0, end: size - 1 }
  const partial = range ? { 'content-range': `bytes ${start}-${end}/${size}` } : {}
  return {
    status: range ? 206 : 200,
    headers: { ...common, ...partial, 'content-type': 'audio/wav', 'content-length': end - start + 1 },
    stream: audio.read(message.audioKey, { start, end }),
  }
}

function isCurrent(ifRange: string | string[] | undefined, etag: string): boolean {
  return ifRange === undefined || ifRange === etag
}

/** One range of bytes (RFC 9110 14.2); several, or what cannot be read, means the whole. */
function readRange(header: string | undefined, size: number): Range | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '')
  const [, first = '', last = ''] = match ?? []
  if (first === '' && last === '') return undefined
  if (first === '') {
    const length = Math.min(Number(last), size)
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size - 1 }
  }
  const start = Number(first)
  if (start >= size) return 'unsatisfiable'
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1)
  return end < start ? undefined : { start, end }
}
