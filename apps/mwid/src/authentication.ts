import { type DigestAuthenticator, type IncomingRequest, partyOf, requestUri, type SipRequest } from '@lamplighter/sip'
import type { SipDevice, SipDomain } from '@lamplighter/store'
import type { DeviceReads } from './device-reads.js'

/**
 * Proves who sends a request. Its domain, where that is a tenant's, says which tenant it is for, and is the realm; a
 * request to a bare address is of the one tenant that has such a user. Known and unknown users are challenged alike
 * (sip.md 1.4; decision 0035).
 */
export class SipAuthentication {
  readonly #reads: DeviceReads
  readonly #digest: DigestAuthenticator

  constructor(reads: DeviceReads, digest: DigestAuthenticator) {
    this.#reads = reads
    this.#digest = digest
  }

  /** The device that sent the request, or undefined after it was challenged. */
  async authenticate(
    { request, respond }: IncomingRequest,
    claimedUser: string | undefined,
  ): Promise<SipDevice | undefined> {
    const domain = await this.#reads.findDomain(namesOf(request))
    const realm = domain?.isRealm ? domain.name : this.#digest.realm
    const claimed = this.#digest.claimed(request, realm)
    const username = claimed?.username ?? claimedUser
    const namesakes = username === undefined ? [] : await this.#reads.namesakes(username)
    const device = choose(namesakes, domain)
    const ha1 = device && ha1Of(device, domain, realm)
    const account = device && ha1 !== undefined ? { ha1, algorithm: device.digestAlgorithm } : undefined
    const verdict = claimed ? this.#digest.verify(request, claimed, account, realm) : 'wrong'
    if (verdict === 'right') return device
    const stale = claimed !== undefined && verdict === 'stale'
    // Looked up for known users, too: neither the answer nor its time tells them apart.
    const share = await this.#reads.digestShare(domain?.tenantId)
    const algorithm = device?.digestAlgorithm ?? this.#digest.decoy(username ?? '', share, realm)
    respond(401, [['WWW-Authenticate', this.#digest.challenge(algorithm, stale, realm)]])
    return undefined
  }
}

/** Names a request is addressed to, the most telling first: inside a dialog only To still has the domain. */
function namesOf(request: SipRequest): string[] {
  const { headers } = request
  const addresses = [requestUri(request), partyOf(headers, 'to')?.uri, partyOf(headers, 'from')?.uri]
  const hosts = addresses.flatMap((address) => address?.host ?? [])
  return [...new Set(hosts.filter((host) => /[a-z]/.test(host) && !host.startsWith('[')))]
}

function choose(namesakes: readonly SipDevice[], domain: SipDomain | undefined): SipDevice | undefined {
  if (domain) return namesakes.find(({ tenantId }) => tenantId === domain.tenantId)
  return namesakes.length === 1 ? namesakes[0] : undefined
}

function ha1Of(device: SipDevice, domain: SipDomain | undefined, realm: string): string | undefined {
  return domain?.isRealm ? device.domainHa1[realm] : device.ha1
}
