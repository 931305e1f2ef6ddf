import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { DirectoryAudioStore, type Store } from '@lamplighter/store'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sweepAudio } from '../src/housekeeping.js'

describe('the audio store and its sweeper', () => {
  let directory: string
  let audio: DirectoryAudioStore

  beforeEach(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'lamplighter-audio-'))
    audio = new DirectoryAudioStore(directory)
    await audio.open()
  })
  afterEach(async () => {
    await audio.close()
    await rm(directory, { recursive: true })
  })

  const put = (text: string) => audio.put(Readable.from([Buffer.from(text)]))
  const age = (key: string) => utimes(path.join(directory, key), 0, 0)

  it('removes old objects that no row names, and nothing else', async () => {
    const [named, orphan, young] = [await put('a'), await put('b'), await put('c')]
    for (const key of [named, orphan]) await age(key)
    const store = { namedAudio: async () => new Set([named]) } as unknown as Store
    expect(await sweepAudio(store, audio, new Date())).toBe(1)
    expect(await Promise.all([named, orphan, young].map((key) => audio.size(key)))).toEqual([1, undefined, 1])
  })

  it('leaves nothing of a stream that failed', async () => {
    const failing = Readable.from(
      (function* () {
        yield Buffer.from('half')
        throw new Error('cut off')
      })(),
    )
    await expect(audio.put(failing)).rejects.toThrow('cut off')
    const left = await readdir(directory, { recursive: true, withFileTypes: true })
    expect(left.filter((entry) => entry.isFile())).toEqual([])
  })

  it.each(['../../etc/passwd', 'ab/../../x.wav', `zz/${randomUUID()}.wav`, ''])('has no key %j', async (key) => {
    expect(() => audio.read(key)).toThrow('not a key')
  })
})
