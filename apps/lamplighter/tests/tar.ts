import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { extract, pack } from 'tar-stream'

/** An entry of a tar archive, whole. */
export type TarEntry = {
  readonly name: string
  readonly content: Buffer
  readonly type?: 'file' | 'symlink' | 'link' | 'directory'
  readonly linkname?: string
}

/** Writes an archive, hostile ones too. */
export async function writeTar(entries: readonly TarEntry[]): Promise<Buffer> {
  const tar = pack()
  for (const { content, ...header } of entries) {
    if (header.type === undefined || header.type === 'file') tar.entry({ ...header }, content)
    else tar.entry({ ...header })
  }
  tar.finalize()
  return buffer(Readable.from(tar, { objectMode: false }))
}

/** Reads an archive. */
export async function readTar(tar: Buffer): Promise<TarEntry[]> {
  const reader = extract()
  reader.end(tar)
  const entries: TarEntry[] = []
  for await (const entry of reader) {
    const chunks: Buffer[] = []
    for await (const chunk of entry) chunks.push(chunk as Buffer)
    entries.push({ name: entry.header.name, content: Buffer.concat(chunks) })
  }
  return entries
}
