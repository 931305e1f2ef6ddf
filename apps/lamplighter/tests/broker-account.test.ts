import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createLogger } from '@lamplighter/runtime'
import { evaluate, startBroker, waitFor } from '@lamplighter/testing'
import { type Channel, type ChannelModel, connect } from 'amqplib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { brokerPermissions } from '../src/broker-account.js'
import { readConfig, SERVICE_NAMES, type ServiceName } from '../src/config.js'
import type { ApiClient } from '../src/demo/api-client.js'
import { Lamplighter } from '../src/lamplighter.js'
import { attempt } from './amqp-support.js'
import { MessageListener } from './message-listener.js'
import { RawPhone } from './raw-phone.js'
import { request, type Tenant, TestInstallation, testEnvironment, type Voicemail, wav } from './support.js'

const SCRIPT = fileURLToPath(new URL('../../../scripts/rabbitmq-auth.mjs', import.meta.url))
const VHOST = 'lamps'
/** Where nobody has declared anything yet when the services come one by one. */
const PARTS = 'parts'
const WHOLE = 'whole'
const PASSWORD = 'its-password'
const CREATED = 'global_voicemail_message_created'
const FOREIGN = 'a.foreign.queue'
const HEARTBEAT_SEC = 10

let broker: Awaited<ReturnType<typeof startBroker>>
/** The administrator of the broker, who may everything, by virtual host. */
const operators = new Map<string, ChannelModel>()

beforeAll(async () => {
  // A broker that wants no heartbeats, as the original's (bus.md 6.3 row 27).
  broker = await startBroker({ config: 'heartbeat = 0\n' })
  for (const vhost of [VHOST, PARTS]) {
    const allowed = erlang('set_permissions', 'guest', vhost, '.*', '.*', '.*', 'test')
    await evaluate(broker.ctlEnv, `rabbit_vhost:add(<<"${vhost}">>, <<"test">>), ${allowed}.`)
    operators.set(vhost, await connect(`${broker.url}/${vhost}`))
  }
}, 120_000)

afterAll(async () => {
  for (const operator of operators.values()) await operator.close()
  await broker?.stop()
})

function operatorOf(vhost: string): ChannelModel {
  return operators.get(vhost) as ChannelModel
}

/** What the script of the operators does or says. */
async function script(account: string, args: readonly string[], password: string): Promise<string> {
  const env = {
    ...process.env,
    ...broker.ctlEnv,
    RABBITMQ_ACCOUNT: account,
    RABBITMQ_ACCOUNT_VHOST: VHOST,
    ...(password === '' ? {} : { RABBITMQ_ACCOUNT_PASSWORD: password }),
  }
  return (await promisify(execFile)(process.execPath, [SCRIPT, 'permissions', ...args], { env })).stdout
}

/** Makes an account for each service, as the script does, but at once. */
async function makeAccounts(): Promise<void> {
  const work = SERVICE_NAMES.flatMap((name) => {
    const { configure, write, read, topic } = brokerPermissions([name])
    return [
      erlang('add_user', name, PASSWORD, 'test'),
      erlang('set_permissions', name, PARTS, configure, write, read, 'test'),
      erlang('set_topic_permissions', name, PARTS, topic.exchange, topic.write, topic.read, 'test'),
    ]
  })
  await evaluate(broker.ctlEnv, `${work.join(', ')}.`)
}

function erlang(call: string, ...texts: readonly string[]): string {
  return `rabbit_auth_backend_internal:${call}(${texts.map((text) => `<<${JSON.stringify(text)}>>`).join(', ')})`
}

function urlOf(name: string, password: string, vhost = VHOST): string {
  return `amqp://${name}:${password}@${new URL(broker.url).host}/${vhost}`
}

/** As {@link attempt}, whatever words the broker has for a refusal. */
async function attemptOf(connection: ChannelModel, work: (channel: Channel) => Promise<unknown>): Promise<string> {
  const outcome = await attempt(connection, work)
  return /403|ACCESS.REFUSED/i.test(outcome) ? 'refused' : outcome
}

