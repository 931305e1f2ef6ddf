import { PassThrough, type Readable } from 'node:stream'
import { Busboy, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy'
import { type DepositMeta, depositMetaSchema } from '@lamplighter/contracts'
import { InvalidInputError, LamplighterError } from '@lamplighter/domain'
import { createInputCheck } from '@lamplighter/http'

/** A deposit as it arrives: its audio, and its facts, which may come after it. */
export type DepositRequest = { readonly audio: Readable; meta(): Promise<DepositMeta> }

const MAX_META_BYTES = 8192
const checkMeta = createInputCheck(depositMetaSchema, 'body', 'refuse')

/** Reads the parts `audio` and `meta` (JSON, optional) of a multipart body without holding the audio. */
export async function readMultipart(headers: BusboyHeaders, payload: Readable): Promise<DepositRequest> {
  const parser = openParser(headers)
  let metaText: string | undefined
  parser.on('field', (name, value) => {
    if (name === 'meta') metaText = value
  })
  const finished = new Promise<void>((resolve, reject) => {
    parser.once('finish', resolve)
    parser.once('error', reject)
    // A client that goes away in the middle ends the parser too.
    payload.once('aborted', () => reject(unreadable()))
    payload.once('error', reject)
  })
  // Whoever waits for `meta` gets the failure; until then it must not count as unhandled.
  finished.catch(() => {})
  const audio = findAudio(parser, finished)
  payload.pipe(parser)
  return {
    audio: await audio,
    meta: async () => {
      await finished.catch((error) => Promise.reject(unreadable(error)))
      return checkMeta(parseMeta(metaText))
    },
  }
}

function openParser(headers: BusboyHeaders): BusboyInstance {
  try {
    return new Busboy({
      headers,
      limits: { files: 4, fields: 8, parts: 8, fieldSize: MAX_META_BYTES, headerPairs: 32 },
    })
  } catch (error) {
    throw unreadable(error)
  }
}

/** The first part named `audio`; files of other names are read and dropped. */
function findAudio(parser: BusboyInstance, finished: Promise<void>): Promise<Readable> {
  return new Promise((resolve, reject) => {
    parser.on('file', (name, stream) => {
      if (name === 'audio') resolve(stream.pipe(new PassThrough()))
      else stream.resume()
    })
    finished.then(
      () => reject(InvalidInputError.of('audio', 'required', 'is required')),
      (error) => reject(unreadable(error)),
    )
  })
}

function parseMeta(text: string | undefined): Record<string, unknown> {
  if (text === undefined || text === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // Said below, like everything else that is not a JSON object.
  }
  throw InvalidInputError.of('meta', 'type', 'must be a JSON object')
}

function unreadable(cause?: unknown): LamplighterError {
  return new LamplighterError('unreadable-body', 'the multipart body cannot be read', {}, { cause })
}
