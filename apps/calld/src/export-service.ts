import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ARCHIVE_VERSION, type ArchiveManifest, toArchivedMessage } from '@lamplighter/contracts'
import type { Actor, MailboxId, Message, TenantId } from '@lamplighter/domain'
import type { Logger } from '@lamplighter/runtime'
import { type AudioStore, type ExportSelection, onlyTenant, type Store, type TenantScope } from '@lamplighter/store'
import { type Pack, pack } from 'tar-stream'
import { ArchiveSpool } from './archive-spool.js'
import { noSuchVoicemail } from './ids.js'

/** Writes messages with their audio into tar archives, in constant memory. */
export class ExportService {
  readonly #store: Store
  readonly #audio: AudioStore
  readonly #log: Logger

  constructor(store: Store, audio: AudioStore, log: Logger) {
    this.#store = store
    this.#audio = audio
    this.#log = log
  }

  /** The messages of a mailbox. @throws NotFoundError */
  async mailbox(scope: TenantScope, mailboxId: MailboxId, actor: Actor): Promise<Readable> {
    const found = await this.#store.messages(scope).mailbox(mailboxId)
    if (!found) throw noSuchVoicemail(mailboxId)
    const { tenantId } = found.mailbox
    return this.#archive(tenantId, { mailboxId }, { tenantId, actor, action: 'mailbox.exported', mailboxId })
  }

  /** Everything of a caller in a tenant. The audit says that it was done, not whom it was about. */
  caller(tenantId: TenantId, callerIdNum: string, actor: Actor): Promise<Readable> {
    return this.#archive(tenantId, { callerIdNum }, { tenantId, actor, action: 'caller.exported' })
  }

  /** The list is complete before the answer begins; what fails later can only cut the answer off. */
  async #archive(tenantId: TenantId, selection: ExportSelection, entry: ExportEntry): Promise<Readable> {
    const spool = await ArchiveSpool.create()
    try {
      for await (const { message, deleted } of this.#store.messages(onlyTenant(tenantId)).export(selection)) {
        const audio = await this.#audioFacts(message)
        if (!audio) continue
        await spool.add(toArchivedMessage(message, deleted, audio), {
          id: message.id,
          key: message.audioKey,
          bytes: audio.bytes,
        })
      }
      const { messages, ...list } = await spool.close()
      await this.#store.changeMessages(onlyTenant(tenantId), ({ audit }) =>
        audit.add({ ...entry, details: { messages } }),
      )
      return this.#stream(spool, newManifest(messages, list))
    } catch (error) {
      await spool.remove()
      throw error
    }
  }

  /** A message whose audio is missing cannot be brought back and is left out. */
  async #audioFacts({ audioKey, audioSha256 }: Message): Promise<{ bytes: number; sha256: string } | undefined> {
    const bytes = await this.#audio.size(audioKey)
    if (bytes === undefined) return undefined
    if (audioSha256 !== null) return { bytes, sha256: audioSha256 }
    const hash = createHash('sha256')
    await pipeline(this.#audio.read(audioKey), hash)
    return { bytes, sha256: hash.digest('hex') }
  }

  #stream(spool: ArchiveSpool, manifest: ArchiveManifest): Readable {
    const tar = pack()
    void this.#write(tar, spool, manifest)
    return Readable.from(tar, { objectMode: false })
  }

  async #write(tar: Pack, spool: ArchiveSpool, manifest: ArchiveManifest): Promise<void> {
    try {
      const text = Buffer.from(`${JSON.stringify(manifest)}\n`)
      await writeEntry(tar, 'manifest.json', text.length, Readable.from([text]))
      await writeEntry(tar, 'messages.jsonl', manifest.messages_jsonl.bytes, spool.lines())
      for await (const { id, key, bytes } of spool.audio()) {
        await writeEntry(tar, `audio/${id}.wav`, bytes, this.#audio.read(key))
      }
      tar.finalize()
    } catch (err) {
      // A client that went away destroys the archive too; that is no failure of ours.
      if (!tar.destroyed) this.#log.error({ err }, 'an export was cut off')
      tar.destroy(err as Error)
    } finally {
      await spool.remove()
    }
  }
}

type ExportEntry = {
  readonly tenantId: TenantId
  readonly actor: Actor
  readonly action: 'mailbox.exported' | 'caller.exported'
  readonly mailboxId?: MailboxId
}

function newManifest(messages: number, list: { bytes: number; sha256: string }): ArchiveManifest {
  return {
    format: 'lamplighter.messages',
    version: ARCHIVE_VERSION,
    exported_at: new Date().toISOString(),
    messages,
    messages_jsonl: list,
  }
}

async function writeEntry(tar: Pack, name: string, size: number, source: Readable): Promise<void> {
  try {
    await pipeline(source, tar.entry({ name, size, mode: 0o600 }))
  } finally {
    source.destroy()
  }
}