async function published(channel: Channel, exchange: string, key = ''): Promise<unknown> {
  channel.publish(exchange, key, Buffer.from('{}'))
  // The broker answers what comes behind a refused publication with the closing of the channel.
  return channel.checkExchange('amq.direct')
}

type Attempts = Readonly<Record<string, (channel: Channel) => Promise<unknown>>>

/** What of this an account is not refused. */
async function allowedOf(url: string, attempts: Attempts): Promise<string[]> {
  const connection = await connect(url)
  connection.on('error', () => {})
  const allowed: string[] = []
  for (const [what, work] of Object.entries(attempts)) {
    const outcome = await attemptOf(connection, work)
    if (outcome !== 'refused') allowed.push(`${what}: ${outcome}`)
  }
  await connection.close()
  return allowed
}

/** What no service of ours has a reason to do. */
const FOREIGN_ATTEMPTS: Attempts = {
  'declare a queue': (channel) => channel.assertQueue('mine'),
  'declare a queue the broker names': (channel) => channel.assertQueue('', { exclusive: true }),
  'declare an exchange': (channel) => channel.assertExchange('mine', 'topic'),
  'delete a queue': (channel) => channel.deleteQueue(FOREIGN),
  'consume from a queue': (channel) => channel.consume(FOREIGN, () => {}),
  'get from a queue': (channel) => channel.get(FOREIGN),
  'purge a queue': (channel) => channel.purgeQueue(FOREIGN),
  'bind a queue to events': (channel) => channel.bindQueue(FOREIGN, 'wazo-headers', ''),
  'bind exchanges': (channel) => channel.bindExchange('amq.topic', 'wazo-headers', ''),
  'publish on amq.topic': (channel) => published(channel, 'amq.topic', 'a'),
  'publish on amq.fanout': (channel) => published(channel, 'amq.fanout'),
  'publish to all tenants at once': (channel) => published(channel, 'vm.events', 'all.events'),
}

/** What one service may do, maybe, and all others may not. */
const OTHERS_ATTEMPTS: Attempts = {
  'publish events': (channel) => published(channel, 'wazo-headers'),
  'publish events to a tenant': (channel) => published(channel, 'vm.events', `${randomUUID()}.all.events.x`),
  'publish to a queue': (channel) => published(channel, '', FOREIGN),
  'publish dead letters of tenants': (channel) => published(channel, 'vm.dead'),
  'delete the exchange of events': (channel) => channel.deleteExchange('wazo-headers'),
  'read the dead letters': (channel) => channel.get('lamplighter.dead'),
  'read the dead letters of tenants': (channel) => channel.get('ev.dead'),
  'make a queue of a tenant': (channel) => channel.assertQueue(`ev.${randomUUID()}.crm`),
  'read what transcribers say': (channel) => channel.get('calld.transcription'),
}

/** Nothing here may be done by somebody else than this service. */
const OWN: Readonly<Record<ServiceName, readonly string[]>> = {
  authd: [],
  confd: ['publish to a queue', 'publish dead letters of tenants', 'make a queue of a tenant'],
  calld: ['read what transcribers say'],
  websocketd: [],
  relayd: [
    'publish events',
    'publish events to a tenant',
    'delete the exchange of events',
    'read the dead letters',
    'read the dead letters of tenants',
  ],
  mwid: [],
}

type Letters = { items: { id: number; queue: string; event_id: string | null }[] }

/** The APIs and ports of an installation, in one process or in six. */
type Places = {
  readonly confd: string
  readonly calld: string
  readonly websocketd: string
  readonly sip: number
  readonly vhost: string
}

/** Whom it is used by. */
type Subjects = { readonly tenant: Tenant; readonly box: Voicemail; readonly master: ApiClient }

/** Messages in the mailbox so far. */
let deposited = 0

