import { GatewayDocument, waitFor } from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { ApiClient } from '../src/demo/api-client.js'
import { type Person, request, type Tenant, TestInstallation, wav } from './support.js'

/** How a socket ends that was torn down here, without a close of the gateway. */
const LEFT = 1006

type Frame = { op: string; code: number; data: Record<string, unknown> | null }

const DOCUMENT = new GatewayDocument(3)

/** A protocol 3 client that keeps every frame, and how it ended; what `docs/asyncapi.json` does not say of it is noted. */
class Client {
  static readonly undocumented: string[] = []
  static readonly framesSeen = new Set<string>()
  readonly frames: Frame[] = []
  closed: number | undefined
  readonly #socket: WebSocket

  constructor(url: string, headers: Record<string, string> = {}) {
    this.#socket = new WebSocket(url, { headers })
    this.#socket.on('message', (data) => this.#take(data.toString()))
    this.#socket.on('close', (code, reason) => {
      this.closed = code
      const name = GatewayDocument.closeName({ code, reason: reason.toString() })
      if (code !== LEFT && !DOCUMENT.closes.includes(name)) Client.undocumented.push(name)
    })
    this.#socket.on('error', () => {})
  }

  /** Sends a command and waits for its answer. */
  async ask(op: string, data: object = {}): Promise<Frame> {
    const before = this.frames.length
    const command = JSON.stringify({ op, data })
    this.#socket.send(command)
    const what = `the answer to ${op}`
    const answer = await waitFor(() => this.frames.slice(before).find((frame) => frame.op === op), { what })
    const fits = answer.data?.['error_id'] !== 'invalid-data'
    if (fits !== (DOCUMENT.commandsLike(command).length === 1)) Client.undocumented.push(command)
    return answer
  }

  opened(): Promise<Frame> {
    return waitFor(() => this.frames.find(({ op }) => op === 'init'), { what: `init, closed: ${this.closed}` })
  }

  end(): Promise<number> {
    return waitFor(() => this.closed, { what: 'the close' })
  }

  leave(): void {
    this.#socket.terminate()
  }

  #take(text: string): void {
    this.frames.push(JSON.parse(text) as Frame)
    const names = DOCUMENT.framesLike(text)
    for (const name of names) Client.framesSeen.add(name)
    if (names.length !== 1) Client.undocumented.push(text)
  }
}

