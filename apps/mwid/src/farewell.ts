import { sleep } from '@lamplighter/runtime'
import type { SipStack } from '@lamplighter/sip'
import type { Parting } from './subscription.js'

/** Last NOTIFYs sent at a time, and the pause after each: 4,000 in a second (sip.md 5.2). */
const CHUNK = 200
const CHUNK_PAUSE_MS = 50
/** Phones that have not answered by then are left to notice that their connection closed. */
const LONGEST_MS = 3000

/** What a farewell is made of. */
export type FarewellParts = {
  readonly stack: Pick<SipStack, 'hangUp' | 'stop'>
  readonly partings: readonly Parting[]
  /** Resolves when another worker serves, or when none came in time. */
  readonly successor: () => Promise<void>
}

/**
 * Tells phones that only this process could reach to subscribe anew, once there is a worker to subscribe at, and closes
 * their connections as they answer (decision 0053).
 */
export async function sayFarewell({ stack, partings, successor }: FarewellParts): Promise<void> {
  if (partings.length > 0) {
    await successor()
    const tooLate = new AbortController()
    await Promise.race([sayAll(partings, stack, tooLate.signal), sleep(LONGEST_MS, tooLate.signal)])
    tooLate.abort()
  }
  await stack.stop()
}

async function sayAll(
  partings: readonly Parting[],
  stack: FarewellParts['stack'],
  tooLate: AbortSignal,
): Promise<void> {
  const left = new Map<string, number>()
  for (const { flow } of partings) left.set(flow, (left.get(flow) ?? 0) + 1)
  const say = async ({ flow, say: send }: Parting) => {
    await send()
    const others = (left.get(flow) ?? 1) - 1
    left.set(flow, others)
    if (others === 0) stack.hangUp(flow)
  }
  const said: Promise<void>[] = []
  for (let from = 0; from < partings.length && !tooLate.aborted; from += CHUNK) {
    said.push(...partings.slice(from, from + CHUNK).map(say))
    await sleep(CHUNK_PAUSE_MS, tooLate)
  }
  await Promise.all(said)
}
