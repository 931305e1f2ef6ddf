import { randomBytes, randomUUID } from 'node:crypto'
import { type DeviceInput, deviceCreated, deviceDeleted, deviceEdited, draft } from '@lamplighter/contracts'
import {
  always,
  type Created,
  type DeviceId,
  type DeviceProfileName,
  InvalidInputError,
  type MailboxId,
  type MwiMode,
  NotFoundError,
  type Precondition,
  type RepeatKey,
  type TenantId,
  type UserId,
} from '@lamplighter/domain'
import { computeHa1 } from '@lamplighter/sip'
import type {
  ConfigurationChange,
  Device,
  DeviceCredentials,
  DeviceFields,
  DigestAlgorithm,
  Store,
  TenantScope,
} from '@lamplighter/store'

/** A new device, and its password when we made it up: it is shown this once. */
export type CreatedDevice = { readonly device: Device; readonly generatedPassword: string | undefined }

/** Creates, reads, changes and deletes SIP devices. Passwords are kept as HA1 only (invariant 10 of the design). */
export class DeviceService {
  readonly #store: Store
  readonly #realm: string

  constructor(store: Store, realm: string) {
    this.#store = store
    this.#realm = realm
  }

  /** A page of the devices in scope. */
  list(
    scope: TenantScope,
    page: { limit: number | undefined; offset: number },
  ): Promise<{ items: Device[]; total: number }> {
    return this.#store.configuration(scope).devices.list(page)
  }

  /** @throws NotFoundError */
  async get(scope: TenantScope, uuid: DeviceId): Promise<Device> {
    const device = await this.#store.configuration(scope).devices.find(uuid)
    if (!device) throw noSuchDevice(uuid)
    return device
  }

