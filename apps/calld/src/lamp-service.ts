import { draft, lampReassertRequested } from '@lamplighter/contracts'
import { type Actor, type DeviceId, type MailboxId, NotFoundError, type TenantId } from '@lamplighter/domain'
import {
  type Lamp,
  type LampFilter,
  onlyTenant,
  type Store,
  type TenantScope,
  type TracedDecision,
} from '@lamplighter/store'
import { noSuchVoicemail } from './ids.js'

/** Reads lamps, and asks the SIP worker to tell them again. */
export class LampService {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** @throws NotFoundError */
  async find(scope: TenantScope, uuid: string, filter: LampFilter = {}): Promise<Lamp> {
    const lamp = await this.#store.lamps(scope).find(uuid, filter)
    if (!lamp) throw new NotFoundError('no-such-lamp', 'there is no such lamp', { lamp_uuid: uuid })
    return lamp
  }

  /** The last decisions about a lamp. @throws NotFoundError */
  async trace(scope: TenantScope, uuid: string, filter: LampFilter = {}): Promise<TracedDecision[]> {
    await this.find(scope, uuid, filter)
    return this.#store.lamps(scope).trace(uuid)
  }

  /** Has one lamp told again. @throws NotFoundError */
  async reassertOne(scope: TenantScope, uuid: string, actor: Actor, filter: LampFilter = {}): Promise<void> {
    const { tenantId, device, gateway, mailbox } = await this.find(scope, uuid, filter)
    await this.reassert(tenantId, { deviceId: device?.uuid, gatewayId: gateway?.uuid, mailboxId: mailbox.id }, actor)
  }

  /** Has the lamps of a device told again. @throws NotFoundError */
  async reassertDevice(scope: TenantScope, uuid: DeviceId, actor: Actor): Promise<void> {
    const device = await this.#store.configuration(scope).devices.find(uuid)
    if (!device) throw new NotFoundError('no-such-device', 'there is no such device', { uuid })
    await this.reassert(device.tenantId, { deviceId: uuid }, actor)
  }

  /** Has the lamps of a mailbox told again. @throws NotFoundError */
  async reassertMailbox(scope: TenantScope, id: MailboxId, actor: Actor): Promise<void> {
    const found = await this.#store.messages(scope).mailbox(id)
    if (!found) throw noSuchVoicemail(id)
    await this.reassert(found.mailbox.tenantId, { mailboxId: id }, actor)
  }

  /** Has the lamps of a tenant told again that pass the filter when the worker comes to them. */
  async reassert(tenantId: TenantId, filter: LampFilter, actor: Actor): Promise<void> {
    const { deviceId = null, gatewayId = null, mailboxId = null, inSync = null, lit = null } = filter
    const asked = { device_uuid: deviceId, gateway_uuid: gatewayId, in_sync: inSync, lit }
    await this.#store.changeMessages(onlyTenant(tenantId), async ({ outbox, audit }) => {
      outbox.add([draft(lampReassertRequested, { tenant: tenantId }, { ...asked, voicemail_id: mailboxId })])
      const about = mailboxId === null ? {} : { mailboxId }
      await audit.add({ tenantId, actor, action: 'lamp.reasserted', ...about, details: asked })
    })
  }
}
