import type { DeviceId, TenantId } from '@lamplighter/domain'
import type { AlgorithmShare } from '@lamplighter/sip'
import type { SipDevice, SipDomain, SipRepository, WatchedMailbox } from '@lamplighter/store'
import { Batcher } from './batcher.js'

/** A domain that came or went is known after this long. */
const DOMAIN_KEPT_MS = 5000
const SHARE_KEPT_MS = 5000
const MAX_DOMAINS = 10_000

/** What a request of a device needs to know; many requests at one moment share a statement. */
export class DeviceReads {
  readonly #devices: Batcher<string, readonly SipDevice[]>
  readonly #watched: Batcher<DeviceId, readonly WatchedMailbox[]>
  readonly #domains: Batcher<string, SipDomain | undefined>
  readonly #known = new Map<string, { readonly atMs: number; readonly domain: SipDomain | undefined }>()

  readonly #shares = new Map<TenantId | undefined, { readonly atMs: number; readonly share: Promise<AlgorithmShare> }>()
  readonly #sip: SipRepository

  constructor(sip: SipRepository) {
    this.#sip = sip
    this.#devices = new Batcher(async (usernames) => {
      const found = new Map<string, SipDevice[]>(usernames.map((username) => [username, []]))
      for (const device of await sip.findDevices(usernames)) found.get(device.sipUsername)?.push(device)
      return usernames.map((username): readonly SipDevice[] => found.get(username) ?? [])
    })
    this.#watched = new Batcher(async (deviceIds) => {
      const byDevice = new Map<DeviceId, WatchedMailbox[]>(deviceIds.map((id) => [id, []]))
      for (const mailbox of await sip.watched([...byDevice.keys()])) byDevice.get(mailbox.deviceId)?.push(mailbox)
      return deviceIds.map((id): readonly WatchedMailbox[] => byDevice.get(id) ?? [])
    })
    this.#domains = new Batcher(async (names) => {
      const found = new Map((await sip.findDomains(names)).map((domain) => [domain.name, domain]))
      return names.map((name) => found.get(name))
    })
  }

  /** The devices with this SIP username, one per tenant that has one. */
  namesakes(username: string): Promise<readonly SipDevice[]> {
    return this.#devices.add(username)
  }

  /** The first of these names that is a tenant's domain. */
  async findDomain(names: readonly string[]): Promise<SipDomain | undefined> {
    for (const domain of await Promise.all(names.map((name) => this.#domain(name)))) if (domain) return domain
    return undefined
  }

  /** What a device must show now. */
  watched(deviceId: DeviceId): Promise<readonly WatchedMailbox[]> {
    return this.#watched.add(deviceId)
  }

  /** How many devices are challenged with SHA-256, of all: of a tenant, or of the installation. */
  async digestShare(tenantId: TenantId | undefined): Promise<AlgorithmShare> {
    const known = this.#shares.get(tenantId)
    if (known && performance.now() - known.atMs < SHARE_KEPT_MS) return known.share
    const share = this.#sip.digestShare(tenantId)
    this.#shares.delete(tenantId)
    this.#shares.set(tenantId, { atMs: performance.now(), share })
    share.catch(() => this.#shares.delete(tenantId))
    if (this.#shares.size > MAX_DOMAINS)
      for (const [oldest] of [...this.#shares].slice(0, 1)) this.#shares.delete(oldest)
    return share
  }

  async #domain(name: string): Promise<SipDomain | undefined> {
    const known = this.#known.get(name)
    if (known && performance.now() - known.atMs < DOMAIN_KEPT_MS) return known.domain
    const domain = await this.#domains.add(name)
    this.#known.delete(name)
    this.#known.set(name, { atMs: performance.now(), domain })
    if (this.#known.size > MAX_DOMAINS) this.#known.delete(this.#known.keys().next().value ?? '')
    return domain
  }
}
