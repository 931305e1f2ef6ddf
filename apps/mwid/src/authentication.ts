import type { DigestAuthenticator, IncomingRequest } from '@lamplighter/sip'
import type { SipDevice } from '@lamplighter/store'
import type { DeviceReads } from './device-reads.js'

/** Proves who sends a request. Known and unknown users are challenged alike (sip.md 1.4). */
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
    const claimed = this.#digest.claimed(request)
    const username = claimed?.username ?? claimedUser
    const device = username === undefined ? undefined : await this.#reads.findDevice(username)
    const account = device && { ha1: device.ha1, algorithm: device.digestAlgorithm }
    const verdict = claimed ? this.#digest.verify(request, claimed, account) : 'wrong'
    if (verdict === 'right') return device
    const stale = claimed !== undefined && verdict === 'stale'
    respond(401, [['WWW-Authenticate', this.#digest.challenge(account?.algorithm ?? 'MD5', stale)]])
    return undefined
  }
}
