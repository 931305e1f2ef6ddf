import { randomUUID } from 'node:crypto'
import { ApiError, EventClient, EventsRefusedError, LamplighterClient, type ReceivedEvent } from '@lamplighter/sdk'
import { freePort, waitFor } from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Tenant, TestInstallation, wav } from './support.js'

describe('the SDK', () => {
  let installation: TestInstallation
  let port: number
  let tenant: Tenant
  let client: LamplighterClient

  beforeAll(async () => {
    port = await freePort()
    installation = await TestInstallation.start({ LAMPLIGHTER_HTTP_PORT: String(port) })
    tenant = await installation.tenant()
    client = tenant.admin.client
  })
  afterAll(() => installation.stop())

  const newBox = () => ({ name: 'sdk', number: installation.nextNumber(), context: tenant.context })

  it('logs in, creates, reads, changes and deletes, with the types of the contract', async () => {
    const person = await installation.account(tenant.uuid)
    const own = await LamplighterClient.logIn(`${installation.url}/`, person.username, 'a password', { expiration: 60 })
    expect((await own.call('getToken', { params: { token: own.token } })).data.auth_id).toBe(person.uuid)
    const { id, enabled } = await client.call('createVoicemail', { body: newBox() })
    expect(enabled).toBe(true)
    await client.call('updateVoicemail', { params: { id }, body: { name: 'renamed' } })
    expect((await client.call('getVoicemail', { params: { id } })).name).toBe('renamed')
    const { items } = await client.call('listVoicemails', { query: { name: 'renamed', limit: 1 } })
    expect(items.map((box) => box.id)).toEqual([id])
    expect(await client.call('deleteVoicemail', { params: { id } })).toBe(undefined)
  })

  it('sends audio and gets it back byte for byte', async () => {
    const { id } = await client.call('createVoicemail', { body: newBox() })
    const sent = wav(800)
    const query = { caller_id_name: 'Ada', urgent: true }
    const message = await client.call('depositMessage', { params: { voicemail_id: id }, query, body: sent })
    expect([message.caller_id_name, message.folder.type]).toEqual(['Ada', 'urgent'])
    const params = { voicemail_id: id, message_id: message.id }
    expect(Buffer.from(await client.call('getVoicemailRecording', { params })).equals(Buffer.from(sent))).toBe(true)
  })

  it('repeats a creation safely and changes only the state it read', async () => {
    const body = newBox()
    const idempotencyKey = randomUUID()
    const { id } = await client.call('createVoicemail', { body, idempotencyKey })
    const again = await client.respond('createVoicemail', { body, idempotencyKey })
    expect([again.headers.get('idempotency-replayed'), ((await again.json()) as { id: number }).id]).toEqual([
      'true',
      id,
    ])
    const ifMatch = (await client.respond('getVoicemail', { params: { id } })).headers.get('etag') ?? ''
    const change = (name: string) => client.call('updateVoicemail', { params: { id }, body: { name }, ifMatch })
    await change('first')
    await expect(change('second')).rejects.toMatchObject({ status: 412 })
  })

  it('acts in another tenant when it is told to', async () => {
    const child = await installation.tenant(tenant.uuid)
    const { id } = await installation.mailbox(child)
    expect((await client.call('listVoicemails', { tenant: child.uuid })).items.map((box) => box.id)).toEqual([id])
  })

  it('throws what the API said: status, permanent code, and the id to look for in the logs', async () => {
    const error = await client.call('getVoicemailMessages', { params: { voicemail_id: 4711 } }).catch((one) => one)
    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({
      status: 404,
      code: 'no-such-voicemail',
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      body: { details: { voicemail_id: 4711 } },
    })
  })

  it('puts ids into paths so that they stay one segment', async () => {
    const params = { voicemail_id: '1/../../..', message_id: 'a' }
    await expect(client.call('getVoicemailMessage', { params })).rejects.toMatchObject({ status: 400 })
  })

  describe('for events', () => {
    const listen = (
      token: string,
      events: ReceivedEvent[],
      more: { onInterrupted?: () => void; onResumed?: () => void } = {},
    ) =>
      EventClient.open({
        url: installation.websocketUrl,
        token: () => token,
        onEvent: (event) => events.push(event),
        ...more,
      })

    it('hears what happens, and ends when it is told to', async () => {
      const events: ReceivedEvent[] = []
      const listener = await listen(client.token, events)
      const { id } = await client.call('createVoicemail', { body: newBox() })
      await waitFor(() => events.some(({ name, data }) => name === 'voicemail_created' && data['id'] === id), {
        what: 'the event',
      })
      listener.close()
      expect(await listener.closed).toBe(undefined)
    })

    it('says why it is refused, and does not come back', async () => {
      await expect(listen('no token', [])).rejects.toBeInstanceOf(EventsRefusedError)
    })

    it('gives up when its token is ended', async () => {
      const person = await installation.account(tenant.uuid)
      const listener = await listen(person.api.token, [])
      await person.api.client.call('deleteToken', { params: { token: person.api.token } })
      expect(await listener.closed).toMatchObject({ code: 4003 })
    })

    it('comes back after the server was away, and says that it was interrupted', async () => {
      const events: ReceivedEvent[] = []
      const said: string[] = []
      const listener = await listen(client.token, events, {
        onInterrupted: () => said.push('interrupted'),
        onResumed: () => said.push('resumed'),
      })
      installation = await installation.restart({ LAMPLIGHTER_HTTP_PORT: String(port) })
      await waitFor(() => said.includes('resumed'), { what: 'the listener to come back' })
      expect(said).toEqual(['interrupted', 'resumed'])
      await client.call('createVoicemail', { body: newBox() })
      await waitFor(() => events.some(({ name }) => name === 'voicemail_created'), { what: 'the event' })
      listener.close()
    })
  })
})
