import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { extractFeatures } from '../../src/features/features.ts'
import { snapshotOf } from '../fixtures/features.ts'

const BYTES = 1_000_000
/** Generous: an ordinary machine needs a tenth of it; a pattern that backtracks needs minutes. */
const LIMIT_MS = 10_000

const fill = (text: string, length = BYTES): string =>
  text.repeat(Math.ceil(length / text.length)).slice(0, length)
const lines = (text: string): string => `${fill(text, 1999)}\n`.repeat(BYTES / 2000)
const numbered = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n')

const CASES: Readonly<Record<string, string>> = {
  'a million times the same letter': fill('a', 1_000_000),
  'a million capitals': fill('A', 1_000_000),
  'nothing but underscores': fill('_'),
  'nothing but white space': fill(' \t'),
  'nothing but line feeds': fill('\n'),
  'nothing but digits and dots': fill('1.'),
  'lists in lists': numbered(2000, (i) => `${' '.repeat(i)}- x`),
  'quotations in quotations': numbered(2000, (i) => `${'>'.repeat(i)} x`),
  'two megabytes of brackets in brackets': fill('**_`[(<', 2_000_000),
  'fences in fences': fill('```\n'),
  'comments in comments': fill('<!--'),
  'special tokens': fill('<|endoftext|>'),
  'lone surrogates': fill('\ud800'),
  'a traceback of 100,000 lines': numbered(100_000, (i) => `File "f${i}.py", line ${i}, in f`),
  'folders in folders': lines('aaaa/'),
  'file names in file names': lines('a.py/'),
  'names that nearly are paths': lines('a.'),
  'names that nearly are names': lines('AaA_'),
  'frames that nearly are frames': lines('File "'),
  'links that nearly are links': lines('/blob/'),
  '200,000 different names': numbered(200_000, (i) => `nameOf${i}`),
}

describe('an issue that wants to do harm is answered in seconds:', () => {
  const snapshot = snapshotOf(
    Object.fromEntries(
      Array.from({ length: 500 }, (_, i) => [`pkg${i % 20}/f${i}.py`, `def name_of${i}(x):\n    return x\n`]),
    ),
    [{ at: 0, subject: 'Fix a', paths: ['pkg1/f1.py'] }],
  )
  const answers = (title: string, body: string) => {
    const start = performance.now()
    const { dense } = extractFeatures({ title, body }, snapshot)
    assert.ok(performance.now() - start < LIMIT_MS)
    for (const value of Object.values(dense).flat()) assert.ok(value === null || Number.isFinite(value))
  }

  for (const [name, text] of Object.entries(CASES)) {
    it(name, () => answers('Title', text))
  }

  it('a title of a megabyte, and names in the body that are not in it', () =>
    answers(
      fill('helloWorld ', 1_000_000),
      numbered(60_000, (i) => `helloWord${i}`),
    ))
})
