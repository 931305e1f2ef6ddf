import { setTimeout as delay } from 'node:timers/promises'

/** How long to wait and what for, for the message when it does not come. */
export type WaitOptions = { readonly what: string; readonly timeoutMs?: number; readonly intervalMs?: number }

/** Waits until a condition gives something other than undefined, null or false. @throws when it does not in time */
export async function waitFor<T>(condition: () => T | Promise<T>, options: WaitOptions): Promise<NonNullable<T>> {
  const { what, timeoutMs = 15_000, intervalMs = 20 } = options
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const value = await condition()
    if (value !== undefined && value !== null && value !== false) return value as NonNullable<T>
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`)
    await delay(intervalMs)
  }
}
