import type { TenantId } from '@lamplighter/domain'
import type { Provisioning } from '@lamplighter/store'
import { saveAdmin, savePolicies } from '../setup.js'
import { ApiClient } from './api-client.js'

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
type List<Item> = { readonly items: readonly Item[] }
type UserView = { readonly uuid: string; readonly username: string | null; readonly firstname: string }
type VoicemailView = {
  readonly id: number
  readonly number: string
  readonly context: string
  readonly accesstype: string
  readonly users: readonly { readonly uuid: string }[]
}
type DeviceView = { readonly uuid: string; readonly sip_username: string; readonly user_uuid: string | null }

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
const CONFD = '/api/confd/1.1'

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
    const api = await ApiClient.logIn(httpUrl, admin.username, admin.password)
    tenants.push({ uuid, name: plan.name, admin, ...(await seedTenant(api, plan)) })
  }
  return tenants
}

async function seedTenant(api: ApiClient, plan: Plan): Promise<Omit<DemoTenant, 'uuid' | 'name' | 'admin'>> {
  const context = await findOrCreate<{ name: string; label: string }>(
    api,
    'contexts',
    ({ label }) => label === plan.name,
    { label: plan.name },
  )
  const users: (Login & { uuid: string })[] = []
  const voicemails: DemoVoicemail[] = []
  const devices: DemoDevice[] = []
  for (const person of plan.people) {
    const user = await seedUser(api, plan, person.first)
    users.push(user)
    voicemails.push(await seedPersonalMailbox(api, user.uuid, person, context.name))
    devices.push(await seedDevice(api, plan, user.uuid, person.first))
  }
  const shared = await findOrCreate<VoicemailView>(api, 'voicemails', ({ accesstype }) => accesstype === 'global', {
    name: `${plan.name} team`,
    number: SHARED_NUMBER,
    context: context.name,
    accesstype: 'global',
  })
  voicemails.push(toDemoVoicemail(shared))
  return { users, contexts: [context.name], voicemails, devices }
}

async function seedUser(api: ApiClient, plan: Plan, first: string): Promise<Login & { uuid: string }> {
  const login = { username: `${first.toLowerCase()}@${plan.slug}.example`, password: password(first) }
  const user = await findOrCreate<UserView>(api, 'users', ({ username }) => username === login.username, {
    firstname: first,
    ...login,
  })
  return { uuid: user.uuid, ...login }
}

async function seedPersonalMailbox(
  api: ApiClient,
  userUuid: string,
  person: Plan['people'][number],
  context: string,
): Promise<DemoVoicemail> {
  const path = `${CONFD}/users/${userUuid}/voicemails`
  const { items } = await api.call<List<VoicemailView>>('GET', path)
  const mailbox =
    items[0] ?? (await api.call<VoicemailView>('POST', path, { name: person.first, number: person.number, context }))
  return toDemoVoicemail(mailbox)
}

async function seedDevice(api: ApiClient, plan: Plan, userUuid: string, first: string): Promise<DemoDevice> {
  const sip_username = `${plan.slug}-${first.toLowerCase()}`
  const sip_password = password(`phone-${first}`)
  const fields = { name: `${first}'s phone`, user_uuid: userUuid, sip_username, sip_password }
  const device = await findOrCreate<DeviceView>(api, 'devices', (one) => one.sip_username === sip_username, fields)
  return { uuid: device.uuid, sip_username, sip_password, user_uuid: userUuid }
}

async function findOrCreate<Item>(
  api: ApiClient,
  resource: string,
  isIt: (item: Item) => boolean,
  body: object,
): Promise<Item> {
  const { items } = await api.call<List<Item>>('GET', `${CONFD}/${resource}`)
  return items.find(isIt) ?? api.call<Item>('POST', `${CONFD}/${resource}`, body)
}

function toDemoVoicemail({ id, number, context, accesstype, users }: VoicemailView): DemoVoicemail {
  return { id, number, context, accesstype, user_uuids: users.map(({ uuid }) => uuid) }
}
