import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import {
  type ArchivedMessage,
  type ArchiveManifest,
  archivedMessageSchema,
  archiveManifestSchema,
} from '@lamplighter/contracts'
import { InvalidInputError, LamplighterError } from '@lamplighter/domain'
import { createInputCheck } from '@lamplighter/http'
import { type Extract, extract } from 'tar-stream'

/** How much an archive may hold. */
export type ArchiveLimits = {
  readonly messages: number
  /** The whole archive. */
  readonly bytes: number
  /** Its list of messages, which is held in memory. */
  readonly listBytes: number
}

/** Takes the audio of a message; it must be read to its end. */
export type AudioTaker = (message: ArchivedMessage, audio: AsyncIterable<unknown>) => Promise<void>

type Entry = Extract extends AsyncIterable<infer Source> ? Source : never

const MAX_MANIFEST_BYTES = 4096
const AUDIO_NAME = /^audio\/([0-9a-f-]{36})\.wav$/
const checkManifest = createInputCheck(archiveManifestSchema, 'body', 'refuse')
const checkMessage = createInputCheck(archivedMessageSchema, 'body', 'refuse')

/**
 * Reads an archive as we write it, and nothing else: `manifest.json`, `messages.jsonl`, then one regular file of audio
 * for each message of the list. Names are compared, never used as paths.
 *
 * @returns the messages of the list, once every entry was seen
 * @throws LamplighterError `invalid-voicemail-archive` for anything else, `payload-too-large`
 */
export async function readArchive(body: Readable, limits: ArchiveLimits, take: AudioTaker): Promise<ArchivedMessage[]> {
  const entries = extract()
  // Heard through the reader; without a listener it would end the process.
  entries.on('error', () => {})
  const [fed, read] = await Promise.allSettled([
    orDestroy(entries, feed(body, entries, limits.bytes)),
    orDestroy(entries, readEntries(entries, limits, take)),
  ])
  // The reader knows best what is wrong; what it says without a name of ours comes from the form of the archive.
  const failures = [read, fed].flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []))
  const named = failures.find((failure) => failure instanceof LamplighterError)
  if (named) throw named
  if (read.status === 'fulfilled' && fed.status === 'fulfilled') return read.value
  throw invalidArchive('cannot be read as a tar archive', undefined, failures[0])
}

/** Says what is wrong with an archive, and where. */
export function invalidArchive(problem: string, entry?: string, cause?: unknown): LamplighterError {
  const details = entry === undefined ? { problem } : { problem, entry: entry.slice(0, 256) }
  return new LamplighterError('invalid-voicemail-archive', `the archive is refused: ${problem}`, details, { cause })
}

async function readEntries(
  entries: AsyncIterable<Entry>,
  limits: ArchiveLimits,
  take: AudioTaker,
): Promise<ArchivedMessage[]> {
  let manifest: ArchiveManifest | undefined
  let messages: Map<string, ArchivedMessage> | undefined
  const missing = new Set<string>()
  for await (const entry of entries) {
    const { name, type } = entry.header
    if (type !== 'file') throw invalidArchive('holds something that is no regular file', name)
    if (!manifest) {
      manifest = parseManifest(name, await readWhole(entry, MAX_MANIFEST_BYTES))
      if (manifest.messages > limits.messages) throw tooLarge('messages', limits.messages)
    } else if (!messages) {
      messages = parseList(name, await readWhole(entry, limits.listBytes), manifest)
      for (const id of messages.keys()) missing.add(id)
    } else {
      const message = messages.get(AUDIO_NAME.exec(name)?.[1] ?? '')
      if (!message || !missing.delete(message.id)) throw invalidArchive('holds a file that is not expected', name)
      await take(message, entry)
    }
  }
  if (!messages) throw invalidArchive('has no list of messages')
  if (missing.size > 0) throw invalidArchive('lacks the audio of a message', [...missing][0])
  return [...messages.values()]
}

async function readWhole(entry: Entry, maxBytes: number): Promise<Buffer> {
  if ((entry.header.size ?? 0) > maxBytes) throw tooLarge(entry.header.name, maxBytes)
  const chunks: Buffer[] = []
  for await (const chunk of entry) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function parseManifest(name: string, text: Buffer): ArchiveManifest {
  if (name !== 'manifest.json') throw invalidArchive('must begin with manifest.json', name)
  return checked(name, () => checkManifest(parseObject(text.toString('utf8'))))
}

function parseList(name: string, text: Buffer, manifest: ArchiveManifest): Map<string, ArchivedMessage> {
  if (name !== 'messages.jsonl') throw invalidArchive('must go on with messages.jsonl', name)
  const { bytes, sha256 } = manifest.messages_jsonl
  if (text.length !== bytes || createHash('sha256').update(text).digest('hex') !== sha256) {
    throw invalidArchive('has a list that does not fit its manifest', name)
  }
  const messages = new Map<string, ArchivedMessage>()
  for (const line of text.toString('utf8').split('\n').slice(0, -1)) {
    const message = checked(name, () => checkMessage(parseObject(line)))
    if (messages.has(message.id)) throw invalidArchive('names a message twice', message.id)
    messages.set(message.id, message)
  }
  if (messages.size !== manifest.messages) throw invalidArchive('has a list that does not fit its manifest', name)
  return messages
}

function parseObject(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw new SyntaxError('not an object')
}

function checked<T>(name: string, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (error instanceof InvalidInputError || error instanceof SyntaxError) {
      throw invalidArchive(`does not fit: ${error.message.slice(0, 200)}`, name, error)
    }
    throw error
  }
}

function tooLarge(what: string, most: number): LamplighterError {
  return new LamplighterError('payload-too-large', `the archive is too large: ${what}`, { what, most })
}

async function orDestroy<T>(entries: Extract, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    entries.destroy(error as Error)
    throw error
  }
}

/**
 * Hands the body to the reader and counts it, whatever the headers inside promise. Once the archive is refused the rest
 * is read and dropped: a client that is still sending does not read the answer.
 */
async function feed(body: Readable, entries: Extract, most: number): Promise<void> {
  let left = most
  for await (const chunk of body as AsyncIterable<Buffer>) {
    left -= chunk.length
    if (left < 0) throw tooLarge('bytes', most)
    if (!entries.destroying && !entries.write(chunk)) await writable(entries)
  }
  if (!entries.destroying) entries.end(undefined)
}

function writable(entries: Extract): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      entries.off('drain', done)
      entries.off('close', done)
      resolve()
    }
    entries.on('drain', done)
    entries.on('close', done)
  })
}