/** Uses everything that goes over the broker, once. */
async function useEverything({ tenant, box, master }: Subjects, places: Places): Promise<void> {
  const confd = tenant.admin.at(places.confd)
  const operator = operatorOf(places.vhost)
  const crm = await consumerOf(confd, tenant, operator)
  const phone = await watchingPhone(confd, places.sip)
  const websocketUrl = `${places.websocketd.replace('http', 'ws')}/api/websocketd/?version=2`
  const softphone = await MessageListener.open(websocketUrl, tenant.admin.token, CREATED)
  await confd.call('PUT', `/api/confd/1.1/voicemails/${box.id}`, { name: randomUUID() })
  const { id } = await tenant.admin.at(places.calld).deposit<{ id: string }>(box.id, wav(50), {})
  await waitFor(() => softphone.messages.includes(id), { what: 'the event at the softphone' })
  deposited++
  await waitFor(() => phone.notified.at(-1)?.body.includes(`Voice-Message: ${deposited}/0`), { what: 'the lamp' })
  await waitFor(() => crm.heard.includes(`vm.events ${CREATED}`), { what: 'the event at the consumer of the tenant' })
  await waitFor(() => crm.heard.includes('wazo-headers voicemail_edited'), { what: 'the event by its name' })
  await parkAndSendAgain(master.at(places.confd), operator)
  await confd.call('DELETE', '/api/confd/1.1/event-consumers/crm')
  expect(await attemptOf(operator, (channel) => channel.checkQueue(crm.queue))).toMatch(/404|NOT.FOUND/)
  softphone.leave()
  await phone.stop()
}

/** A consumer of the tenant with both kinds of bindings, and what its queue got. */
async function consumerOf(confd: ApiClient, tenant: Tenant, operator: ChannelModel) {
  const { queue, ready } = await confd.call<{ queue: string; ready: boolean }>(
    'POST',
    '/api/confd/1.1/event-consumers',
    { name: 'crm', events: ['voicemail_edited'], bindings: [`${tenant.uuid}.*.events.voicemails.#`] },
  )
  expect(ready).toBe(true)
  const heard: string[] = []
  const channel = await operator.createChannel()
  await channel.consume(queue, (message) => {
    if (!message) return
    heard.push(`${message.fields.exchange} ${message.properties.type}`)
    channel.ack(message)
  })
  return { queue, heard }
}

async function watchingPhone(confd: ApiClient, port: number): Promise<RawPhone> {
  const login = { username: `d${randomUUID().slice(0, 8)}`, password: 'a-sip-password' }
  const device = { sip_username: login.username, sip_password: login.password }
  await confd.call('POST', '/api/confd/1.1/devices', device)
  const phone = new RawPhone(login, port)
  await phone.start()
  expect((await phone.subscribe()).status).toBe(200)
  return phone
}

/** A message that no handler can take is kept, sent again and kept again. */
async function parkAndSendAgain(master: ApiClient, operator: ChannelModel): Promise<void> {
  const messageId = randomUUID()
  const channel = await operator.createChannel()
  const headers = { name: 'voicemail_transcription_completed' }
  channel.publish('wazo-headers', '', Buffer.from('{"data": 7}'), { headers, messageId })
  const letter = async (before = 0) =>
    (await master.call<Letters>('GET', '/api/confd/1.1/dead-letters')).items.find(
      ({ event_id, id }) => event_id === messageId && id > before,
    )
  const first = await waitFor(() => letter(), { what: 'the dead letter' })
  expect(first?.queue).toBe('calld.transcription')
  await master.call('POST', `/api/confd/1.1/dead-letters/${first?.id}/redrive`)
  await waitFor(() => letter(first?.id), { what: 'the dead letter again' })
  await channel.close()
}

