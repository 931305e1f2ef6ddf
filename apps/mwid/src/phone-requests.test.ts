import { createLogger } from '@lamplighter/runtime'
import { Headers, type IncomingRequest, VirtualClock } from '@lamplighter/sip'
import { expect, it } from 'vitest'
import { PhoneRequests, type PhoneRequestsParts } from './phone-requests.js'

/** A request without anything in it: refused where it is looked at. */
function ask(method: 'SUBSCRIBE' | 'REGISTER', requests: PhoneRequests): Promise<string[]> {
  const got: string[] = []
  const incoming = {
    request: { kind: 'request', method, uri: 'sip:x@127.0.0.1', headers: new Headers(), body: Buffer.alloc(0) },
    from: { host: '127.0.0.1', port: 5060 },
    respond: (status: number) => got.push(String(status)),
    ignore: () => got.push('ignored'),
  } as unknown as IncomingRequest
  return requests.handlers[method](incoming).then(() => got)
}

it('leaves phones unanswered until what the worker before accepted is taken over: they ask again', async () => {
  const requests = new PhoneRequests({
    settings: { accessCodes: [] },
    time: { clock: new VirtualClock(), wallMs: () => 0 },
    log: createLogger('silent'),
  } as unknown as PhoneRequestsParts)
  expect(await ask('SUBSCRIBE', requests)).toEqual(['ignored'])
  expect(await ask('REGISTER', requests)).toEqual(['ignored'])
  requests.open()
  expect(await ask('SUBSCRIBE', requests)).toEqual(['489'])
  expect(await ask('REGISTER', requests)).toEqual(['400'])
})
