import { hashSecret } from '@lamplighter/access'
import type { TenantId } from '@lamplighter/domain'
import { ADMIN_POLICY_SLUG, openDatabase, Provisioning, USER_POLICY_SLUG } from '@lamplighter/store'
import { ApiClient } from '../../src/demo/api-client.js'
import { savePolicies } from '../../src/setup.js'
import type { ChaosInstallation } from './chaos-installation.js'
import { type GatewayClient, PlainClient, type Seat } from './gateway-client.js'
import { ResumingClient } from './resuming-client.js'
import { Caller, Mover, type Writer } from './writer.js'

/** Who takes part: writers of two tenants and twenty clients of the gateway. */
export type Cast = {
  readonly writers: readonly Writer[]
  readonly plain: readonly PlainClient[]
  readonly resuming: readonly ResumingClient[]
  /** One of the resuming ones, which sees everything of its tenant and stops reading now and then. */
  readonly slow: ResumingClient
  readonly clients: readonly GatewayClient[]
}

type House = { readonly admin: Seat; readonly users: readonly Seat[]; readonly writers: readonly Writer[] }

/** Twelve writers, nine of which change ten messages by a call, make up to 370 changes a second with this pace. */
const PACE_MS = 250

/** Makes two tenants with their mailboxes and seats the clients. */
export async function assemble(installation: ChaosInstallation): Promise<Cast> {
  const database = openDatabase(installation.postgres.url)
  try {
    const provisioning = new Provisioning(database)
    const one = await makeHouse(installation, provisioning, 'one', 7, true)
    const other = await makeHouse(installation, provisioning, 'other', 4, false)
    const plain = [
      ...[one.admin, ...one.users.slice(0, 3)].map((seat) => new PlainClient(1, seat)),
      ...[one.admin, ...one.users.slice(0, 4), ...other.users.slice(0, 1)].map((seat) => new PlainClient(2, seat)),
    ]
    const seats = [one.admin, one.admin, other.admin, ...one.users.slice(3), ...other.users.slice(0, 2)]
    const resuming = seats.map((seat) => new ResumingClient(seat))
    const slow = new ResumingClient(one.admin)
    const writers = [...one.writers, ...other.writers]
    return { writers, plain, resuming: [...resuming, slow], slow, clients: [...plain, ...resuming, slow] }
  } finally {
    await database.close()
  }
}

async function makeHouse(
  { apiUrl, gatewayUrl }: ChaosInstallation,
  provisioning: Provisioning,
  slug: string,
  persons: number,
  shared: boolean,
): Promise<House> {
  const parent = (await provisioning.installation())?.masterTenant as TenantId
  const tenant = await provisioning.createTenant({ name: slug, slug, parent })
  await savePolicies(provisioning, tenant)
  const account = async (name: string, policies: readonly string[]) => {
    const username = `${name}.${slug}`
    const facts = { tenantId: tenant, username, firstname: name, policies, passwordHash: await hashSecret('pw') }
    const uuid = await provisioning.saveAccount(facts)
    return { uuid, api: await ApiClient.logIn(apiUrl, username, 'pw') }
  }
  const { api } = await account('admin', [ADMIN_POLICY_SLUG, USER_POLICY_SLUG])
  const { name: context } = await api.call<{ name: string }>('POST', '/api/confd/1.1/contexts', { label: slug })
  const mailbox = async (number: number, accesstype: string) => {
    const fields = { name: 'box', number: String(number), context, accesstype }
    return (await api.call<{ id: number }>('POST', '/api/confd/1.1/voicemails', fields)).id
  }
  const desk = (id: number) => ({ url: apiUrl, token: api.token, mailbox: id, paceMs: PACE_MS })
  const users: Seat[] = []
  const writers: Writer[] = shared ? [new Mover(desk(await mailbox(999, 'global')))] : []
  for (let number = 0; number < persons; number++) {
    const id = await mailbox(1000 + number, 'personal')
    const { uuid, api: own } = await account(`u${number}`, [USER_POLICY_SLUG])
    await api.call('PUT', `/api/confd/1.1/users/${uuid}/voicemails/${id}`)
    users.push({ url: gatewayUrl, token: own.token, tenant, user: uuid })
    writers.push(number % 4 === 0 ? new Caller(desk(id)) : new Mover(desk(id)))
  }
  return { admin: { url: gatewayUrl, token: api.token, tenant, user: undefined }, users, writers }
}
