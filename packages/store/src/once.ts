import { type Created, type RepeatKey, RuleError } from '@lamplighter/domain'
import type { FirstAnswer, IdempotencyRepository } from './idempotency-repository.js'

/** Does the work unless the key was used, and remembers what came of it. */
export async function once<T>(
  answers: IdempotencyRepository,
  repeat: RepeatKey | undefined,
  work: () => Promise<T>,
): Promise<Created<T>> {
  if (repeat && !(await answers.claim(repeat))) {
    return replayOf<T>(await answers.find(repeat.tenantId, repeat.scope, repeat.key), repeat)
  }
  const value = await work()
  if (repeat) await answers.settle(repeat, value)
  return { value, replayed: false }
}

/** The first answer again. @throws RuleError `idempotency-key-conflict` when it was to another request */
export function replayOf<T>(first: FirstAnswer | undefined, repeat: RepeatKey): Created<T> {
  if (first?.fingerprint === repeat.fingerprint) return { value: first.response as T, replayed: true }
  throw new RuleError('idempotency-key-conflict', 'the idempotency key was used for another request', {
    idempotency_key: repeat.key,
  })
}
