import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { KnownError } from '../../src/errors.ts'
import { addressClass } from '../../src/server/repositories/address-class.ts'
import { parseRepositoryUrl } from '../../src/server/repositories/repository-url.ts'
import { parseUrlPattern } from '../../src/server/repositories/url-pattern.ts'

const hex = (value: number): string => value.toString(16)
const dotted = (value: number): string => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.')

const ipv4 = fc.integer({ min: 0, max: 0xffff_ffff })
/** All the ways in which the web writes an IPv4 address. */
const spelling = fc.constantFrom<(value: number) => string>(
  dotted,
  String,
  (value) => `0x${hex(value)}`,
  (value) => `0${value.toString(8)}`,
  (value) => `${value >>> 24}.${value & 0xff_ffff}`,
  (value) => `0x${hex(value >>> 24)}.0${((value >>> 16) & 255).toString(8)}.${value & 0xffff}`,
)
const segment = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,8}$/)
const path = fc.array(segment, { minLength: 1, maxLength: 5 }).map((segments) => segments.join('/'))

describe('the addresses that the service goes to', () => {
  it('are of one class however an IPv4 address is spelt in the URL, and whatever IPv6 it is wrapped in', () =>
    fc.assert(
      fc.property(ipv4, spelling, (value, spell) => {
        const plain = addressClass(dotted(value))
        const [high, low] = [hex(value >>> 16), hex(value & 0xffff)]
        assert.equal(addressClass(parseRepositoryUrl(`https://${spell(value)}/a/b`).host), plain)
        for (const wrapped of [
          `::ffff:${dotted(value)}`,
          `64:ff9b::${high}:${low}`,
          `2002:${high}:${low}::9`,
        ])
          assert.equal(addressClass(wrapped), plain, wrapped)
      }),
    ))

  it('are of one class however an IPv6 address is spelt', () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 }), (groups) => {
        const long = groups.map((group) => hex(group).padStart(4, '0')).join(':')
        const short = parseRepositoryUrl(`https://[${long}]/a`).host
        assert.equal(addressClass(short), addressClass(long))
        assert.equal(addressClass(long.toUpperCase()), addressClass(long))
      }),
    ))

  it('are public only in 2000::/3, or where an IPv4 address within decides', () =>
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const first = parseRepositoryUrl(`https://[${address}]/a`).host.split(':')[0] ?? ''
        const isGlobal = (Number.parseInt(first === '' ? '0' : first, 16) & 0xe000) === 0x2000
        if (addressClass(address) === 'public')
          assert.ok(isGlobal || /^(::ffff:|64:ff9b::)/.test(address), address)
      }),
    ))

  it('are refused in an orderly way, whatever is sent', () =>
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.webUrl(),
          fc.webUrl().map((url) => `${url}\u0000`),
        ),
        (text) => {
          try {
            const { href, host } = parseRepositoryUrl(text)
            assert.equal(parseRepositoryUrl(href).host, host)
            // A sign that names a user in the host is a letter like others in the path.
            assert.match(href, /^https?:\/\/[^/@?#\s\\%]+\/[^?#\s\\%]+$/)
          } catch (error) {
            assert.ok(error instanceof KnownError && error.code === 'repository-refused', String(error))
          }
        },
      ),
    ))
})

describe('a pattern', () => {
  it('allows what it was made from by putting * for any part of the path, and nothing on other hosts', () =>
    fc.assert(
      fc.property(path, fc.nat(), fc.integer({ min: 1, max: 20 }), (path, at, length) => {
        const from = at % path.length
        const pattern = `${path.slice(0, from)}*${path.slice(from + length)}`
        const { matches } = parseUrlPattern({ url: `https://h.example/${pattern}` })
        assert.ok(matches(parseRepositoryUrl(`https://h.example/${path}`)))
        for (const other of [
          'http://h.example',
          'https://h.example:444',
          'https://x.h.example',
          'https://h.example.x',
        ])
          assert.ok(!matches(parseRepositoryUrl(`${other}/${path}`)), other)
      }),
    ))

  it('agrees with the regular expression that says the same', () =>
    fc.assert(
      fc.property(fc.stringMatching(/^[ab*]{1,6}$/), fc.stringMatching(/^[ab]{1,8}$/), (pattern, path) => {
        fc.pre(!pattern.includes('**'))
        const { matches } = parseUrlPattern({ url: `https://h.example/${pattern}` })
        const same = new RegExp(`^${pattern.replaceAll('*', '.+')}$`)
        assert.equal(matches(parseRepositoryUrl(`https://h.example/${path}`)), same.test(path))
      }),
    ))
})
