import { StartError } from '@lamplighter/runtime'
import { describe, expect, it } from 'vitest'
import { readProxies } from '../src/proxy-setting.js'
import { readRateLimits } from '../src/rate-limit-setting.js'

describe('LAMPLIGHTER_RATE_LIMITS', () => {
  it('has generous defaults, and each limit one', () => {
    expect(Object.keys(readRateLimits(undefined)).sort()).toEqual([
      'address',
      'login',
      'media',
      'reassert',
      'tenant',
      'token',
    ])
  })

  it('turns everything off with 0', () => {
    expect(readRateLimits('0')).toEqual({})
  })

  it('changes what it names and leaves the rest', () => {
    const { token, media, ...others } = readRateLimits('token=5/10, media=0')
    expect([token, media]).toEqual([{ ratePerSec: 5, burst: 10 }, undefined])
    expect(Object.keys(others).sort()).toEqual(['address', 'login', 'reassert', 'tenant'])
  })

  it.each(['', 'token', 'token=', 'token=5', 'token=-1/5', 'speed=1/2', 'token=1/2/3', 'token=5/0'])(
    'refuses %j',
    (text) => {
      expect(() => readRateLimits(text)).toThrow(StartError)
    },
  )
})

describe('LAMPLIGHTER_TRUSTED_PROXIES', () => {
  it('takes addresses, networks, names of networks, or none', () => {
    expect(readProxies('loopback, 10.0.0.0/8,::1,fd00::/8')).toEqual(['loopback', '10.0.0.0/8', '::1', 'fd00::/8'])
    expect(readProxies('none')).toEqual([])
  })

  it.each(['', 'everyone', '10.0.0.0/33', '10.0.0.0/8/8', '1.2.3', '10.0.0.1/'])('refuses %j', (text) => {
    expect(() => readProxies(text)).toThrow(StartError)
  })
})