  /** @throws InvalidInputError for a user or mailbox that is not there, RuleError when the username is taken */
  async create(scope: TenantScope, input: DeviceInput, repeat?: RepeatKey): Promise<Created<CreatedDevice>> {
    const generatedPassword = input.sip_password ? undefined : randomBytes(18).toString('base64url')
    const password = input.sip_password ?? generatedPassword ?? ''
    const fields = mergedFields(NEW_DEVICE, { sip_username: `d${randomBytes(5).toString('hex')}`, ...input })
    const { value: device, replayed } = await this.#store.createOnce(scope, repeat, async (change) => {
      const tenantId = await owningTenant(change, scope, fields.userUuid)
      await refuseForeignMailboxes(change, tenantId, fields)
      const credentials = await this.#credentials(change, tenantId, fields.sipUsername, password)
      const device = await change.devices.create(randomUUID() as DeviceId, tenantId, fields, credentials)
      change.outbox.add([draft(deviceCreated, { tenant: tenantId }, { device_uuid: device.uuid })])
      return device
    })
    // It is kept nowhere, so that a repeated request cannot be told it again.
    return { value: { device, generatedPassword: replayed ? undefined : generatedPassword }, replayed }
  }

  /** Changes what `input` names. @throws NotFoundError, InvalidInputError, RuleError */
  async update(
    scope: TenantScope,
    uuid: DeviceId,
    input: () => DeviceInput,
    precondition: Precondition = always,
  ): Promise<void> {
    await this.get(scope, uuid)
    const asked = input()
    await this.#store.changeConfiguration(scope, async (change) => {
      const device = await lockDevice(change, uuid)
      precondition(device)
      const fields = mergedFields(device, asked)
      if (!asked.sip_password && sameFields(device, fields)) return
      await this.#refuse(change, scope, device, fields, asked)
      const credentials = asked.sip_password
        ? await this.#credentials(change, device.tenantId, fields.sipUsername, asked.sip_password)
        : undefined
      await change.devices.update(device, fields, credentials)
      change.outbox.add([draft(deviceEdited, { tenant: device.tenantId }, { device_uuid: uuid })])
    })
  }

  /** Deletes a device; its subscriptions end and its lamp goes dark. @throws NotFoundError */
  async delete(scope: TenantScope, uuid: DeviceId, precondition: Precondition = always): Promise<void> {
    await this.#store.changeConfiguration(scope, async (change) => {
      const device = await lockDevice(change, uuid)
      precondition(device)
      await change.devices.delete(uuid)
      change.outbox.add([draft(deviceDeleted, { tenant: device.tenantId }, { device_uuid: uuid })])
    })
  }

  async #refuse(
    change: ConfigurationChange,
    scope: TenantScope,
    device: Device,
    fields: DeviceFields,
    asked: DeviceInput,
  ): Promise<void> {
    // The stored hash contains the username, and the password cannot be had back from it.
    if (fields.sipUsername !== device.sipUsername && !asked.sip_password) {
      throw InvalidInputError.of('sip_password', 'required', 'is required when sip_username changes')
    }
    if (fields.userUuid && (await owningTenant(change, scope, fields.userUuid)) !== device.tenantId) {
      throw InvalidInputError.of('user_uuid', 'reference', 'the user belongs to another tenant')
    }
    await refuseForeignMailboxes(change, device.tenantId, fields)
  }

  /** A hash contains its realm: one for the installation, and one for each domain the tenant has now. */
  async #credentials(
    change: ConfigurationChange,
    tenantId: TenantId,
    username: string,
    password: string,
  ): Promise<DeviceCredentials> {
    const domains = await change.devices.domainsOf(tenantId)
    const hash = (algorithm: DigestAlgorithm, realm: string) => computeHa1(algorithm, username, realm, password)
    const hashes = (algorithm: DigestAlgorithm) =>
      Object.fromEntries(domains.map((domain) => [domain, hash(algorithm, domain)]))
    return {
      sipRealm: this.#realm,
      ha1Md5: hash('MD5', this.#realm),
      ha1Sha256: hash('SHA-256', this.#realm),
      domainHa1Md5: hashes('MD5'),
      domainHa1Sha256: hashes('SHA-256'),
    }
  }
}

const NEW_DEVICE: DeviceFields = {
  userUuid: null,
  name: null,
  sipUsername: '',
  digestAlgorithm: 'MD5',
  mwiMode: 'auto',
  profile: 'default',
  aggregate: true,
  messageAccount: null,
  mailboxes: null,
}

function mergedFields(base: DeviceFields, input: DeviceInput): DeviceFields {
  const { user_uuid: user, name, voicemails } = input
  return {
    userUuid: user === undefined ? base.userUuid : ((user?.toLowerCase() ?? null) as UserId | null),
    name: name === undefined ? base.name : name,
    sipUsername: input.sip_username ?? base.sipUsername,
    digestAlgorithm: (input.digest_algorithm as DigestAlgorithm | undefined) ?? base.digestAlgorithm,
    mwiMode: (input.mwi_mode as MwiMode | undefined) ?? base.mwiMode,
    profile: (input.profile as DeviceProfileName | undefined) ?? base.profile,
    aggregate: input.aggregate ?? base.aggregate,
    messageAccount: input.message_account === undefined ? base.messageAccount : input.message_account,
    mailboxes: voicemails === undefined ? base.mailboxes : sortedIds(voicemails),
  }
}

function sortedIds(ids: readonly number[] | null): MailboxId[] | null {
  return ids && ([...new Set(ids)].sort((a, b) => a - b) as MailboxId[])
}

function sameFields(device: Device, fields: DeviceFields): boolean {
  return (Object.keys(fields) as (keyof DeviceFields)[]).every(
    (key) => JSON.stringify(device[key]) === JSON.stringify(fields[key]),
  )
}

/** A device belongs to its user's tenant, or without one to the tenant it is created in. */
async function owningTenant(change: ConfigurationChange, scope: TenantScope, user: UserId | null): Promise<TenantId> {
  if (!user) return scope.tenantId
  const found = await change.users.find(user)
  if (!found) throw InvalidInputError.of('user_uuid', 'reference', 'User was not found')
  return found.tenantId
}

async function refuseForeignMailboxes(
  change: ConfigurationChange,
  tenantId: TenantId,
  { mailboxes }: DeviceFields,
): Promise<void> {
  if (!mailboxes || mailboxes.length === 0) return
  const foreign = await change.devices.foreignMailboxes(tenantId, mailboxes)
  if (foreign.length > 0) {
    throw InvalidInputError.of('voicemails', 'reference', `Voicemail was not found: ${foreign.join(', ')}`)
  }
}

async function lockDevice(change: ConfigurationChange, uuid: DeviceId): Promise<Device> {
  await change.locks.device(uuid)
  const device = await change.devices.find(uuid)
  if (!device) throw noSuchDevice(uuid)
  return device
}

function noSuchDevice(uuid: DeviceId): NotFoundError {
  return new NotFoundError('no-such-device', 'there is no such device', { uuid })
}
