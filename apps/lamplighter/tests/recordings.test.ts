import { readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { createLogger } from '@lamplighter/runtime'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Person, type Tenant, TestInstallation, type Voicemail, wav } from './support.js'

const CALLD = '/api/calld/1.0'

describe('recordings', () => {
  const lines: string[] = []
  let installation: TestInstallation
  let tenant: Tenant
  let anna: Person
  let box: Voicemail
  let id: string
  const bytes = Buffer.from(wav(100))

  beforeAll(async () => {
    installation = await TestInstallation.start({}, createLogger('trace', { write: (line) => void lines.push(line) }))
    tenant = await installation.tenant()
    anna = await installation.account(tenant.uuid)
    box = await installation.mailbox(tenant, {}, [anna])
    id = (await tenant.admin.deposit<{ id: string }>(box.id, wav(100), {})).id
  })
  afterAll(() => installation.stop())

  const own = () => `/users/me/voicemails/messages/${id}/recording`
  const paths = () => [
    { at: own(), token: anna.api.token },
    { at: `/voicemails/${box.id}/messages/${id}/recording`, token: tenant.admin.token },
  ]
  const bare = (rest: string, headers: Record<string, string> = {}, method = 'GET') =>
    fetch(installation.url + CALLD + rest, { method, headers })
  const get = (headers: Record<string, string> = {}, query = '', method = 'GET') =>
    bare(own() + query, { 'x-auth-token': anna.api.token, ...headers }, method)
  const partOf = async (answer: Response) => [
    answer.status,
    answer.headers.get('content-range'),
    Buffer.from(await answer.arrayBuffer()).toString('hex'),
  ]
  const hex = (from: number, to: number) => bytes.subarray(from, to).toString('hex')

  describe('3.6 [C]', () => {
    it('are the WAV bytes as audio/wav, on both paths', async () => {
      for (const { at, token } of paths()) {
        const answer = await bare(at, { 'x-auth-token': token })
        expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'audio/wav'])
        expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true)
      }
    })

    it.each([
      ['?download=1', true],
      ['?download=0', false],
      ['?download=true', false],
      ['?download=01', false],
      ['?download=', false],
      ['?Download=1', false],
      ['', false],
      ['?download=1&download=0', true],
      ['?download=0&download=1', false],
    ])('are an attachment with download exactly 1: %s', async (query, isAttachment) => {
      for (const { at, token } of paths()) {
        const answer = await bare(at + query, { 'x-auth-token': token })
        const expected = isAttachment ? `attachment;filename=vm-msg-${id}.wav` : null
        expect(answer.headers.get('content-disposition')).toBe(expected)
      }
    })

    it('ignore query parameters nobody knows', async () => {
      expect((await get({}, '?raw=true&color=red&x[]=1')).status).toBe(200)
    })

    it('do not mark the message read', async () => {
      const counts = () => tenant.admin.call('GET', `${CALLD}/voicemails/${box.id}/mwi`)
      const before = await counts()
      await get()
      expect(await counts()).toEqual(before)
    })

    it('of a message elsewhere or nowhere are 404, never 401 or 403', async () => {
      const other = await installation.account(tenant.uuid)
      expect((await bare(own(), { 'x-auth-token': other.api.token })).status).toBe(404)
      const nowhere = own().replace(id, 'x-1')
      expect((await bare(nowhere, { 'x-auth-token': anna.api.token })).status).toBe(404)
    })
  })

  describe('1.3 [C]: the token in the query', () => {
    it('authenticates on both paths', async () => {
      for (const { at, token } of paths()) expect((await bare(`${at}?token=${token}`)).status).toBe(200)
    })

    it('wins over the header when it is not empty, and else the header counts', async () => {
      const { token } = anna.api
      expect((await bare(`${own()}?token=${token}`, { 'x-auth-token': 'wrong' })).status).toBe(200)
      expect((await bare(`${own()}?token=wrong`, { 'x-auth-token': token })).status).toBe(401)
      expect((await bare(`${own()}?token=`, { 'x-auth-token': token })).status).toBe(200)
      expect((await bare(`${own()}?token=`)).status).toBe(401)
    })

    it('counts on recordings only', async () => {
      for (const rest of ['/users/me/voicemails', `/users/me/voicemails/messages/${id}`])
        expect((await bare(`${rest}?token=${anna.api.token}`)).status).toBe(401)
    })

    it('F-37 [B]: is in no log line and no answer, not even when it is wrong', async () => {
      const secret = 'a-wrong-but-secret-token'
      for (const at of [`${own()}?download=1&token=`, `/users/me/voicemails?token=`, `/nowhere?token=`])
        for (const token of [anna.api.token, secret]) expect(await (await bare(at + token)).text()).not.toContain(token)
      const log = lines.join('')
      expect(log).toContain(id)
      expect(log).not.toContain(anna.api.token)
      expect(log).not.toContain(secret)
    })
  })

  describe('F-26 [B]: ranges', () => {
    it.each([
      ['bytes=4-7', 'bytes 4-7/244', 4, 8],
      ['bytes=240-', 'bytes 240-243/244', 240, 244],
      ['bytes=-4', 'bytes 240-243/244', 240, 244],
      ['bytes=-999', 'bytes 0-243/244', 0, 244],
      ['bytes=243-999', 'bytes 243-243/244', 243, 244],
    ])('%s is 206', async (range, contentRange, from, to) => {
      expect(await partOf(await get({ range }))).toEqual([206, contentRange, hex(from, to)])
    })

    it.each(['bytes=244-', 'bytes=999-1000', 'bytes=-0'])('%s is 416 and says the size', async (range) => {
      expect(await partOf(await get({ range }))).toEqual([416, 'bytes */244', ''])
    })

    it.each(['bytes=7-4', 'bytes=-', 'bytes=a-b', 'lines=1-2', 'bytes=0-1,4-5', 'bytes'])(
      '%s is none that is understood: the whole',
      async (range) => {
        expect(await partOf(await get({ range }))).toEqual([200, null, hex(0, 244)])
      },
    )

    it('hold with If-Range only while it names this very recording', async () => {
      const etag = (await get()).headers.get('etag') ?? ''
      expect((await get({ range: 'bytes=0-3', 'if-range': etag })).status).toBe(206)
      for (const other of ['"other"', `W/${etag}`, 'Wed, 21 Oct 2026 07:28:00 GMT'])
        expect((await get({ range: 'bytes=0-3', 'if-range': other })).status).toBe(200)
    })
  })

  describe('F-26 [B]: conditional requests', () => {
    it('are 304 without a body while If-None-Match names the recording', async () => {
      const etag = (await get()).headers.get('etag') ?? ''
      for (const known of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
        const answer = await get({ 'if-none-match': known })
        expect([answer.status, answer.headers.get('etag'), await answer.text()]).toEqual([304, etag, ''])
      }
      expect((await get({ 'if-none-match': '"x"' })).status).toBe(200)
    })

    it('come before ranges', async () => {
      const etag = (await get()).headers.get('etag') ?? ''
      expect((await get({ 'if-none-match': etag, range: 'bytes=0-3' })).status).toBe(304)
    })
  })

  it('1.11 [C]: HEAD has the status and headers of GET, no body and no range', async () => {
    const answer = await get({ range: 'bytes=0-3' }, '?download=1', 'HEAD')
    expect([
      answer.status,
      answer.headers.get('content-length'),
      answer.headers.get('content-type'),
      answer.headers.get('content-disposition'),
      await answer.text(),
    ]).toEqual([200, '244', 'audio/wav', `attachment;filename=vm-msg-${id}.wav`, ''])
  })

  it('3.6 [B]: a message whose audio is missing is 404 with an id of its own', async () => {
    const lost = (await tenant.admin.deposit<{ id: string }>(box.id, wav(100), {})).id
    const root = path.join(installation.directory, 'audio')
    for (const entry of await readdir(root)) await rm(path.join(root, entry), { recursive: true })
    for (const { at, token } of paths()) {
      const answer = await bare(at.replace(id, lost), { 'x-auth-token': token })
      expect([answer.status, await answer.json()]).toEqual([
        404,
        expect.objectContaining({ error_id: 'no-such-voicemail-recording', details: { message_id: lost } }),
      ])
    }
  })
})
