import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Family } from '../../src/task/language.ts'
import {
  isOutline,
  outlineBranches,
  outlineUnits,
  termsAt,
  termsEnd,
  UNIT,
  unitAt,
} from '../../src/task/outline.ts'
import { Scanner } from '../../src/task/scan.ts'
import { hashTerm, MAX_TERM_BYTES, splitIdentifier } from '../../src/task/term.ts'
import { outlineOf, termsIn } from '../fixtures/outlines.ts'

const identifier = fc.stringMatching(
  /^[A-Za-z_\u00c0-\u024f\u0400-\u045f\u4e00-\u4eff][\wÀ-ɏЀ-џ一-仿]{0,40}$/,
)
const pieces = [
  'def f(x):',
  'class A {',
  'func (a *B) c() {',
  'import x',
  'import (',
  'from . import',
  'pub(crate) fn',
  'require(',
  'cdef int f(',
  '"',
  "'",
  '{',
  '}',
  '(',
  ')',
  ',',
  ':',
  '.',
  '\n',
  '\n    ',
  ' ',
  '=',
  '_',
  'x',
  'HTML',
  '9',
  'é',
  '\0',
]
const code = fc.oneof(
  fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((parts) => Buffer.from(parts.join(''))),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
)
const family = fc.constantFrom<Family>('indent', 'brace', 'end', 'prose')

describe('the scanner', () => {
  it('finds in a word the word and its parts, as a query would ask for them', () =>
    fc.assert(
      fc.property(identifier, (word) => {
        fc.pre(Buffer.byteLength(word) <= MAX_TERM_BYTES)
        const parts = splitIdentifier(word).filter((part) => part !== word && !/^\d/.test(part))
        const asked = [word, ...parts].filter((term) => Buffer.byteLength(term) > 1)
        const found = termsIn(outlineOf('a.txt', word))
        assert.deepEqual(new Set(found.keys()), new Set(asked.map(hashTerm)))
        assert.equal(
          [...found.values()].reduce((sum, count) => sum + count, 0),
          asked.length,
        )
      }),
    ))

  it('makes a whole outline of any bytes, and holds nothing over to the next', () => {
    const scanner = new Scanner()
    fc.assert(
      fc.property(code, family, (bytes, language) => {
        const outline = scanner.scan(bytes, language)
        assert.ok(isOutline(outline))
        assert.deepEqual(outline, new Scanner().scan(bytes, language))
      }),
    )
  })

  it('gives every line after the first definition to one unit, in order, and every branch', () =>
    fc.assert(
      fc.property(code, family, (bytes, language) => {
        const outline = new Scanner().scan(bytes, language)
        let [next, branches, firstTerm] = [1, 0, 0]
        for (let unit = 0; unit < outlineUnits(outline); unit++) {
          const word = (offset: number) => outline[unitAt(unit) + offset] as number
          assert.ok(word(UNIT.line) >= next)
          assert.ok(word(UNIT.firstTerm) >= firstTerm)
          next = word(UNIT.line) + word(UNIT.lines)
          branches += word(UNIT.branches)
          firstTerm = word(UNIT.firstTerm)
        }
        assert.equal(branches, outlineBranches(outline))
        assert.ok(firstTerm <= termsEnd(outline) - termsAt(outline))
      }),
    ))
})
