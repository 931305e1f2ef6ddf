import type { TenantId } from '@lamplighter/domain'
import { type AnswerOf, LamplighterClient } from '@lamplighter/sdk'
import type { Provisioning } from '@lamplighter/store'
import { saveAdmin, savePolicies } from '../setup.js'

/** A login of the demonstration. */
export type Login = { readonly username: string; readonly password: string }

/** What a tenant of the demonstration holds, as `ready.json` says it. */
export type DemoTenant = {
  readonly uuid: string
  readonly name: string
  readonly admin: Login
  readonly users: readonly (Login & { readonly uuid: string })[]
  readonly contexts: readonly string[]
  readonly voicemails: readonly DemoVoicemail[]
  readonly devices: readonly DemoDevice[]
}

/** A mailbox of the demonstration. */
export type DemoVoicemail = {
  readonly id: number
  readonly number: string
  readonly context: string
  readonly accesstype: string
  readonly user_uuids: readonly string[]
}

/** A SIP device of the demonstration. */
export type DemoDevice = {
  readonly uuid: string
  readonly sip_username: string
  readonly sip_password: string
  readonly user_uuid: string
}

type Plan = {
  readonly slug: string
  readonly name: string
  readonly people: readonly { readonly first: string; readonly number: string }[]
}
const PLANS: readonly Plan[] = [
  {
    slug: 'acme',
    name: 'Acme',
    people: [
      { first: 'Anna', number: '1001' },
      { first: 'Bruno', number: '1002' },
    ],
  },
  {
    slug: 'globex',
    name: 'Globex',
    people: [
      { first: 'Carla', number: '2001' },
      { first: 'Dario', number: '2002' },
    ],
  },
]
const SHARED_NUMBER = '8000'

/** Fixed credentials: only a demonstration has them. */
function password(name: string): string {
  return `${name.toLowerCase()}-demo-password`
}

/** Creates the two tenants with their people, mailboxes and phones; what is there already stays. */
export async function seedDemo(provisioning: Provisioning, master: TenantId, httpUrl: string): Promise<DemoTenant[]> {
  const tenants: DemoTenant[] = []
  for (const plan of PLANS) {
    const known = await provisioning.findTenant(plan.slug)
    const uuid = known ?? (await provisioning.createTenant({ name: plan.name, slug: plan.slug, parent: master }))
    const admin = { username: `admin@${plan.slug}.example`, password: password(plan.slug) }
    if (!known) await savePolicies(provisioning, uuid)
    if (!known) await saveAdmin(provisioning, uuid, admin.username, admin.password)
    const client = await LamplighterClient.logIn(httpUrl, admin.username, admin.password)
    tenants.push({ uuid, name: plan.name, admin, ...(await seedTenant(client, plan)) })
  }
  return tenants
}

async function seedTenant(client: LamplighterClient, plan: Plan): Promise<Omit<DemoTenant, 'uuid' | 'name' | 'admin'>> {
  const { items: contexts } = await client.call('listContexts', {})
  const context =
    contexts.find(({ label }) => label === plan.name) ??
    (await client.call('createContext', { body: { label: plan.name } }))
  const users: (Login & { uuid: string })[] = []
  const voicemails: DemoVoicemail[] = []
  const devices: DemoDevice[] = []
  for (const person of plan.people) {
    const user = await seedUser(client, plan, person.first)
    users.push(user)
    voicemails.push(await seedPersonalMailbox(client, user.uuid, person, context.name))
    devices.push(await seedDevice(client, plan, user.uuid, person.first))
  }
  voicemails.push(await seedSharedMailbox(client, plan, context.name))
  return { users, contexts: [context.name], voicemails, devices }
}

async function seedUser(client: LamplighterClient, plan: Plan, first: string): Promise<Login & { uuid: string }> {
  const login = { username: `${first.toLowerCase()}@${plan.slug}.example`, password: password(first) }
  const { items } = await client.call('listUsers', {})
  const user =
    items.find(({ username }) => username === login.username) ??
    (await client.call('createUser', { body: { firstname: first, ...login } }))
  return { uuid: user.uuid, ...login }
}

async function seedPersonalMailbox(
  client: LamplighterClient,
  user: string,
  { first, number }: Plan['people'][number],
  context: string,
): Promise<DemoVoicemail> {
  const params = { user }
  const { items } = await client.call('listUserVoicemails', { params })
  const body = { name: first, number, context }
  return toDemoVoicemail(items[0] ?? (await client.call('createUserVoicemail', { params, body })))
}

async function seedSharedMailbox(client: LamplighterClient, plan: Plan, context: string): Promise<DemoVoicemail> {
  const { items } = await client.call('listVoicemails', { query: { accesstype: 'global' } })
  const body = { name: `${plan.name} team`, number: SHARED_NUMBER, context, accesstype: 'global' as const }
  return toDemoVoicemail(items[0] ?? (await client.call('createVoicemail', { body })))
}

async function seedDevice(client: LamplighterClient, plan: Plan, userUuid: string, first: string): Promise<DemoDevice> {
  const sip_username = `${plan.slug}-${first.toLowerCase()}`
  const sip_password = password(`phone-${first}`)
  const body = { name: `${first}'s phone`, user_uuid: userUuid, sip_username, sip_password }
  const { items } = await client.call('listDevices', {})
  const device = items.find((one) => one.sip_username === sip_username) ?? (await client.call('createDevice', { body }))
  return { uuid: device.uuid, sip_username, sip_password, user_uuid: userUuid }
}

function toDemoVoicemail({ id, number, context, accesstype, users }: AnswerOf<'getVoicemail'>): DemoVoicemail {
  return { id, number, context, accesstype, user_uuids: users.map(({ uuid }) => uuid) }
}
