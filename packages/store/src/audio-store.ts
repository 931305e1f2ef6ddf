import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { access, constants, type FileHandle, mkdir, open, opendir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** Keys are made here, never from what a user sent. */
const KEY = /^[0-9a-f]{2}\/[0-9a-f-]{36}\.wav$/

/** An object as the sweeper sees it. */
export type AudioObject = { readonly key: string; readonly writtenAt: Date }

/**
 * Immutable audio objects outside the rows that name them (invariant 8 of the design). An object is written and synced
 * before the row; a row never names a missing object.
 */
export type AudioStore = {
  /** Stores a stream and returns its key once it is safe on disk; on failure nothing is left. */
  put(source: Readable): Promise<string>
  /** The bytes of an object, from `start` to `end` (inclusive) when given. */
  read(key: string, range?: { start: number; end: number }): Readable
  /** Size in bytes, or undefined when there is no such object. */
  size(key: string): Promise<number | undefined>
  /** Removes an object; nothing happens when it is gone already. */
  delete(key: string): Promise<void>
  /** Every object, in no order, without holding the list in memory. */
  list(): AsyncIterable<AudioObject>
}

/**
 * Audio objects as files of a directory, in 256 subdirectories. A file is written where it stays: nobody knows its name
 * before its row is committed, and what a crash leaves half written is swept like every object without a row.
 */
export class DirectoryAudioStore implements AudioStore {
  readonly #directory: string
  /** Open for as long as the process lives: an entry is made durable through its directory. */
  readonly #folders = new Map<string, Promise<FileHandle>>()

  constructor(directory: string) {
    this.#directory = directory
  }

  /** Makes the directory. @throws when it cannot be written. */
  async open(): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 })
    await access(this.#directory, constants.W_OK)
  }

  /** Gives its handles back. */
  async close(): Promise<void> {
    const folders = [...this.#folders.values()]
    this.#folders.clear()
    for (const folder of folders) await (await folder).close()
  }

  async put(source: Readable): Promise<string> {
    const id = randomUUID()
    const key = `${id.slice(0, 2)}/${id}.wav`
    try {
      const folder = await this.#folder(id.slice(0, 2))
      // `flush` syncs the file before it is closed: a crash after the row's commit must find the bytes.
      await pipeline(source, createWriteStream(this.#path(key), { mode: 0o600, flags: 'wx', flush: true }))
      await folder.sync()
    } catch (error) {
      source.destroy()
      await rm(this.#path(key), { force: true })
      throw error
    }
    return key
  }

  read(key: string, range?: { start: number; end: number }): Readable {
    return createReadStream(this.#path(key), range)
  }

  async size(key: string): Promise<number | undefined> {
    try {
      return (await stat(this.#path(key))).size
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }

  async delete(key: string): Promise<void> {
    await rm(this.#path(key), { force: true })
  }

  async *list(): AsyncIterable<AudioObject> {
    for await (const folder of await opendir(this.#directory)) {
      if (!folder.isDirectory() || !/^[0-9a-f]{2}$/.test(folder.name)) continue
      for await (const file of await opendir(path.join(this.#directory, folder.name))) {
        const key = `${folder.name}/${file.name}`
        const facts = await stat(this.#path(key)).catch(() => undefined)
        if (facts) yield { key, writtenAt: facts.mtime }
      }
    }
  }

  #folder(name: string): Promise<FileHandle> {
    const known = this.#folders.get(name)
    if (known !== undefined) return known
    const folder = path.join(this.#directory, name)
    const opened = mkdir(folder, { recursive: true, mode: 0o700 }).then(() => open(folder))
    opened.catch(() => this.#folders.delete(name))
    this.#folders.set(name, opened)
    return opened
  }

  #path(key: string): string {
    if (!KEY.test(key)) throw new Error('not a key of an audio object')
    return path.join(this.#directory, key)
  }
}
