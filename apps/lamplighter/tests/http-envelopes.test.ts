import http from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Person, request, type Tenant, TestInstallation, wav } from './support.js'

const CONFD = '/api/confd/1.1'
const CALLD = '/api/calld/1.0'
const AUTH = '/api/auth/0.1'

describe('answers', () => {
  let installation: TestInstallation
  let tenant: Tenant
  let anna: Person

  beforeAll(async () => {
    installation = await TestInstallation.start()
    tenant = await installation.tenant()
    anna = await installation.account(tenant.uuid)
  })
  afterAll(() => installation.stop())

  const call = (method: string, path: string, init: Omit<NonNullable<Parameters<typeof request>[1]>, 'method'> = {}) =>
    request(installation.url + path, { method, token: tenant.admin.token, ...init })
  const fresh = () => JSON.stringify({ name: 'b', number: installation.nextNumber(), context: tenant.context })

  describe('in error', () => {
    const E2 = { message: expect.any(String), timestamp: expect.any(Number) }
    const listOf = (text: string) => [expect.stringContaining(text)]

    it('1.8 E1 [C]: confd answers an array of strings: 401, 404, a bad field each, a rule', async () => {
      expect(await call('GET', `${CONFD}/voicemails`, { token: undefined })).toMatchObject({
        status: 401,
        json: [expect.any(String)],
      })
      expect(await call('GET', `${CONFD}/voicemails`, { headers: { 'wazo-tenant': 'x' } })).toMatchObject({
        status: 401,
        json: [expect.any(String)],
      })
      expect(await call('GET', `${CONFD}/voicemails/4711`)).toMatchObject({
        status: 404,
        json: ["Resource Not Found - Voicemail was not found ('id': 4711)"],
      })
      const fields = await call('POST', `${CONFD}/voicemails`, { body: '{"name": 1, "number": "x"}' })
      expect(fields.status).toBe(400)
      expect((fields.json as string[]).map((line) => line.split(':')[0]).sort()).toEqual(
        ['context', 'name', 'number'].map((field) => `Input Error - ${field}`),
      )
      const taken = fresh()
      await call('POST', `${CONFD}/voicemails`, { body: taken })
      expect(await call('POST', `${CONFD}/voicemails`, { body: taken })).toMatchObject({
        status: 400,
        json: listOf('Resource Error - Voicemail already exists'),
      })
    })

    it('1.8 E2, 1.9 [C]: calld says why a token does not do, with the access it needs, and (F-37) never the token', async () => {
      const secret = '6d1f8c1e-0000-4000-8000-00000000abcd'
      const path = `${CALLD}/voicemails/1`
      const unknown = await call('GET', path, { token: secret })
      expect(unknown).toMatchObject({ status: 401, json: { ...E2, error_id: 'unauthorized' } })
      expect((unknown.json as { details: object }).details).toEqual({
        invalid_token: null,
        reason: 'not_found_or_expired',
        required_access: 'calld.voicemails.1.read',
      })
      expect(unknown.text).not.toContain(secret)
      const nobody = await installation.accountWith(tenant.uuid, ['nothing'])
      const refusal = { reason: 'missing_permission_or_invalid_tenant', required_access: 'calld.voicemails.1.read' }
      expect(await call('GET', path, { token: nobody.api.token })).toMatchObject({
        status: 401,
        json: { ...E2, error_id: 'unauthorized', details: { ...refusal, tenant_uuid: null } },
      })
      expect(await call('GET', path, { headers: { 'wazo-tenant': 'not-a-uuid' } })).toMatchObject({
        status: 401,
        json: { ...E2, error_id: 'unauthorized', details: { ...refusal, tenant_uuid: 'not-a-uuid' } },
      })
    })

    it('1.8 E2 [C]: calld names what is not there, and every bad or unknown name with its constraint', async () => {
      expect(await call('GET', `${CALLD}/voicemails/4711`)).toMatchObject({
        status: 404,
        json: { ...E2, error_id: 'no-such-voicemail', details: { voicemail_id: 4711 } },
      })
      const { status, json } = await call('GET', `${CALLD}/users/me/voicemails/messages?limit=0&order=size&color=red`)
      expect([status, json]).toEqual([
        400,
        {
          ...E2,
          error_id: 'invalid-data',
          details: {
            limit: [{ constraint_id: 'range', constraint: { min: 1 }, message: expect.any(String) }],
            order: [
              {
                constraint_id: 'enum',
                constraint: { choices: ['id', 'caller_id_name', 'duration', 'timestamp'] },
                message: expect.any(String),
              },
            ],
            color: [expect.any(String)],
          },
        },
      ])
    })

    it('1.9 [C]: a malformed id is 404 E4 in confd and 400 E2 in calld', async () => {
      expect((await call('GET', `${CONFD}/voicemails/x`)).json).toEqual({ message: expect.any(String) })
      expect(await call('GET', `${CALLD}/voicemails/x`)).toMatchObject({
        status: 400,
        json: { ...E2, error_id: 'invalid-voicemail-id' },
      })
    })

    it('1.8 E3 [C]: the token endpoints answer three keys, two of them arrays of one', async () => {
      const token = '6d1f8c1e-0000-4000-8000-00000000abcd'
      expect(await call('GET', `${AUTH}/token/${token}`)).toMatchObject({
        status: 404,
        json: { reason: ['No such token'], timestamp: [expect.any(Number)], status_code: 404 },
      })
    })

    it('1.9, 1.10 [C]: a body that is missing or not JSON is 400: E1 in confd, E4 in calld and auth', async () => {
      const box = await installation.mailbox(tenant)
      const { id } = await tenant.admin.deposit<{ id: string }>(box.id, wav(), {})
      const move = `${CALLD}/voicemails/${box.id}/messages/${id}`
      for (const body of ['', '{', 'x=1']) {
        expect(await call('POST', `${CONFD}/voicemails`, { body })).toMatchObject({
          status: 400,
          json: [expect.any(String)],
        })
        expect(await call('PUT', move, { body })).toMatchObject({ status: 400, json: { message: expect.any(String) } })
        expect(await call('POST', `${AUTH}/token`, { body })).toMatchObject({
          status: 400,
          json: { message: expect.any(String) },
        })
      }
    })

    it('1.10 [C]: an array or a string is 400 everywhere; null is {} in confd and auth, 400 in calld', async () => {
      const box = await installation.mailbox(tenant)
      const { id } = await tenant.admin.deposit<{ id: string }>(box.id, wav(), {})
      const move = `${CALLD}/voicemails/${box.id}/messages/${id}`
      for (const body of ['[]', '"a"', '1'])
        for (const [method, path] of [
          ['POST', `${CONFD}/contexts`],
          ['PUT', move],
          ['POST', `${AUTH}/token`],
        ] as const)
          expect([path, body, (await call(method, path, { body })).status]).toEqual([path, body, 400])
      expect((await call('PUT', move, { body: 'null' })).status).toBe(400)
      expect((await call('PUT', `${CONFD}/voicemails/${box.id}`, { body: 'null' })).status).toBe(204)
      expect((await call('POST', `${AUTH}/token`, { body: 'null' })).status).toBe(401)
    })

    it('F-47 [B]: NUL and half characters in a query, a body or a path are 400 or 404, never 500', async () => {
      expect((await call('GET', `${CONFD}/voicemails?search=%00`)).status).toBe(400)
      expect((await call('GET', `${CONFD}/voicemails?name=a%00b`)).status).toBe(400)
      expect((await call('GET', `${CALLD}/users/me/voicemails/messages?order=%00`)).status).toBe(400)
      expect((await call('GET', `${CALLD}/voicemails/%00`)).status).toBe(404)
      expect((await call('GET', `${AUTH}/token/%00`)).status).toBe(404)
      for (const text of ['\\u0000', '\\ud800']) {
        const body = `{"label": "a${text}b"}`
        expect((await call('POST', `${CONFD}/contexts`, { body })).json).toEqual(listOf('label'))
      }
    })
  })

  describe('in general', () => {
    it('1.10 [C]: JSON ends with a newline, 204 has no body', async () => {
      const { text, headers } = await call('GET', `${CONFD}/voicemails`)
      expect(text.endsWith('}\n')).toBe(true)
      expect(Number(headers.get('content-length'))).toBe(Buffer.byteLength(text))
      const box = await installation.mailbox(tenant)
      const { status, text: nothing } = await call('DELETE', `${CONFD}/voicemails/${box.id}`)
      expect([status, nothing]).toEqual([204, ''])
    })

    it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'nonsense', ';;'])(
      '1.2 [C]: the content type %j changes nothing for JSON bodies',
      async (type) => {
        const headers = { 'content-type': type }
        expect((await call('POST', `${CONFD}/voicemails`, { body: fresh(), headers })).status).toBe(201)
      },
    )

    it('1.2 [C]: Accept is ignored', async () => {
      const { status, json } = await call('GET', `${CONFD}/voicemails`, { headers: { accept: 'image/png' } })
      expect([status, Array.isArray((json as { items: unknown[] }).items)]).toEqual([200, true])
    })

    it('1.10 [C]: what takes no body takes an empty one with the JSON content type', async () => {
      const headers = { 'content-type': 'application/json' }
      const box = await installation.mailbox(tenant)
      const own = `${CONFD}/users/${anna.uuid}/voicemails`
      expect((await call('PUT', `${own}/${box.id}`, { headers })).status).toBe(204)
      expect((await call('GET', own, { headers })).status).toBe(200)
      expect((await call('DELETE', own, { headers })).status).toBe(204)
      expect((await call('DELETE', `${CONFD}/voicemails/${box.id}`, { headers })).status).toBe(204)
    })

    it('1.2 [C]: X-User-UUID and a malformed traceparent are ignored, not refused', async () => {
      const headers = { 'x-user-uuid': 'whoever', traceparent: 'garbage' }
      expect((await call('GET', `${CONFD}/voicemails`, { headers })).status).toBe(200)
    })

    it('F-30 [B]: raw=true is accepted and ignored on the own list', async () => {
      const { status } = await call('GET', `${CALLD}/users/me/voicemails/messages?raw=true&voicemail_type=all`)
      expect(status).toBe(200)
    })

    it('1.7 [C]: unknown query names are ignored in confd and refused in calld lists', async () => {
      expect((await call('GET', `${CONFD}/voicemails?color=red&limit=1&limit=0`)).status).toBe(200)
      expect((await call('GET', `${CALLD}/users/me/voicemails/messages?colour=red`)).status).toBe(400)
    })

    it('1.1 [C]: status of confd and calld', async () => {
      expect((await call('GET', `${CONFD}/status`)).json).toMatchObject({ rest_api: { status: 'ok' } })
      expect((await call('GET', `${CALLD}/status`)).json).toMatchObject({
        plugins: { voicemails: { status: 'ok', cache_items: 0 } },
      })
      for (const path of [`${CONFD}/status`, `${CALLD}/status`])
        expect((await call('GET', path, { token: undefined })).status).toBe(401)
    })
  })

  describe('with absolute URLs', () => {
    /** `fetch` sets Host itself. */
    function create(headers: Record<string, string>): Promise<{ location: string; href: string }> {
      const { port } = new URL(installation.url)
      return new Promise((resolve, reject) => {
        const options = { method: 'POST', port, path: `${CONFD}/voicemails`, host: '127.0.0.1' }
        const sent = http.request(
          { ...options, headers: { 'x-auth-token': tenant.admin.token, ...headers } },
          (response) => {
            let text = ''
            response.on('data', (chunk) => {
              text += chunk
            })
            response.on('end', () => {
              const { links } = JSON.parse(text) as { links: { href: string }[] }
              resolve({ location: response.headers.location ?? '', href: links[0]?.href ?? '' })
            })
          },
        )
        sent.once('error', reject).end(fresh())
      })
    }

    it.each([
      [{ host: 'pbx.example:8443' }, 'http://pbx.example:8443/api/confd/1.1/voicemails/'],
      [{ host: 'pbx.example', 'x-forwarded-proto': 'https' }, 'https://pbx.example/api/confd/1.1/voicemails/'],
      [{ host: 'pbx.example', 'x-script-name': '/api/confd' }, 'http://pbx.example/api/confd/1.1/voicemails/'],
      [
        { host: 'pbx.example', 'x-script-name': '/voice/conf-d_2' },
        'http://pbx.example/voice/conf-d_2/1.1/voicemails/',
      ],
      [{ host: 'pbx.example', 'x-script-name': '/' }, 'http://pbx.example/1.1/voicemails/'],
      [{ host: 'pbx.example', 'x-script-name': '//evil.example:1/"x' }, 'http://pbx.example/api/confd/1.1/voicemails/'],
      [{ host: 'pbx.example', 'x-forwarded-proto': 'javascript' }, 'http://pbx.example/api/confd/1.1/voicemails/'],
      [{ host: 'a"onload=' }, 'http://localhost/api/confd/1.1/voicemails/'],
    ])('1.1 [C]: Location and links are where the proxy shows us: %j', async (headers, expected) => {
      const { location, href } = await create(headers)
      expect(location.replace(/\d+$/, '')).toBe(expected)
      expect(href).toBe(location)
    })
  })
})
