/** What callers may hear of a mailbox: nobody answers, the line is busy, or just the spoken name (rest.md 1.12). */
export const GREETING_NAMES = ['unavailable', 'busy', 'name'] as const
/** One of {@link GREETING_NAMES}. */
export type GreetingName = (typeof GREETING_NAMES)[number]

/** A recorded greeting. */
export type Greeting = {
  readonly name: GreetingName
  readonly audioKey: string
  readonly audioBytes: number
  /** Hash of the bytes, hexadecimal. */
  readonly audioSha256: string
  readonly durationMs: number
}

/** The greeting with this name, which comes from a path. */
export function findGreetingName(text: string): GreetingName | undefined {
  return GREETING_NAMES.find((name) => name === text)
}