describe('an installation under an account of its own (bus.md 6.3 row 27)', () => {
  let url: string
  let installation: TestInstallation
  let subjects: Subjects

  const places = (): Places => {
    const { url: http, sipPort: sip } = installation
    return { confd: http, calld: http, websocketd: http, sip, vhost: VHOST }
  }

  beforeAll(async () => {
    await script(WHOLE, ['--apply'], PASSWORD)
    url = urlOf(WHOLE, PASSWORD)
    installation = await TestInstallation.start({ AMQP_URL: url })
    const tenant = await installation.tenant()
    const box = await installation.mailbox(tenant, { accesstype: 'global' })
    subjects = { tenant, box, master: await installation.master() }
    const channel = await operatorOf(VHOST).createChannel()
    await channel.assertQueue(FOREIGN)
    await channel.close()
  })
  afterAll(() => installation?.stop())

  it('does everything it does under any other', async () => {
    await useEverything(subjects, places())
  })

  it('starts again on what it declared before', async () => {
    installation = await installation.restart({ AMQP_URL: url })
    await useEverything(subjects, places())
  })

  it('asks for a heartbeat though the broker wants none', async () => {
    const said = await evaluate(
      broker.ctlEnv,
      `[rabbit_reader:info(P, [timeout]) || P <- rabbit_networking:connections_local(), rabbit_reader:info(P, [user]) =:= [{user, <<"${WHOLE}">>}]].`,
    )
    expect(said).toBe(`[[{timeout,${HEARTBEAT_SEC}}]]`)
  })

  it('may do nothing else, in no other virtual host', async () => {
    expect(await allowedOf(url, FOREIGN_ATTEMPTS)).toEqual([])
    await expect(connect(urlOf(WHOLE, PASSWORD, '%2F'))).rejects.toThrow()
  })

  it('may be several processes that come in any order, each under an account that can forge nothing', async () => {
    await installation.lamplighter.stop()
    await makeAccounts()
    const started: Record<string, Lamplighter> = {}
    for (const name of SERVICE_NAMES) {
      const env = { AMQP_URL: urlOf(name, PASSWORD, PARTS) }
      const config = readConfig(testEnvironment(installation.databaseUrl, installation.directory, env), 'silent')
      started[name] = await Lamplighter.start(config, createLogger('silent'), { services: [name] })
    }
    const http = (name: ServiceName) => started[name]?.httpUrl ?? ''
    try {
      for (const name of SERVICE_NAMES.filter((one) => one !== 'relayd')) {
        const well = async () => (await request(`${http(name)}/health`)).status === 200
        // Who came before the relay looks again after a while, and for longer each time.
        await waitFor(well, { what: `${name} to be well`, timeoutMs: 30_000 })
      }
      const sip = started['mwid']?.sipPorts?.UDP ?? 0
      await useEverything(subjects, {
        confd: http('confd'),
        calld: http('calld'),
        websocketd: http('websocketd'),
        sip,
        vhost: PARTS,
      })
      for (const name of SERVICE_NAMES) {
        const others = Object.fromEntries(Object.entries(OTHERS_ATTEMPTS).filter(([what]) => !OWN[name].includes(what)))
        expect(await allowedOf(urlOf(name, PASSWORD, PARTS), { ...FOREIGN_ATTEMPTS, ...others }), name).toEqual([])
      }
    } finally {
      for (const one of Object.values(started)) await one.stop()
    }
  }, 90_000)
})

describe('the script that makes the account', () => {
  it('prints steps that a shell can do, with a password it shows once and puts in no argument', async () => {
    const steps = await script('printed', ['websocketd'], '')
    const [, password = ''] = /\n(\S{32})\n/.exec(steps) ?? []
    expect(steps.split('\n').filter((line) => line.includes('rabbitmqctl') && line.includes(password))).toEqual([])
    const shell = execFile('sh', { env: { ...process.env, ...broker.ctlEnv } })
    shell.stdin?.end(steps)
    await new Promise((resolve) => shell.once('exit', resolve))
    const connection = await connect(urlOf('printed', password))
    expect(await attemptOf(connection, (channel) => channel.assertQueue('mine'))).toBe('refused')
    expect(await attemptOf(connection, (channel) => channel.assertQueue('websocketd.0123456789ab'))).toBe('done')
    await connection.close()
  })

  it('makes up a password for a new account, leaves it to one that is there, and gives it another when asked to', async () => {
    const [, password = ''] = /password (\S{32}) /.exec(await script('made', ['--apply', 'mwid'], '')) ?? []
    expect(await script('made', ['--apply', 'mwid'], '')).not.toContain('shown')
    await (await connect(urlOf('made', password))).close()
    await script('made', ['--apply', 'mwid'], 'another')
    await expect(connect(urlOf('made', password))).rejects.toThrow()
    await (await connect(urlOf('made', 'another'))).close()
  }, 60_000)

  it('names what is no service', async () => {
    await expect(script('nobody', ['dance'], '')).rejects.toThrow('there is no service dance')
  })
})
