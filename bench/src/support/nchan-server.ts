import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { freePort, waitFor } from '@lamplighter/testing'

const NGINX = '/usr/sbin/nginx'
const MODULE = '/usr/lib/nginx/modules/ngx_nchan_module.so'

function configuration(directory: string, port: number): string {
  return `
load_module ${MODULE};
user root;
daemon off;
worker_processes 1;
pid ${directory}/nginx.pid;
error_log ${directory}/error.log error;
events { worker_connections 19000; }
http {
  access_log off;
  nchan_shared_memory_size 512M;
  keepalive_requests 1000000;
  client_body_temp_path ${directory}/body;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location = /publish { nchan_publisher; nchan_channel_id bench; nchan_message_buffer_length 1000; }
    location = /subscribe {
      nchan_subscriber websocket;
      nchan_channel_id bench;
      nchan_subscriber_first_message newest;
    }
  }
}
`
}

/** nginx with nchan: the fastest gateway known, one worker process, without tokens, access rules or a bus. */
export class NchanServer {
  readonly url: string
  readonly #process: ChildProcess
  readonly #directory: string
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })

  private constructor(url: string, child: ChildProcess, directory: string) {
    this.url = url
    this.#process = child
    this.#directory = directory
  }

  /** Whether this machine has it. */
  static get isInstalled(): boolean {
    return existsSync(NGINX) && existsSync(MODULE)
  }

  static async start(): Promise<NchanServer> {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'lamplighter-nchan-'))
    const port = await freePort()
    await writeFile(path.join(directory, 'nginx.conf'), configuration(directory, port))
    const child = spawn(NGINX, ['-p', directory, '-c', path.join(directory, 'nginx.conf')], { stdio: 'ignore' })
    const server = new NchanServer(`http://127.0.0.1:${port}`, child, directory)
    await waitFor(() => server.#publish(Buffer.from('up')).catch(() => false), { what: 'nginx' })
    return server
  }

  /** Publishes this text to every socket, as often as said. */
  async send(text: Buffer, times: number): Promise<void> {
    for (let time = 0; time < times; time++) await this.#publish(text)
  }

  /** Resident memory of its worker, bytes. */
  async weight(): Promise<number> {
    const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
    const statuses = await Promise.all(processes.map((pid) => readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')))
    const own = statuses.filter((status) => status.includes(`PPid:\t${this.#process.pid}\n`))
    return own.reduce((sum, status) => sum + Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024, 0)
  }

  async stop(): Promise<void> {
    this.#agent.destroy()
    const ended = new Promise((resolve) => this.#process.once('exit', resolve))
    this.#process.kill()
    await ended
    await rm(this.#directory, { recursive: true, force: true })
  }

  #publish(text: Buffer): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-length': text.length }
      const posted = request(`${this.url}/publish`, { method: 'POST', agent: this.#agent, headers }, (answer) => {
        answer.resume()
        answer.once('end', () => resolve(true))
      })
      posted.on('error', reject)
      posted.end(text)
    })
  }
}
