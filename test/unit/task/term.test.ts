import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hashLine } from '../../../src/task/line-hash.ts'
import { hashTerm, splitIdentifier } from '../../../src/task/term.ts'

describe('an identifier', () => {
  for (const [identifier, parts] of [
    ['get_absolute_url', ['get', 'absolute', 'url']],
    ['HTMLParser2', ['HTML', 'Parser', '2']],
    ['camelCase', ['camel', 'Case']],
    ['__init__', ['init']],
    ['URL', ['URL']],
    ['größeÄndern', ['größeÄndern']],
    ['x', ['x']],
    ['_', []],
  ] as const) {
    it(`"${identifier}" has the parts ${parts.join(', ') || 'none'}`, () => {
      assert.deepEqual(splitIdentifier(identifier), parts)
    })
  }
})

describe('the hash of a term', () => {
  it('is the same for capitals and small letters', () => {
    assert.equal(hashTerm('QuerySet'), hashTerm('queryset'))
    assert.notEqual(hashTerm('queryset'), hashTerm('querysets'))
  })

  it('has 24 bits and is never 0', () => {
    for (let i = 0; i < 10_000; i++) {
      const hash = hashTerm(`term${i}`)
      assert.ok(hash > 0 && hash < 1 << 24)
    }
  })
})

describe('the hash of a line', () => {
  const hash = (line: string) => hashLine(Buffer.from(line), 0, Buffer.byteLength(line))

  it('does not see white space', () => {
    assert.equal(hash('\t\treturn  self.method( argument )\r'), hash('return self.method(argument)'))
  })

  it('is 0 for a line too short, too long or with few letters', () => {
    assert.equal(hash('return None'), 0)
    assert.equal(hash('x'.repeat(401)), 0)
    assert.equal(hash(`${' '.repeat(30)}pass`), 0)
    assert.equal(hash('='.repeat(40)), 0)
  })
})
