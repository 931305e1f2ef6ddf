import { execFile } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { TlsProxy } from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Person, type Tenant, TestInstallation, wav } from './support.js'

const CLIENT = fileURLToPath(new URL('clients/wazo-sdk.mjs', import.meta.url))

describe('@wazo/sdk from npm, unmodified', () => {
  let installation: TestInstallation
  let proxy: TlsProxy
  let tenant: Tenant
  let anna: Person
  let seen: Record<string, unknown>
  let messages: { id: string }[]
  let mailbox: number

  beforeAll(async () => {
    installation = await TestInstallation.start()
    const certificate = path.join(installation.directory, 'proxy.pem')
    proxy = await TlsProxy.start(installation.url, certificate)
    tenant = await installation.tenant()
    anna = await installation.account(tenant.uuid)
    mailbox = (await installation.mailbox(tenant, { name: 'Anna' }, [anna])).id
    messages = []
    for (const timestamp of ['1700000000', '1800000000']) {
      const facts = { caller_id_name: 'Ines', caller_id_num: '1042', timestamp }
      messages.push(await tenant.admin.deposit<{ id: string }>(mailbox, wav(16_000), facts))
    }
    const instructions = JSON.stringify({ server: proxy.server, username: anna.username, password: 'a password' })
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: certificate }
    const { stdout } = await promisify(execFile)(process.execPath, [CLIENT, instructions], { env, timeout: 30_000 })
    seen = JSON.parse(stdout) as Record<string, unknown>
  })
  afterAll(async () => {
    await proxy.stop()
    await installation.stop()
  })

  it('1.13 [C]: logs in, boots and knows who it is', () => {
    expect(seen['session']).toEqual({ uuid: anna.uuid, tenantUuid: tenant.uuid, refresh: 'string' })
    expect(seen['profile']).toMatchObject({ voicemail: { id: mailbox, name: 'Anna' }, lines: 0 })
    expect(seen['engineVersion']).toMatch(/^\d+\.\d+/)
  })

  it('1.13 [C]: lists the own mailbox, newest first', () => {
    const shown = { unread: true, caller: { name: 'Ines', number: '1042' }, duration: 2000 }
    expect(seen['listed']).toEqual([messages[1], messages[0]].map((message) => ({ id: message?.id, ...shown })))
  })

  it('1.13 [C]: plays through its URL, with the token in the query', () => {
    expect(seen['played']).toEqual({ status: 200, type: 'audio/wav', bytes: 32_044 })
  })

  it('1.13 [C]: marks as read and deletes', () => {
    expect([seen['moved'], seen['deleted']]).toEqual([true, true])
    expect(seen['after']).toEqual([{ id: messages[1]?.id, unread: false }])
  })

  it('1.13 [C]: refreshes an expired token by itself and repeats the call', () => {
    expect([seen['afterExpiry'], seen['refreshed']]).toEqual([1, true])
  })

  it('1.13 [C]: logs out, and its token is unknown then', () => {
    expect(seen['loggedOut']).toBe(true)
    expect(seen['afterLogOut']).not.toBe(true)
  })
})