describe('the gateway among the other services', () => {
  let installation: TestInstallation
  let tenant: Tenant
  let anna: Person
  let mailbox: number

  beforeAll(async () => {
    installation = await TestInstallation.start()
    tenant = await installation.tenant()
    anna = await installation.account(tenant.uuid)
    mailbox = (await installation.mailbox(tenant, {}, [anna])).id
  })
  afterAll(() => installation.stop())

  const url = (query: string) => `${installation.websocketUrl}?version=3&${query}`
  const withToken = (token: string) => new Client(url(''), { 'x-auth-token': token })

  describe('6.2 row 21, tickets', () => {
    const ticket = async (token: string) => {
      const { json } = await request(`${installation.url}/api/auth/0.1/ws-ticket`, { method: 'POST', token })
      return (json as { ticket: string }).ticket
    }

    it('a ticket opens one socket of its session, once', async () => {
      const one = await ticket(anna.api.token)
      expect(one).toMatch(/^[\w-]{43}$/)
      const first = new Client(url(`ticket=${one}`))
      await first.opened()
      expect(await new Client(url(`ticket=${one}`)).end()).toBe(4002)
      expect(await first.ask('mwi')).toMatchObject({ code: 0 })
      first.leave()
    })

    it('and none after thirty seconds, or after its session', async () => {
      const { headers, json } = await request(`${installation.url}/api/auth/0.1/ws-ticket`, {
        method: 'POST',
        token: anna.api.token,
      })
      expect([headers.get('cache-control'), (json as { expires_in: number }).expires_in]).toEqual(['no-store', 30])
      const short = await ApiClient.logIn(installation.url, anna.username, 'a password')
      const orphan = await ticket(short.token)
      await short.call('DELETE', `/api/auth/0.1/token/${short.token}`)
      expect(await new Client(url(`ticket=${orphan}`)).end()).toBe(4002)
      for (const wrong of ['x', 'x'.repeat(43), 'x'.repeat(2000)])
        expect(await new Client(url(`ticket=${wrong}`)).end()).toBe(4002)
    })

    it('who logs out meanwhile gets one or 401, never a failure of ours', async () => {
      const sessions: ApiClient[] = []
      while (sessions.length < 20) sessions.push(await ApiClient.logIn(installation.url, anna.username, 'a password'))
      for (let from = 0; from < sessions.length; from += 5) {
        const asked = sessions
          .slice(from, from + 5)
          .flatMap(({ token }) => [
            request(`${installation.url}/api/auth/0.1/ws-ticket`, { method: 'POST', token }),
            request(`${installation.url}/api/auth/0.1/token/${token}`, { method: 'DELETE' }),
            request(`${installation.url}/api/auth/0.1/ws-ticket`, { method: 'POST', token }),
          ])
        for (const { status } of await Promise.all(asked)) expect([200, 401]).toContain(status)
      }
    })

    it('nobody gets one without a token, or without access to the gateway', async () => {
      const nobody = await installation.accountWith(tenant.uuid, ['nothing'])
      for (const token of ['', 'x', nobody.api.token]) {
        const { status } = await request(`${installation.url}/api/auth/0.1/ws-ticket`, { method: 'POST', token })
        expect(status).toBe(401)
      }
    })
  })

  it('6.2 row 14: logging out closes the socket with 4003 within a second', async () => {
    const leaving = await ApiClient.logIn(installation.url, anna.username, 'a password')
    const [mine, other] = [withToken(leaving.token), withToken(anna.api.token)]
    await Promise.all([mine.opened(), other.opened()])
    const startedAt = Date.now()
    await leaving.call('DELETE', `/api/auth/0.1/token/${leaving.token}`)
    expect(await mine.end()).toBe(4003)
    expect(Date.now() - startedAt).toBeLessThan(1000)
    expect(other.closed).toBeUndefined()
    other.leave()
  })

  it('6.3 row 32: the text of a message does not reach who may hear everything a user may', async () => {
    const house = await installation.tenant()
    const [carla, bruno] = [await installation.account(house.uuid), await installation.account(house.uuid)]
    const [own, others] = [withToken(carla.api.token), withToken(bruno.api.token)]
    const greedy = withToken((await installation.accountWith(house.uuid, ['websocketd', 'events.#'])).api.token)
    const admin = withToken(house.admin.token)
    for (const client of [own, others, greedy, admin]) {
      await client.opened()
      await client.ask('subscribe', { event_name: '*' })
      await client.ask('start')
    }
    const box = await installation.mailbox(house, {}, [carla])
    const { id } = await house.admin.deposit<{ id: string }>(box.id, wav(), { caller_id_num: '1' })
    const path = `/api/calld/1.0/voicemails/${box.id}/messages/${id}/transcription`
    await house.admin.call('PUT', path, { text: 'a secret' })
    const shared = await installation.mailbox(house, { accesstype: 'global' })
    await house.admin.deposit(shared.id, wav(), { caller_id_num: '2' })
    const namesOf = ({ frames }: Client) => frames.filter(({ op }) => op === 'event').map(({ data }) => data?.['name'])
    for (const client of [own, others, greedy, admin])
      await waitFor(() => namesOf(client).includes('global_voicemail_message_created'), { what: 'what came later' })
    expect(namesOf(own)).toContain('user_voicemail_transcription_created')
    for (const one of [others, greedy]) expect(JSON.stringify(one.frames)).not.toContain('a secret')
    expect(namesOf(admin)).toContain('call_logd_voicemail_transcription_created')
    expect(namesOf(own)).not.toContain('call_logd_voicemail_transcription_created')
    for (const client of [own, others, greedy, admin]) client.leave()
  })

  describe('message commands', () => {
    let client: Client
    let message: string
    beforeAll(async () => {
      client = withToken(anna.api.token)
      await client.opened()
      message = (await tenant.admin.deposit<{ id: string }>(mailbox, wav(), { caller_id_num: '1' })).id
    })
    afterAll(() => client.leave())

    it('list is the REST list, parameters included', async () => {
      await tenant.admin.deposit(mailbox, wav(), { caller_id_num: '2' })
      const path = '/api/calld/1.0/users/me/voicemails/messages?limit=1&order=timestamp&direction=desc'
      const rest = await anna.api.call<object>('GET', path)
      const answer = await client.ask('list', { limit: 1, order: 'timestamp', direction: 'desc' })
      expect(answer).toEqual({ op: 'list', code: 0, data: rest })
    })

    it('move, mwi and delete do what REST does, and the events of it come over the same socket', async () => {
      await client.ask('subscribe', { event_name: 'user_voicemail_message_*' })
      await client.ask('start')
      const before = (await client.ask('mwi')).data
      expect(await client.ask('move', { message_id: message, folder_id: 2 })).toEqual({
        op: 'move',
        code: 0,
        data: null,
      })
      const after = (await client.ask('mwi', { voicemail_type: 'personal' })).data
      expect(after?.['new']).toBe(Number(before?.['new']) - 1)
      expect((await client.ask('delete', { message_id: message })).code).toBe(0)
      await waitFor(() => client.frames.filter(({ op }) => op === 'event').length === 2, { what: 'both events' })
      const names = client.frames.filter(({ op }) => op === 'event').map(({ data }) => data?.['name'])
      expect(names).toEqual(['user_voicemail_message_updated', 'user_voicemail_message_deleted'])
    })

    it('claim is the REST claim: by whom, until when, and 409 for whoever comes second', async () => {
      const bruno = await installation.account(tenant.uuid)
      const shared = await installation.mailbox(tenant, { accesstype: 'global' })
      const { id } = await tenant.admin.deposit<{ id: string }>(shared.id, wav(), { caller_id_num: '5' })
      const answer = await client.ask('claim', { message_id: id, lease_s: 60 })
      expect(answer).toMatchObject({ op: 'claim', code: 0, data: { user_uuid: anna.uuid } })
      const second = withToken(bruno.api.token)
      await second.opened()
      expect(await second.ask('claim', { message_id: id })).toMatchObject({
        code: 1,
        data: { error_id: 'message-claimed', details: { user_uuid: anna.uuid } },
      })
      second.leave()
    })

    it.each([
      ['delete', { message_id: '00000000-0000-0000-0000-000000000000' }, 'no-such-voicemail-message'],
      ['delete', { message_id: 'not an id!' }, 'invalid-voicemail-message-id'],
      ['delete', { message_id: '../../me' }, 'invalid-voicemail-message-id'],
      ['move', { message_id: '00000000-0000-0000-0000-000000000000', folder_id: 99 }, 'no-such-voicemail-folder'],
      ['list', { limit: 'many' }, 'invalid-data'],
      ['list', { unknown: 1 }, 'invalid-data'],
      ['mwi', { voicemail_type: { a: 1 } }, 'invalid-data'],
      ['mwi', { voicemail_id: 1 }, 'unauthorized'],
    ])('%s %j has the error id of REST: %s', async (op, data, errorId) => {
      expect(await client.ask(op, data)).toMatchObject({ op, code: 1, data: { error_id: errorId } })
    })

    it('a mailbox by its id is subject to the ACL of its route', async () => {
      const admin = withToken(tenant.admin.token)
      await admin.opened()
      const { id } = await tenant.admin.deposit<{ id: string }>(mailbox, wav(), { caller_id_num: '3' })
      const own = { voicemail_id: mailbox, message_id: id }
      expect((await admin.ask('mwi', { voicemail_id: mailbox })).data).toHaveProperty('version')
      expect((await admin.ask('move', { ...own, folder_id: 2 })).code).toBe(0)
      expect((await admin.ask('delete', own)).code).toBe(0)
      expect(await admin.ask('delete', own)).toMatchObject({ data: { error_id: 'no-such-voicemail-message' } })
      admin.leave()
    })

    it('another tenant’s messages are not found', async () => {
      const stranger = await installation.tenant()
      const there = withToken(stranger.admin.token)
      await there.opened()
      const { id } = await tenant.admin.deposit<{ id: string }>(mailbox, wav(), { caller_id_num: '4' })
      const answer = await there.ask('delete', { voicemail_id: mailbox, message_id: id })
      expect(answer).toMatchObject({ code: 1, data: { error_id: 'no-such-voicemail' } })
      there.leave()
    })
  })

  it('all that was said is in docs/asyncapi.json, and every answer to a message command was among it', () => {
    expect(Client.undocumented).toEqual([])
    for (const op of ['list', 'move', 'delete', 'claim', 'mwi', 'event', 'error'])
      expect(Client.framesSeen).toContain(op)
  })
})
