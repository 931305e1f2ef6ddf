import type { Answer, Call } from '@lamplighter/http'
import type { AudioStore } from '@lamplighter/store'

/** An audio object to send. */
export type SentAudio = {
  readonly key: string
  readonly bytes: number
  /** Strong: the same tag, the same bytes. */
  readonly etag: string
  /** Name to save it under; absent where it is to be played. */
  readonly filename?: string
}

type Range = { readonly start: number; readonly end: number }

/** Audio as WAV: whole, a range of it, or the word that the client has it already (RFC 9110 13 and 14). */
export function audioAnswer(call: Pick<Call, 'request'>, audio: AudioStore, sent: SentAudio): Answer {
  const { headers, method } = call.request
  const { key, bytes, etag, filename } = sent
  const known = { etag, 'accept-ranges': 'bytes', 'cache-control': 'private' }
  if (namesTag(headers['if-none-match'], etag)) return { status: 304, headers: known }
  const disposition = filename === undefined ? {} : { 'content-disposition': `attachment;filename=${filename}` }
  const common = { ...known, ...disposition }
  // Ranges are for GET only; after a change If-Range wants the whole anew.
  const isRanged = method === 'GET' && (headers['if-range'] === undefined || headers['if-range'] === etag)
  const range = readRange(isRanged ? headers.range : undefined, bytes)
  if (range === 'unsatisfiable') return { status: 416, headers: { ...known, 'content-range': `bytes */${bytes}` } }
  const { start, end } = range ?? { start: 0, end: bytes - 1 }
  const partial = range ? { 'content-range': `bytes ${start}-${end}/${bytes}` } : {}
  return {
    status: range ? 206 : 200,
    headers: { ...common, ...partial, 'content-type': 'audio/wav', 'content-length': end - start + 1 },
    stream: audio.read(key, { start, end }),
  }
}

/** Whether If-None-Match names the tag; whether a proxy made it weak does not matter here (RFC 9110 13.1.2). */
function namesTag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  return header.trim() === '*' || header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)
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
