import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from '@lamplighter/bus'
import { createLogger, sleep } from '@lamplighter/runtime'
import { type Database, openDatabase, Store } from '@lamplighter/store'
import { createTestDatabase, TcpProxy, type TestDatabase } from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { transcriptionConsumer } from '../src/transcription-consumer.js'
import { TranscriptionService } from '../src/transcription-service.js'

const log = createLogger('silent')

/** A result for a message that is not there: to know that, the database must be asked. */
function result(more: Record<string, unknown> = {}): IncomingMessage {
  const data = {
    message_id: randomUUID(),
    tenant_uuid: randomUUID(),
    voicemail_id: 1,
    transcription_text: 'hello',
    provider_id: null,
    language: null,
    duration: null,
    completed_at: '2026-11-20T10:00:00',
    ...more,
  }
  const body = Buffer.from(JSON.stringify({ data }))
  return { eventId: randomUUID(), name: 'n', headers: {}, body, cursor: undefined, redelivered: false }
}

describe('results of transcribers while the database is away', () => {
  let disposable: TestDatabase
  let proxy: TcpProxy
  let database: Database
  let stopping: AbortController

  beforeAll(async () => {
    disposable = await createTestDatabase()
    proxy = await TcpProxy.start(new URL(disposable.url))
    database = openDatabase(proxy.url(new URL(disposable.url)), { connections: 2 })
  })
  afterAll(async () => {
    await database.close()
    await proxy.stop()
    await disposable.drop()
  })

  function consumer() {
    stopping = new AbortController()
    const store = new Store(database, randomUUID(), () => {})
    return transcriptionConsumer(new TranscriptionService(store), log, stopping.signal)
  }

  it('wait for it, and are no dead letters', async () => {
    const { handle } = consumer()
    expect(await handle(result())).toBe('ack')
    proxy.refuse(true)
    proxy.cut()
    const handling = Promise.all([handle(result()), handle(result())])
    handling.catch(() => {})
    expect(await Promise.race([handling.catch(String), sleep(700)])).toBeUndefined()
    proxy.refuse(false)
    expect(await handling).toEqual(['ack', 'ack'])
  })

  it('go back to the queue when the process stops meanwhile', async () => {
    const { handle } = consumer()
    proxy.refuse(true)
    proxy.cut()
    const handling = Promise.resolve(handle(result()))
    handling.catch(() => {})
    await sleep(50)
    stopping.abort()
    expect(await handling).toBe('retry')
    proxy.refuse(false)
  })
})
