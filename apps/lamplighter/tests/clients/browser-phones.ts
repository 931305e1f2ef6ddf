import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A softphone of a browser library in a process of its own. */
export type BrowserPhone = {
  /** Bodies of the NOTIFYs the library handed out, in order. */
  readonly bodies: readonly string[]
  /** Ends it without a word, like a page that is closed. */
  vanish(): Promise<void>
}

/** The account, and where the SIP socket is. */
export type BrowserAccount = { readonly url: string; readonly username: string; readonly password: string }

/** Opens a phone of SIP.js or JsSIP. */
export function openBrowserPhone(library: 'sipjs' | 'jssip', account: BrowserAccount): BrowserPhone {
  const script = fileURLToPath(new URL(`${library}-phone.mjs`, import.meta.url))
  const { url, username, password } = account
  const child = spawn(process.execPath, [script, url, username, password], { stdio: ['ignore', 'pipe', 'inherit'] })
  const bodies: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('"')) bodies.push(JSON.parse(line) as string)
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return {
    bodies,
    vanish: () => {
      child.kill('SIGKILL')
      return ended
    },
  }
}
