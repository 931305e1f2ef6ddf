import { describe, expect, it } from 'vitest'
import type { RemoteAddress } from '../transport/transport.js'
import { nextHop } from './dialog.js'

const overUdp: RemoteAddress = { host: '192.0.2.7', port: 40_000, transport: 'UDP' }
const overTcp: RemoteAddress = { host: '192.0.2.7', port: 40_000, transport: 'TCP', flow: 'tcp-1' }
const overWebSocket: RemoteAddress = { host: '192.0.2.7', port: 40_000, transport: 'WS', flow: 'ws-1' }

function hop(remoteTarget: string, flow: RemoteAddress, ...routeSet: string[]): RemoteAddress {
  return nextHop({ remoteTarget, routeSet, flow })
}

describe('where a request inside a dialog goes', () => {
  it('goes to the Contact where it names the address the peer was seen at', () => {
    expect(hop('sip:1001@192.0.2.7:5062', overUdp)).toEqual({ host: '192.0.2.7', port: 5062, transport: 'UDP' })
    expect(hop('sip:1001@192.0.2.7', overUdp)).toEqual({ host: '192.0.2.7', port: 0, transport: 'UDP' })
    expect(hop('sip:1001@192.0.2.7;transport=tcp', overUdp)).toMatchObject({ transport: 'TCP' })
    expect(hop('sips:1001@192.0.2.7', overUdp)).toMatchObject({ transport: 'TLS' })
  })

  it('goes back where the SUBSCRIBE came from, behind NAT', () => {
    expect(hop('sip:1001@10.0.0.1:5062', overUdp)).toEqual(overUdp)
    expect(hop('sip:1001@[2001:db8::1]', { ...overUdp, host: '2001:db8::1' })).toMatchObject({ host: '2001:db8::1' })
  })

  it('takes the connection of the SUBSCRIBE first on a stream, and knows where else to try', () => {
    expect(hop('sip:1001@192.0.2.7:5062;transport=tcp', overTcp)).toEqual({
      host: '192.0.2.7',
      port: 5062,
      transport: 'TCP',
      flow: 'tcp-1',
    })
    expect(hop('sip:x@a8k2.invalid;transport=ws', overWebSocket)).toEqual(overWebSocket)
  })

  it('goes to the first proxy of the route set, by the transport its Route names', () => {
    expect(hop('sip:1001@10.0.0.1', overUdp, '<sip:198.51.100.1:5070;lr>')).toEqual({
      host: '198.51.100.1',
      port: 5070,
    })
    expect(hop('sip:1001@10.0.0.1', overTcp, '<sip:proxy.example;transport=tcp;lr>')).toEqual({
      host: 'proxy.example',
      port: 0,
      transport: 'TCP',
      flow: 'tcp-1',
    })
    expect(hop('sip:1001@10.0.0.1', overUdp, '<sips:proxy.example;lr>')).toMatchObject({ transport: 'TLS' })
  })
})
