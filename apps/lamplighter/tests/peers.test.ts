import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { compileLinphone, reasonWithout, startLinphone, startTwinkle, waitFor } from '@lamplighter/testing'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Person, type Tenant, TestInstallation, type Voicemail, wav } from './support.js'

const asked = process.env['LAMPLIGHTER_PEERS'] === '1'

/** `npm run test:peers`: clients that are large to install. */
describe.skipIf(!asked)('large clients', () => {
  let installation: TestInstallation
  let pages: Server
  let tenant: Tenant
  let anna: Person
  let annas: Voicemail

  beforeAll(async () => {
    pages = createServer((request, response) => void servePage(request, response))
    await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve))
    installation = await TestInstallation.start({ LAMPLIGHTER_SIP_WS_ORIGINS: origin() })
    tenant = await installation.tenant()
    anna = await installation.account(tenant.uuid)
    annas = await installation.mailbox(tenant, {}, [anna])
  })
  afterAll(async () => {
    pages.close()
    await installation.stop()
  })

  const origin = () => `http://127.0.0.1:${(pages.address() as AddressInfo).port}`

  /** Lit by a deposit, dark by a deletion, as the client's own words say. */
  async function followLamp(bodies: () => readonly string[] | Promise<readonly string[]>): Promise<void> {
    const shows = (text: string) => async () => (await bodies()).at(-1)?.includes(text)
    await waitFor(shows('Messages-Waiting: no'), { what: 'the first NOTIFY', timeoutMs: 30_000 })
    const message = await tenant.admin.deposit<{ id: string }>(annas.id, wav(100), {})
    await waitFor(shows('Voice-Message: 1/0'), { what: 'the deposit to light it' })
    await anna.api.call('DELETE', `/api/calld/1.0/users/me/voicemails/messages/${message.id}`)
    await waitFor(shows('Messages-Waiting: no'), { what: 'the deletion to darken it' })
  }

  it.each(['udp', 'tcp'] as const)(
    'liblinphone over %s',
    async (transport) => {
      const binary = await compileLinphone()
      if (binary === undefined) throw new Error('liblinphone can neither be found nor installed')
      const { username, password } = await installation.device(tenant, { user_uuid: anna.uuid })
      const port = installation.lamplighter.sipPorts?.[transport === 'udp' ? 'UDP' : 'TCP']
      const phone = await startLinphone(binary, { username, password, server: `127.0.0.1:${port}`, transport })
      await followLamp(() => phone.bodies)
      await phone.stop()
    },
    400_000,
  )

  it('Twinkle', async () => {
    expect(await reasonWithout('twinkle-console')).toBeUndefined()
    const { username, password } = await installation.device(tenant, { user_uuid: anna.uuid })
    const phone = await startTwinkle({ username, password, server: `127.0.0.1:${installation.sipPort}` })
    await followLamp(() => phone.bodies())
    await phone.stop()
  }, 400_000)

  it('SIP.js in Chromium', async () => {
    expect(await reasonWithout('chromium')).toBeUndefined()
    const { username, password } = await installation.device(tenant, { user_uuid: anna.uuid })
    const browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu'],
    })
    const page = await browser.newPage()
    const url = `${installation.url.replace(/^http/, 'ws')}/api/sip`
    await page.goto(`${origin()}/?${new URLSearchParams({ url, username, password })}`)
    await followLamp(() => page.evaluate('globalThis.bodies'))
    await browser.close()
  }, 400_000)
})

const PAGE = `<!doctype html><script type="module">
import { Registerer, RegistererState, Subscriber, UserAgent } from '/lib/index.js'
globalThis.bodies = []
const { url, username, password } = Object.fromEntries(new URLSearchParams(location.search))
const uri = UserAgent.makeURI('sip:' + username + '@127.0.0.1')
const agent = new UserAgent({ uri, transportOptions: { server: url }, authorizationUsername: username, authorizationPassword: password })
const registerer = new Registerer(agent, { expires: 120 })
registerer.stateChange.addListener((state) => {
  if (state !== RegistererState.Registered) return
  const onNotify = (one) => { bodies.push(one.request.body); one.accept() }
  const extraHeaders = ['Accept: application/simple-message-summary']
  new Subscriber(agent, uri, 'message-summary', { expires: 600, extraHeaders, delegate: { onNotify } }).subscribe()
})
await agent.start()
await registerer.register()
</script>`

/** The page and the library's modules as they are published. */
async function servePage(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1')
  const library = path.dirname(fileURLToPath(import.meta.resolve('sip.js')))
  const text = pathname.startsWith('/lib/')
    ? await readFile(path.join(library, pathname.slice(5)), 'utf8').catch(() => '')
    : PAGE
  response.setHeader('content-type', pathname.startsWith('/lib/') ? 'text/javascript' : 'text/html')
  response.end(text)
}
