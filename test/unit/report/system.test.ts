import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { countTasks, repeated, sampleOf } from '../../../src/report/sample.ts'
import { subjectOf } from '../../../src/report/subject.ts'
import { restrictedTo } from '../../../src/report/system.ts'
import { madeEpisodes } from '../../fixtures/episodes.ts'
import { type MadeRow, madeSubject, onlyField } from '../../fixtures/report-subject.ts'

const ROWS: readonly MadeRow[] = [
  { task: 'b', input: 1, output: 1 },
  { task: 'a', input: 2, output: 1 },
  { input: 3, output: 1 },
  { task: 'b', input: 4 },
  { task: 'c', input: 5, output: 1 },
  { input: 6, output: 1 },
  { task: 'a', input: 7, output: 1, model: 'other' },
  { task: 'a', input: 8, output: 1, benchmark: 'second' },
]

describe('systems', () => {
  const { fields } = madeSubject(ROWS)

  it('are an agent with a model on a benchmark, in the order of their names', () => {
    assert.deepEqual(
      fields.map(({ benchmark, systems }) => [benchmark, systems.map(({ name }) => name)]),
      [
        ['made', ['a · m', 'a · other']],
        ['second', ['a · m']],
      ],
    )
  })

  it('have every run in exactly one of them', () => {
    const rows = fields.flatMap(({ systems }) => systems.flatMap((system) => [...system.rows]))
    assert.deepEqual(
      rows.toSorted((a, b) => a - b),
      [...ROWS.keys()],
    )
  })

  it('have their runs ordered by task, each run without a task being a task of its own', () => {
    const [system] = fields[0]?.systems ?? []
    assert.deepEqual([...(system?.rows ?? [])], [1, 0, 3, 4, 2, 5])
    assert.deepEqual([...(system?.tasks ?? [])], [0, 1, 1, 2, 3, 4])
    assert.equal(system?.taskCodes.length, 5)
  })

  it('are called not recorded where nobody told', () => {
    const { fields: nameless } = subjectOf(madeEpisodes(2, {}))
    assert.deepEqual(
      nameless.map(({ benchmark, systems }) => [benchmark, systems.map(({ name }) => name)]),
      [['not recorded', ['not recorded · not recorded']]],
    )
  })

  it('can be cut down to some runs, their tasks numbered anew', () => {
    const [system] = fields[0]?.systems ?? []
    assert.ok(system !== undefined)
    const part = restrictedTo(system, (row) => row !== 1 && row !== 4)
    assert.deepEqual([...part.rows], [0, 3, 2, 5])
    assert.deepEqual([...part.tasks], [0, 0, 1, 2])
  })
})

describe('samples', () => {
  const subject = madeSubject(ROWS.slice(0, 6))
  const [system] = onlyField(subject).systems
  assert.ok(system !== undefined)

  it('are the runs where all that is asked is known, the others counted', () => {
    const sample = sampleOf(system, subject.episodes.input, subject.episodes.output)
    assert.deepEqual([...sample.values], [2, 1, 5, 3, 6])
    assert.deepEqual([sample.unknown, countTasks(sample.tasks)], [1, 5])
  })

  it('know the runs of tasks that have more than one', () => {
    assert.deepEqual([...repeated(sampleOf(system, subject.episodes.input)).values], [1, 4])
    assert.equal(repeated(sampleOf(system, subject.episodes.input, subject.episodes.output)).values.length, 0)
  })
})
