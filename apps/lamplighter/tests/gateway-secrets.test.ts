import { createLogger } from '@lamplighter/runtime'
import { waitFor } from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { type Person, request, TestInstallation } from './support.js'

describe('what opens a socket', () => {
  const lines: string[] = []
  let installation: TestInstallation
  let anna: Person
  beforeAll(async () => {
    installation = await TestInstallation.start({}, createLogger('trace', { write: (line) => void lines.push(line) }))
    anna = await installation.account((await installation.tenant()).uuid)
  })
  afterAll(() => installation.stop())

  const ticket = async () => {
    const { json } = await request(`${installation.url}/api/auth/0.1/ws-ticket`, {
      method: 'POST',
      token: anna.api.token,
    })
    return (json as { ticket: string }).ticket
  }
  /** The first thing a socket is told: a frame, a close code, or why there was no upgrade. */
  const open = (url: string, first?: object) =>
    new Promise<string | number>((resolve) => {
      const socket = new WebSocket(url)
      socket.on('open', () => first && socket.send(JSON.stringify(first)))
      socket.on('message', (data) => resolve(data.toString()))
      socket.on('close', resolve)
      socket.on('error', ({ message }) => resolve(message))
    })

  it('row 21: a ticket that is used many times at once opens one socket', async () => {
    const one = await ticket()
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => open(`${installation.websocketUrl}?version=3&ticket=${one}`)),
    )
    expect(answers.filter((answer) => answer === 4002)).toHaveLength(11)
    expect(answers.filter((answer) => String(answer).includes('"init"'))).toHaveLength(1)
  })

  it('S11: is in no line of the log, however it comes and whatever becomes of it', async () => {
    const { token } = anna.api
    const one = await ticket()
    const base = installation.websocketUrl
    for (const url of [
      `${base}?version=3&token=${token}`,
      `${base}?version=2&tok%65n=${token}`,
      `${base}?version=x&token=${token}`,
      `${base}?version=3&ticket=${one}`,
      `${base}?version=3&ticket=${one}`,
      `${base}/nowhere?token=${token}`,
      `${base.replace('websocketd', 'websocket')}?token=${token}`,
    ])
      await open(url)
    await open(`${base}?version=3`, { op: 'token', data: { token } })
    for (const name of ['token', 'tok%65n', 'TICKET'])
      await request(`${installation.url}/api/events?after=x&${name}=${token}`, { token })
    await waitFor(() => lines.some((line) => line.includes('/api/events')), { what: 'the log of the last request' })
    expect(lines.filter((line) => line.includes('[redacted]')).length).toBeGreaterThan(0)
    for (const secret of [token, one]) expect(lines.filter((line) => line.includes(secret))).toEqual([])
  })
})
