import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isLoopback, isLoopbackHost, networkOf } from '../../../src/server/auth/client-address.ts'
import { guessLimit } from '../../../src/server/auth/guess-limit.ts'
import { needsKeys } from '../../../src/server/auth/needs-keys.ts'
import { openSessions } from '../../../src/server/auth/sessions.ts'

const group = fc.integer({ min: 0, max: 0xffff }).map((n) => n.toString(16))

describe('an address', () => {
  it('is of this machine alone only in the ranges set aside for that', () => {
    for (const own of ['127.0.0.1', '127.255.255.254', '::1', '::ffff:127.0.0.1', '0:0:0:0:0:0:0:1'])
      assert.equal(isLoopback(own), true, own)
    for (const other of [
      '128.0.0.1',
      '::',
      '::2',
      '0.0.0.0',
      '',
      'localhost',
      '::ffff:10.0.0.1',
      'fe80::1%lo',
    ])
      assert.equal(isLoopback(other), false, other)
    assert.equal(isLoopbackHost('localhost'), true)
    assert.equal(isLoopbackHost('[::1]'), true)
    assert.equal(isLoopbackHost('0.0.0.0'), false)
    assert.equal(isLoopbackHost('localhost.example'), false)
  })

  it('of IPv6 counts as its /64, however it is written', () =>
    fc.assert(
      fc.property(
        fc.array(group, { minLength: 8, maxLength: 8 }),
        fc.array(group, { minLength: 4, maxLength: 4 }),
        (groups, others) => {
          const [network, neighbour] = [groups.join(':'), [...groups.slice(0, 4), ...others].join(':')]
          fc.pre(!/^(0:){5}ffff:/.test(`${network}:`) && !/^(0:){5}ffff:/.test(`${neighbour}:`))
          assert.equal(networkOf(network), networkOf(neighbour))
          assert.equal(networkOf(network.toUpperCase()), networkOf(network))
          const next = ((Number.parseInt(groups[3] ?? '', 16) + 1) % 0x10000).toString(16)
          assert.notEqual(networkOf([...groups.slice(0, 3), next, ...others].join(':')), networkOf(network))
        },
      ),
    ))

  it('of IPv4 counts as itself, also inside IPv6', () => {
    assert.equal(networkOf('192.0.2.1'), '192.0.2.1')
    assert.equal(networkOf('::ffff:192.0.2.1'), '192.0.2.1')
    assert.equal(networkOf('2001:db8::1'), '2001:db8:0:0::/64')
    assert.equal(networkOf('fe80::1%eth0'), 'fe80:0:0:0::/64')
    assert.equal(networkOf(''), '')
  })
})

describe('keys', () => {
  it('are needed wherever others than this machine may ask', () => {
    const exposure = { host: '127.0.0.1', keysRequired: null, trustProxy: false } as const
    assert.equal(needsKeys(exposure), false)
    assert.equal(needsKeys({ ...exposure, keysRequired: false }), false)
    for (const more of [
      { keysRequired: true },
      { trustProxy: 1 },
      { host: '0.0.0.0' },
      { host: '::' },
      { host: '10.0.0.1' },
    ])
      assert.equal(needsKeys({ ...exposure, ...more }), true, JSON.stringify(more))
    assert.equal(needsKeys({ ...exposure, host: '0.0.0.0', keysRequired: false }), true)
  })
})

describe('what is remembered of clients', () => {
  it('is never more than there is room for', () => {
    const guesses = guessLimit({ nowMs: () => 0, mostPlaces: 50 })
    for (let i = 0; i < 500; i++) guesses.refused(`10.0.${i >> 8}.${i & 255}`)
    assert.equal(guesses.size, 50)
    const sessions = openSessions({ nowMs: () => 0, most: 50 })
    const tokens = Array.from({ length: 60 }, (_, i) => sessions.open(`key-${i}`))
    assert.equal(sessions.size, 50)
    assert.equal(sessions.keyOf(tokens[0] ?? ''), null)
    assert.equal(sessions.keyOf(tokens[59] ?? ''), 'key-59')
  })
})
