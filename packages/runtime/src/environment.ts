import { StartError } from './start-error.js'

/** The process's environment, handed in: nothing but the composition root reads the real one. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Reads settings; a value that does not parse stops the start with a sentence that names it. */
export class EnvironmentReader {
  readonly #env: Environment

  constructor(env: Environment) {
    this.#env = env
  }

  /** A text, or undefined when it is absent or empty. */
  text(name: string): string | undefined {
    const value = this.#env[name]
    return value === '' ? undefined : value
  }

  /** A whole number within limits. @throws StartError */
  integer(name: string, fallback: number, { min, max }: { min: number; max: number }): number {
    const value = this.text(name)
    if (value === undefined) return fallback
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN
    if (number >= min && number <= max) return number
    throw new StartError(`${name} must be a whole number from ${min} to ${max}, not "${value}"`)
  }

  /** One of a few words. @throws StartError */
  choice<Word extends string>(name: string, fallback: Word, words: readonly Word[]): Word {
    const value = this.text(name)
    if (value === undefined) return fallback
    const found = words.find((word) => word === value)
    if (found !== undefined) return found
    throw new StartError(`${name} must be one of ${words.join(', ')}, not "${value}"`)
  }

  /** A URL of one of these schemes. @throws StartError, without the value: it may hold a password */
  url(name: string, schemes: readonly string[]): string | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    if (schemes.includes(URL.canParse(value) ? new URL(value).protocol : '')) return value
    throw new StartError(
      `${name} must be a URL that begins with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`,
    )
  }
}
