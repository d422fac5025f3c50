import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hashLine } from '../../../src/task/line-hash.ts'
import {
  isOutline,
  OUTLINE_VERSION,
  outlineBranches,
  outlineLines,
  outlineQuotable,
  outlineUnits,
} from '../../../src/task/outline.ts'
import { Scanner } from '../../../src/task/scan.ts'
import { hashTerm } from '../../../src/task/term.ts'
import { outlineOf, termsIn } from '../../fixtures/outlines.ts'

const has = (text: string, words: readonly string[]) => {
  const terms = termsIn(outlineOf('a.py', text))
  assert.deepEqual(
    words.filter((word) => !terms.has(hashTerm(word))),
    [],
  )
  return terms
}

describe('the scanner', () => {
  it('outlines an empty file as nothing', () => {
    const outline = outlineOf('a.py', '')
    assert.deepEqual([...outline], [OUTLINE_VERSION, 0, 0, 0, 0, 0, 0])
    assert.ok(isOutline(outline))
  })

  it('counts lines with and without a last line feed alike', () => {
    assert.equal(outlineLines(outlineOf('a.py', 'a\nb')), 2)
    assert.equal(outlineLines(outlineOf('a.py', 'a\nb\n')), 2)
    assert.equal(outlineLines(outlineOf('a.py', '\n\n')), 2)
  })

  it('takes words of comments and strings as terms', () => {
    has('# the Queryset\nx = "model meta"\n', ['queryset', 'model', 'meta'])
  })

  it('counts a term as often as it occurs, up to 255', () => {
    assert.equal(has('spam spam', ['spam']).get(hashTerm('spam')), 2)
    assert.equal(has('spam '.repeat(1000), ['spam']).get(hashTerm('spam')), 255)
  })

  it('takes only the parts of a word that is too long to be a name', () => {
    const long = `${'part_'.repeat(20)}end`
    const terms = has(long, ['part', 'end'])
    assert.ok(!terms.has(hashTerm(long)))
  })

  it('leaves numbers out, and words that begin with one', () => {
    assert.equal(termsIn(outlineOf('a.py', '12 0x1f 3rd 1e5')).size, 0)
  })

  it('counts conditions, loops and handlers as branches', () => {
    assert.equal(outlineBranches(outlineOf('a.py', 'if a and b:\n  for c in d:\n    pass\nexcept E:\n')), 4)
  })

  it('keeps lines long enough to be quoted, without their white space', () => {
    const line = Buffer.from('return self.query.get_compiler(using)')
    const outline = outlineOf('a.py', `    return self.query.get_compiler( using )\nx = 1\n`)
    assert.deepEqual([...outlineQuotable(outline)], [hashLine(line, 0, line.length)])
  })

  it('reads binary content, a single huge line and any number of different words', () => {
    const binary = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 7919) % 256))
    assert.ok(isOutline(outlineOf('a.py', binary)))
    const line = outlineOf('a.py', 'x=1;'.repeat(250_000))
    assert.equal(outlineLines(line), 1)
    const words = Array.from({ length: 60_000 }, (_, i) => `w${i.toString(36)}z`).join(' ')
    assert.equal(termsIn(outlineOf('a.py', words)).size <= 30_000, true)
  })

  it('gives each file the outline it would have alone, whatever it scanned before', () => {
    const texts = ['import (\n', 'def a(b,\n', 'foo(a,\n', '(x) {\n  y\n}\n', '\n{\n  z\n', 'pub(', '']
    const scanner = new Scanner()
    const families = ['brace', 'indent', 'end'] as const
    for (const before of texts) {
      for (const text of texts) {
        for (const family of families) {
          scanner.scan(Buffer.from(before), family)
          const after = scanner.scan(Buffer.from(text), family)
          assert.deepEqual(
            after,
            new Scanner().scan(Buffer.from(text), family),
            JSON.stringify([before, text]),
          )
        }
      }
    }
    assert.equal(outlineUnits(scanner.scan(Buffer.from('a'), 'indent')), 1)
  })
})

describe('an outline', () => {
  it('is of this version and whole', () => {
    const outline = outlineOf('a.py', 'import os\ndef f(x):\n    return os.path.join(x, x)\n')
    assert.ok(isOutline(outline))
    assert.ok(!isOutline(outline.subarray(0, -1)))
    assert.ok(!isOutline(outline.map((word, index) => (index === 0 ? word - 1 : word))))
    assert.ok(!isOutline(outline.map((word, index) => (index === 3 ? word + 1 : word))))
    assert.ok(!isOutline(new Uint32Array(3)))
  })
})
