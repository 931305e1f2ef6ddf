import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { waitFor } from '@lamplighter/testing'

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))

/** The command as its users run it: another process, built code. */
export class LamplighterProcess {
  readonly child: ChildProcess
  #output = ''
  #exit: { code: number | null } | undefined

  constructor(args: readonly string[], env: Readonly<Record<string, string>>) {
    const clean = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/tmp', ...env }
    this.child = spawn(process.execPath, ['--enable-source-maps', MAIN, ...args], {
      env: clean,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [this.child.stdout, this.child.stderr]) stream?.on('data', (chunk) => (this.#output += chunk))
    this.child.once('exit', (code) => {
      this.#exit = { code }
    })
  }

  /** Everything it printed. */
  get output(): string {
    return this.#output
  }

  /** Its exit code, once it ended. */
  async exited(): Promise<number | null> {
    return (await waitFor(() => this.#exit, { what: 'the process to end', timeoutMs: 30_000 })).code
  }

  /** Resolves when its HTTP server says that it is well. */
  async healthy(url: string): Promise<void> {
    const well = async () => {
      if (this.#exit) throw new Error(`the process ended: ${this.#output}`)
      return fetch(`${url}/health`).then(
        ({ ok }) => ok,
        () => false,
      )
    }
    await waitFor(well, { what: 'the process to serve', timeoutMs: 30_000 })
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL')
    await this.exited()
  }

  /** Ends it as Ctrl-C would. */
  async interrupt(): Promise<number | null> {
    this.child.kill('SIGINT')
    return this.exited()
  }
}
