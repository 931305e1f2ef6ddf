import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { createTestDatabase, freePort, takeTestVhost, waitFor } from '@lamplighter/testing'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ApiClient } from '../src/demo/api-client.js'
import { LamplighterProcess } from './process.js'
import { testEnvironment } from './support.js'

type Ready = {
  http: string
  websocket: string
  sip: { host: string; port: number; transports: string[] }
  origin_uuid: string
  tenants: {
    uuid: string
    admin: { username: string; password: string }
    users: { uuid: string; username: string; password: string }[]
    contexts: string[]
    voicemails: { id: number; number: string; accesstype: string; user_uuids: string[] }[]
    devices: { uuid: string; sip_username: string; sip_password: string; user_uuid: string }[]
  }[]
  master: { admin: { username: string; password: string } }
}

describe('the command', () => {
  let directory: string
  beforeAll(async () => {
    // 0700, as `mktemp -d` makes it: the account that runs the embedded database may not enter it.
    directory = await mkdtemp(path.join(os.tmpdir(), 'lamplighter-command-'))
  })
  afterAll(() => rm(directory, { recursive: true, force: true }))

  it('demo: shows the main job, serves what it prints, stands alone on its data, and keeps it: killed and stopped', async () => {
    const env = {
      LAMPLIGHTER_DATA_DIR: path.join(directory, 'demo'),
      LAMPLIGHTER_HTTP_PORT: '0',
      LAMPLIGHTER_SIP_PORT: '0',
    }
    const readyFile = path.join(directory, 'demo', 'ready.json')
    const first = new LamplighterProcess(['demo'], env)
    await waitFor(() => first.output.includes('Ctrl-C stops'), {
      what: `the demonstration: ${first.output}`,
      timeoutMs: 60_000,
    })
    const story = [
      'lamp OFF (0 new',
      'deposit',
      'global_voicemail_message_created',
      'lamp ON (1 new',
      'marked it read',
      'lamp OFF (0 new',
    ]
    let at = -1
    for (const part of story.filter((part) => !part.startsWith('global'))) at = first.output.indexOf(part, at + 1)
    expect(at, first.output).toBeGreaterThan(0)
    expect(first.output).toContain('global_voicemail_message_created')
    const ready = JSON.parse(await readFile(readyFile, 'utf8')) as Ready
    expect(
      ready.tenants.map(({ users, voicemails, devices, contexts }) => [
        users.length,
        voicemails.length,
        devices.length,
        contexts.length,
      ]),
    ).toEqual([
      [2, 3, 2, 1],
      [2, 3, 2, 1],
    ])
    for (const { admin, users } of [...ready.tenants, { ...ready.master, users: [] }]) {
      for (const login of [admin, ...users])
        expect((await ApiClient.logIn(ready.http, login.username, login.password)).token).toBeTruthy()
    }
    const lines = first.output.split('\n').map((line) => line.trim())
    const curls = lines.filter((line) => line.startsWith('curl '))
    expect(curls).toHaveLength(3)
    const beside = new LamplighterProcess(['demo'], env)
    expect(await beside.exited()).toBe(1)
    expect(beside.output).toMatch(/^lamplighter: another Lamplighter runs on .*demo; stop it, or/m)
    await first.healthy(ready.http)
    expect(JSON.parse(await readFile(readyFile, 'utf8'))).toEqual(ready)
    await first.kill()

    const second = new LamplighterProcess(['demo'], env)
    await waitFor(() => second.output.includes('Ctrl-C stops'), { what: 'the second demonstration', timeoutMs: 60_000 })
    const again = JSON.parse(await readFile(readyFile, 'utf8')) as Ready
    expect(again.tenants.map(({ uuid, voicemails }) => [uuid, voicemails])).toEqual(
      ready.tenants.map(({ uuid, voicemails }) => [uuid, voicemails]),
    )
    expect(second.output).toContain('1 old')
    expect(await second.interrupt()).toBe(0)
  }, 180_000)

  describe('says in one sentence why it cannot start', () => {
    let blocker: Server
    let busyPort: number
    let databaseUrl: string
    let drop: () => Promise<void>

    beforeAll(async () => {
      const database = await createTestDatabase()
      databaseUrl = database.url
      drop = () => database.drop()
      busyPort = await freePort()
      blocker = createServer().listen(busyPort, '127.0.0.1')
    })
    afterAll(async () => {
      blocker.close()
      await drop()
    })

    let firstOutput = ''
    async function failure(env: Record<string, string>, args = ['serve']): Promise<string> {
      const running = new LamplighterProcess(
        args,
        testEnvironment(databaseUrl, path.join(directory, 'failing'), { LAMPLIGHTER_LOG_LEVEL: 'silent', ...env }),
      )
      expect(await running.exited()).toBe(1)
      firstOutput ||= running.output
      const lines = running.output
        .trim()
        .split('\n')
        .filter((line) => line.startsWith('lamplighter:'))
      expect(lines, running.output).toHaveLength(1)
      expect(running.output).not.toMatch(/\n\s+at /)
      return lines[0] ?? ''
    }

    it('a busy HTTP port', async () => {
      expect(await failure({ LAMPLIGHTER_HTTP_PORT: String(busyPort) })).toContain(
        `HTTP port ${busyPort} on 127.0.0.1 is in use`,
      )
      // The installation was made before the port was tried: its password has been said.
      expect(firstOutput).toMatch(/master tenant administrator: root, password: \S{16}/)
    })

    it('a busy SIP port', async () => {
      const { createSocket } = await import('node:dgram')
      const socket = createSocket('udp4')
      await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
      const { port } = socket.address()
      expect(await failure({ LAMPLIGHTER_SIP_PORT: String(port) })).toContain(`SIP port ${port} on 127.0.0.1 is in use`)
      socket.close()
    })

    it('a data directory that is a file', async () => {
      const file = path.join(directory, 'a-file')
      await writeFile(file, '')
      expect(await failure({ LAMPLIGHTER_DATA_DIR: path.join(file, 'below') })).toContain('cannot be written')
    })

    it('a database of something else', async () => {
      const foreign = await createTestDatabase()
      const client = new pg.Client({ connectionString: foreign.url })
      await client.connect()
      await client.query('DROP TABLE _prisma_migrations')
      await client.end()
      expect(await failure({ DATABASE_URL: foreign.url })).toContain('already holds tables of something else')
      await foreign.drop()
    })

    it('a database that is not there', async () => {
      expect(await failure({ DATABASE_URL: `postgresql://postgres@127.0.0.1:${await freePort()}/x` })).toContain(
        'cannot be used',
      )
    })

    it('a broker that does not know the account', async () => {
      const url = Object.assign(new URL((await takeTestVhost()).url), { password: 'wrong' })
      expect(await failure({ AMQP_URL: url.href })).toContain(`RabbitMQ at ${url.host} cannot be used`)
    })

    it.each([
      ['LAMPLIGHTER_HTTP_PORT', 'eighty'],
      ['LAMPLIGHTER_SIP_PORT', '70000'],
      ['LAMPLIGHTER_LOG_LEVEL', 'loud'],
      ['DATABASE_URL', 'mysql://x'],
      ['LAMPLIGHTER_SECRET', 'short'],
    ])('a wrong %s', async (name, value) => {
      expect(await failure({ [name]: value })).toContain(name)
    })

    it.each([[['dance']], [['serve', 'dance']], [['phone']], [['serve', 'confd']]])(
      'the arguments %j',
      async (args) => {
        expect(await failure({}, args)).toMatch(/dance|--server|AMQP_URL/)
      },
    )

    it('a demonstration in an installation that is none', async () => {
      const ordinary = new LamplighterProcess(
        ['serve'],
        testEnvironment(databaseUrl, path.join(directory, 'failing'), { LAMPLIGHTER_LOG_LEVEL: 'info' }),
      )
      await waitFor(() => ordinary.output.includes('"serving"'), { what: 'the ordinary start' })
      expect(ordinary.output).not.toContain('password')
      expect(await ordinary.interrupt()).toBe(0)
      expect(await failure({}, ['demo'])).toContain('not a demonstration')
    })
  })

  it('keeps its secret to its owner', async () => {
    await mkdir(path.join(directory, 'demo'), { recursive: true })
    await chmod(path.join(directory, 'demo'), 0o755)
    const { stat } = await import('node:fs/promises')
    expect((await stat(path.join(directory, 'demo', 'secret'))).mode & 0o077).toBe(0)
  })
})
