import { decideInclusion, type Principal } from '@lamplighter/access'
import { LamplighterError } from '@lamplighter/domain'

/**
 * Sees that nobody gives away more than they have (bus.md 6.3 no. 26): everything the patterns allow, to whoever holds
 * them, must be allowed to the caller.
 *
 * @throws LamplighterError `access-not-delegable`, with an access that would be too much
 */
export function refuseExcess(patterns: readonly string[], caller: Principal): void {
  const { acl, userId, sessionId } = caller
  const decision = decideInclusion(patterns, { acl, userId, sessionId })
  if (decision.included) return
  const details = decision.witness === undefined ? { reason: 'too_complex' } : { access: decision.witness }
  throw new LamplighterError('access-not-delegable', 'the patterns allow more than the caller may do', details)
}

/** To lift a denial gives as much as to grant what it denied. @throws LamplighterError `access-not-delegable` */
export function refuseLifting(lifted: readonly string[], caller: Principal): void {
  const denials = lifted.filter((pattern) => pattern.startsWith('!'))
  refuseExcess(
    denials.map((pattern) => pattern.slice(1)).filter((body) => !body.startsWith('!')),
    caller,
  )
}
