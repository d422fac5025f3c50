import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Section } from '../../../src/report/document.ts'
import { eachField } from '../../../src/report/each-field.ts'
import { slug } from '../../../src/report/findings.ts'
import { unknownCosts, unknownOutcomes, unknownTokens } from '../../../src/report/missing.ts'
import { withUniqueIds } from '../../../src/report/unique-ids.ts'
import { unsaidWords } from '../../../src/report/unsaid-words.ts'
import { type MadeRow, madeSubject, onlyField } from '../../fixtures/report-subject.ts'

const known = (more: MadeRow = {}): MadeRow => ({
  input: 9,
  output: 1,
  costUsd: 1,
  outcome: 'resolved',
  ...more,
})
const times = (count: number, row: MadeRow): readonly MadeRow[] =>
  Array.from({ length: count }, (_, i) => ({ task: `t-${i}`, ...row }))

describe('what is left out', () => {
  const told = (rows: readonly MadeRow[], lacking = unknownTokens) => {
    const subject = madeSubject(rows)
    return lacking(subject, onlyField(subject)).map(({ runs, why, from }) => `${runs} · ${why} · ${from}`)
  }

  it('is one line where no run of a benchmark tells its tokens', () => {
    assert.deepEqual(
      told([...times(3, { model: 'x' }), ...times(2, { model: 'y', input: 1, output: 1, incomplete: true })]),
      ['5 · total tokens unknown or only "at least", of all runs · all token figures on made'],
    )
  })

  it('is one line for the systems that tell none, and one for each that tells some', () => {
    const lines = told([
      ...times(4, { model: 'x' }),
      ...times(2, { model: 'y' }),
      ...times(8, known({ model: 'z' })),
      ...times(2, { model: 'z', outcome: 'failed' }),
      ...times(1, known({ model: 'whole' })),
    ])
    assert.deepEqual(lines, [
      '6 · total tokens unknown or only "at least", of all runs of a · x, a · y · token figures of these on made',
      '2 · total tokens unknown or only "at least", and not at random: 0 % of them resolved, 100 % of the others · token figures of a · z on made, which rest on its other 8 runs',
    ])
  })

  it('are not called missing otherwise than at random on the word of one run', () => {
    const lines = told([...times(8, known()), ...times(1, { outcome: 'failed' })])
    assert.deepEqual(lines, [
      '1 · total tokens unknown or only "at least" · token figures of a · m on made, which rest on its other 8 runs',
    ])
  })

  it('names a few systems and counts the others', () => {
    const many = ['p', 'q', 'r', 's', 't'].flatMap((model) => times(1, { model }))
    assert.match(told([...many, known()])[0] ?? '', /of all runs of a · p, a · q, a · r and 2 more · /)
  })

  it('tells of outcomes and costs alike, and of nothing where all is known', () => {
    const rows = [
      known({ task: 't' }),
      known({ task: 't', model: 'x', costUsd: Number.NaN }),
      { task: 'u', input: 1, output: 1 },
    ]
    assert.deepEqual(told(rows, unknownOutcomes), ['1 · outcome not recorded · rates of a · m on made'])
    assert.deepEqual(told(rows, unknownCosts), [
      '2 · cost unknown, neither priced nor reported · dollar figures on made',
    ])
    for (const lacking of [unknownTokens, unknownOutcomes, unknownCosts])
      assert.deepEqual(told([known()], lacking), [])
  })
})

describe('what cannot be said', () => {
  const unsaid = (rows: readonly MadeRow[]) => {
    const subject = madeSubject(rows)
    return unsaidWords(subject, onlyField(subject))
  }

  it('is said in one sentence with its reasons', () => {
    assert.deepEqual(unsaid([{ task: 't' }]), [
      'On made it cannot be said what is resolved (no outcome is recorded), nor where tokens go (no run tells all of its tokens), nor what runs cost (neither a price nor a cost is known), nor who is better (there is one system), nor how far chance goes (there is one run).',
    ])
    assert.deepEqual(unsaid(times(2, known({ outcome: 'failed' }))), [
      'On made it cannot be said what a success costs (no run was resolved), nor who is better (there is one system), nor how much repeats differ (no system ran a task twice).',
    ])
  })

  it('is nothing where two systems with repeats tell everything', () => {
    const rows = ['x', 'y'].flatMap((model) => [1, 2].map(() => known({ model, task: 't' })))
    assert.deepEqual(unsaid(rows), [])
  })
})

describe('ids', () => {
  const section = (id: string, ...tables: readonly string[]): Section => ({
    id,
    title: id,
    words: [],
    blocks: tables.map((table) => ({
      kind: 'table',
      table: { id: table, title: table, columns: [], rows: [], note: '' },
    })),
  })
  const ids = (sections: readonly Section[]) =>
    withUniqueIds(sections).map(({ id, blocks }) => [id, ...blocks.map(({ table }) => table.id)])

  it('are unique: those after the first get the next number that is free', () => {
    assert.deepEqual(ids([section('x', 't', 't'), section('x-2', 't-2'), section('x')]), [
      ['x', 't', 't-2'],
      ['x-2', 't-2-2'],
      ['x-3'],
    ])
  })

  it('are letters, digits and hyphens, never empty and short enough for the name of a file', () => {
    assert.deepEqual(['A b/C', '--x--', '模型', ''].map(slug), ['a-b-c', 'x', 'x', 'x'])
    assert.ok(slug('name '.repeat(200)).length <= 80)
    assert.doesNotMatch(slug(`${'x'.repeat(79)} y`), /-$/)
  })
})

describe('the summary of several benchmarks', () => {
  it('tells what matters most of each first, those with most runs before the others', () => {
    const { fields } = madeSubject([...times(2, { benchmark: 'small' }), ...times(5, { benchmark: 'wide' })])
    const found = eachField(fields, ({ benchmark }) => ({
      summary: [`${benchmark} first`, ...(benchmark === 'small' ? ['small second'] : [])],
      unsaid: [`${benchmark} lacks`],
      excluded: [],
      sections: [{ id: benchmark, title: benchmark, words: [], blocks: [] }],
    }))
    assert.deepEqual(found.summary, ['wide first', 'small first', 'small second'])
    assert.deepEqual(found.unsaid, ['wide lacks', 'small lacks'])
    assert.deepEqual(
      found.sections.map(({ id }) => id),
      ['small', 'wide'],
    )
  })

  it('is of the ten with most runs, and counts the others', () => {
    const { fields } = madeSubject(
      Array.from({ length: 12 }, (_, i) => times(i + 1, { benchmark: `b-${i}` })).flat(),
    )
    const found = eachField(fields, ({ benchmark }) => ({ summary: [benchmark], excluded: [], sections: [] }))
    assert.deepEqual(
      [found.summary.length, found.summary[0], found.unsaid],
      [10, 'b-11', ['2 more benchmarks are below.']],
    )
  })
})
