import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Person, request, type Tenant, TestInstallation, type Voicemail, wav } from './support.js'

const CONFD = '/api/confd/1.1'
const CALLD = '/api/calld/1.0'

describe('a mailbox whose messages lie elsewhere', () => {
  let installation: TestInstallation
  let tenant: Tenant
  let anna: Person
  let own: Voicemail
  let external: Voicemail

  beforeAll(async () => {
    installation = await TestInstallation.start()
    tenant = await installation.tenant()
    anna = await installation.account(tenant.uuid)
    own = await installation.mailbox(tenant, { accesstype: 'global' })
    external = await installation.mailbox(tenant, { external: { source: 'ari' } }, [anna])
  })
  afterAll(() => installation.stop())

  const refused = async (method: string, path: string, body?: string | Uint8Array<ArrayBuffer>) => {
    const { status, json, headers } = await request(installation.url + path, {
      method,
      token: tenant.admin.token,
      ...(body === undefined ? {} : { body }),
    })
    return [status, headers.get('x-error-codes') ?? (json as { error_id?: string })?.error_id]
  }

  it('says so wherever it is shown, and that nothing was heard of it yet; our own says null', async () => {
    const never = { source: 'ari', last_heard_at: null, stale: false }
    const shown = await tenant.admin.call('GET', `${CONFD}/voicemails/${external.id}`)
    expect([shown, await tenant.admin.call('GET', `${CONFD}/voicemails/${own.id}`)]).toMatchObject([
      { external: never },
      { external: null },
    ])
    const folders = await tenant.admin.call('GET', `${CALLD}/voicemails/${external.id}`)
    expect(folders).toMatchObject({ external: never, folders: expect.any(Array) })
    const reached = await anna.api.call<{ items: Voicemail[] }>('GET', `${CALLD}/users/me/voicemails/all`)
    expect(reached.items).toMatchObject([
      { id: own.id, external: null },
      { id: external.id, external: never, counts: { new: 0 } },
    ])
  })

  it('takes no message, archive, copy, greeting or PIN', async () => {
    const { id } = await tenant.admin.deposit<{ id: string }>(own.id, wav(100), {})
    const archive = await fetch(`${installation.url}${CALLD}/voicemails/${own.id}/export`, {
      headers: { 'x-auth-token': tenant.admin.token },
    })
    expect(archive.status).toBe(200)
    const box = `${CALLD}/voicemails/${external.id}`
    const to = JSON.stringify({ voicemail_ids: [external.id] })
    const no = [409, 'voicemail-external']
    expect(await refused('POST', `${box}/messages`, wav(100))).toEqual(no)
    expect(await refused('POST', `${box}/import`, new Uint8Array(await archive.arrayBuffer()))).toEqual(no)
    expect(await refused('POST', `${CALLD}/voicemails/${own.id}/messages/${id}/forward`, to)).toEqual(no)
    expect(await refused('POST', `${box}/greetings/busy`, wav(100))).toEqual(no)
    const confd = [400, 'voicemail-external']
    expect(await refused('PUT', `${CONFD}/voicemails/${external.id}`, '{"password": "83047"}')).toEqual(confd)
    const body = { name: 'x', number: '77', context: tenant.context, password: '83047', external: { source: 'notify' } }
    expect(await refused('POST', `${CONFD}/voicemails`, JSON.stringify(body))).toEqual(confd)
    const verdict = await tenant.admin.call('POST', `${CONFD}/voicemails/${external.id}/pin/verify`, { pin: '83047' })
    expect(verdict).toMatchObject({ verified: false })
  })

  it('is otherwise changed as any other, and what a client read and sends back is no change of its source', async () => {
    const path = `${CONFD}/voicemails/${external.id}`
    const read = await tenant.admin.call<object>('GET', path)
    await tenant.admin.call('PUT', path, { ...read, external: { source: 'notify' }, name: 'renamed', password: null })
    expect(await tenant.admin.call('GET', path)).toMatchObject({ name: 'renamed', external: { source: 'ari' } })
  })
})
