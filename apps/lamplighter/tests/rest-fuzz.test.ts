import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DOCUMENT, OPERATIONS, type Operation } from './fuzz/operations.js'
import { type FuzzedRequest, requestsTo, type Sender } from './fuzz/requests.js'
import { type Person, type Tenant, TestInstallation, wav } from './support.js'

/** The long form is `npm run fuzz:rest`. */
const REQUESTS = Number(process.env['LAMPLIGHTER_FUZZ_REQUESTS'] ?? 1500)
const SEED = Number(process.env['LAMPLIGHTER_FUZZ_SEED'] ?? Date.now() % 1_000_000)
const AT_ONCE = 6
/** Things are deleted as it goes: so often the pool of ids is filled again. */
const ROUND = 250
/** Stands in everything the other tenant owns: nobody else may ever read it. */
const CANARY = 'Canary-of-another-tenant'

type Ids = Readonly<Record<string, string>>
type Side = { tenant: Tenant; admin: Person; user: Person; ids: Ids }

/** Operations that answer for as long as one listens. */
const ENDLESS = new Set(['text/event-stream'])

describe(`every operation of the OpenAPI document, seed ${SEED}`, () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  ajv.addSchema(DOCUMENT, 'document')
  let installation: TestInstallation
  let own: Side
  let foreign: Side
  let succeeded = 0

  beforeAll(async () => {
    installation = await TestInstallation.start()
    own = await newSide('Ours')
    foreign = await newSide(CANARY)
  })
  afterAll(() => installation.stop())

  async function newSide(name: string, tenant?: Tenant): Promise<Side> {
    const home = tenant ?? (await installation.tenant())
    const admin = await installation.account(home.uuid, ['wazo_default_admin_policy', 'wazo_default_user_policy'])
    const user = await installation.account(home.uuid)
    const box = await installation.mailbox(home, { name }, [user])
    const message = await home.admin.deposit<{ id: string }>(box.id, wav(200), { caller_id_name: name })
    const device = await installation.device(home, { user_uuid: user.uuid, name })
    const context = await home.admin.call<{ id: number }>('POST', '/api/confd/1.1/contexts', { label: name })
    const source = { name, kind: 'ari', username: `a${box.id}` }
    const { uuid: source_uuid } = await home.admin.call<{ uuid: string }>('POST', '/api/confd/1.1/mwi-sources', source)
    const mailboxName = `${900_000 + box.id}@${home.context}`
    await home.admin.call('PUT', `/ari/mailboxes/${mailboxName}?oldMessages=0&newMessages=1`)
    const ids = {
      source_uuid,
      mailboxName,
      tenant_uuid: home.uuid,
      voicemail_id: String(box.id),
      message_id: message.id,
      device_uuid: device.uuid,
      context_id: String(context.id),
      user_uuid: user.uuid,
      user: user.uuid,
      token: user.api.token,
      folder_id: '1',
      greeting: 'busy',
      client_id: 'client',
    }
    return { tenant: home, admin, user, ids }
  }

  /** `{id}` and `{uuid}` mean something else on each resource. */
  function idFor(side: Side, path: string, name: string): string {
    const resource = path.split('/')[4] ?? ''
    const meant: Record<string, string | undefined> = {
      'voicemails.id': side.ids['voicemail_id'],
      'contexts.id': side.ids['context_id'],
      'devices.uuid': side.ids['device_uuid'],
      'mwi-sources.uuid': side.ids['source_uuid'],
      'users.uuid': side.ids['user_uuid'],
      'tenants.uuid': side.ids['tenant_uuid'],
    }
    return meant[`${resource}.${name}`] ?? side.ids[name] ?? side.ids['message_id'] ?? ''
  }

  function fill(text: string, path: string): string {
    return text.replace(/\{\{(own|foreign)\.(\w+)\}\}/g, (_place, whose: string, name: string) =>
      idFor(whose === 'own' ? own : foreign, path, name),
    )
  }

  function tokenOf(sender: Sender): string | undefined {
    return { admin: own.admin.api.token, user: own.user.api.token, nobody: undefined, garbage: 'garbage' }[sender]
  }

  async function send(request: FuzzedRequest): Promise<string[]> {
    const { operation, query, body, sender } = request
    const url = `${installation.url}${fill(request.path, operation.path)}${query === '' ? '' : `?${query}`}`
    const token = tokenOf(sender)
    const headers = new Headers(token === undefined ? {} : { 'x-auth-token': token })
    for (const [name, value] of Object.entries(request.headers)) headers.set(name, fill(value, operation.path))
    const bodyless = ['GET', 'HEAD'].includes(operation.method)
    const signal = AbortSignal.timeout(20_000)
    const answer = await fetch(url, {
      method: operation.method,
      headers,
      body: bodyless ? null : (body ?? null),
      signal,
    })
    const text = await answer.text()
    return problems(request, answer, text).map((problem) => `${problem}: ${operation.method} ${url} ${body ?? ''}`)
  }

  function problems({ operation }: FuzzedRequest, answer: Response, text: string): string[] {
    const found: string[] = []
    if (answer.ok) succeeded++
    if (answer.status >= 500) found.push(`${answer.status} ${text.slice(0, 200)}`)
    if (text.includes(CANARY)) found.push(`${answer.status} shows what another tenant owns`)
    if (!(String(answer.status) in operation.responses))
      found.push(`${answer.status} is not in the document ${text.slice(0, 200)}`)
    else if (text !== '' && (answer.headers.get('content-type') ?? '').includes('json')) {
      const problem = schemaProblem(operation, answer.status, text)
      if (problem) found.push(`${answer.status} ${problem} ${text.slice(0, 200)}`)
    }
    return found
  }

  function schemaProblem({ path, method, responses }: Operation, status: number, text: string): string | undefined {
    const response = responses[status] as { $ref?: string; content?: object }
    const inline = `#/paths/${escaped(path)}/${method.toLowerCase()}/responses/${status}`
    const check = ajv.getSchema(`document${response.$ref ?? inline}/content/application~1json/schema`)
    if (!check) return 'an answer with a body that the document does not describe'
    return check(JSON.parse(text)) ? undefined : `does not fit its schema: ${ajv.errorsText(check.errors)}`
  }

  it(`answers ${REQUESTS} valid, odd and hostile requests within its document, without a failure of ours or a leak`, async () => {
    const fuzzed = OPERATIONS.filter(({ responses }) => !Object.values(responses).some(isEndless))
    const operation = fc.constantFrom(...fuzzed).chain(requestsTo)
    const found: string[] = []
    succeeded = 0
    for (let done = 0; done < REQUESTS; done += ROUND) {
      own = await newSide('Ours', own.tenant)
      const batch = fc.sample(operation, { numRuns: Math.min(ROUND, REQUESTS - done), seed: SEED + done })
      const next = batch.values()
      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          for (const request of next) found.push(...(await send(request)))
        }),
      )
      if (found.length > 20) break
    }
    expect(found.slice(0, 20)).toEqual([])
    // A fuzzer that is refused everything proves nothing.
    expect(succeeded).toBeGreaterThan(REQUESTS / 20)
  }, 1_200_000)
})

/** A key of the document as part of a JSON pointer in a URI. */
function escaped(key: string): string {
  return encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))
}

function isEndless(response: unknown): boolean {
  const { content } = response as { content?: Record<string, unknown> }
  return Object.keys(content ?? {}).some((type) => ENDLESS.has(type))
}
