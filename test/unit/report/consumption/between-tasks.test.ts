import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seededRandom } from '../../../../src/regress/random.ts'
import { betweenTasksBlocks } from '../../../../src/report/consumption/between-tasks.ts'
import type { TaskMeans } from '../../../../src/report/consumption/task-means.ts'
import { figureOf, reasonOf, rowsOf, tableOf } from '../../../fixtures/report-subject.ts'
import { close } from '../../regress/close.ts'

/** Tasks with these input tokens and accuracies. */
function means(name: string, input: readonly number[], accuracy: readonly number[]): TaskMeans {
  const column = (values: readonly number[]) => Float64Array.from(values)
  return {
    benchmark: 'made',
    name,
    ids: input.map((_, i) => `t-${i}`),
    runs: column(input.map(() => 4)),
    input: column(input),
    output: column(input.map((tokens) => tokens / 10)),
    total: column(input.map((tokens) => tokens * 1.1)),
    usd: column(input),
    accuracy: column(accuracy),
  }
}

/** Tasks whose accuracy falls with tokens, noisily. */
function drawn(name: string, tasks: number): TaskMeans {
  const random = seededRandom(tasks)
  const input = Array.from({ length: tasks }, () => 1000 + random.integer(100_000))
  return means(
    name,
    input,
    input.map((tokens) => Math.max(0, Math.min(1, 1 - tokens / 150_000 + 0.3 * random.normal()))),
  )
}

/** Pearson's r by its definition. */
function pearson(x: readonly number[], y: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [a, b] = [mean(x), mean(y)]
  let [xy, xx, yy] = [0, 0, 0]
  for (const [i, value] of x.entries()) {
    xy += (value - a) * ((y[i] as number) - b)
    xx += (value - a) ** 2
    yy += ((y[i] as number) - b) ** 2
  }
  return xy / Math.sqrt(xx * yy)
}

/** r over so many groups as equal as can be, by sorting and cutting. */
function groupedR({ input, accuracy }: TaskMeans, groups: number): number {
  const order = [...input.keys()].sort((a, b) => (input[a] as number) - (input[b] as number))
  const parts = Array.from({ length: groups }, (_, g) =>
    order.slice(Math.round((g * order.length) / groups), Math.round(((g + 1) * order.length) / groups)),
  )
  const mean = (column: Float64Array, of: readonly number[]) =>
    of.reduce((sum, i) => sum + (column[i] as number), 0) / of.length
  return pearson(
    parts.map((part) => mean(input, part)),
    parts.map((part) => mean(accuracy, part)),
  )
}

describe('dearer tasks and accuracy', () => {
  const many = drawn('many', 400)
  const some = drawn('some', 80)
  const few = drawn('few', 31)
  const blocks = betweenTasksBlocks('made', [many, some, few])
  const rows = rowsOf(tableOf(blocks, 'between-tasks'))

  it('are told over groups of at least 8 tasks, at most 20 of them', () => {
    assert.deepEqual([rows.many?.groups, rows.some?.groups], [20, 10])
    close([figureOf(rows.many?.r_groups_input)], [groupedR(many, 20)], 1e-9)
    close([figureOf(rows.some?.r_groups_input)], [groupedR(some, 10)], 1e-9)
    close([figureOf(rows.some?.r_groups_output)], [groupedR(some, 10)], 1e-9)
  })

  it('are told task by task beside, which is nearer to 0', () => {
    const r = figureOf(rows.many?.r_tasks_input)
    close([r], [pearson([...many.input], [...many.accuracy])], 1e-9)
    assert.ok(r < 0 && figureOf(rows.many?.r_groups_input) < r)
  })

  it('are not told in groups for fewer than 32 tasks, and why', () => {
    assert.equal(reasonOf(rows.few?.r_groups_input), '31 tasks: 4 groups need 32')
    assert.equal(reasonOf(rows.few?.groups), '31 tasks: 4 groups need 32')
    assert.ok(figureOf(rows.few?.r_tasks_input) < 0)
  })

  it('draw lines of at most the 8 systems with most tasks, none for those without groups', () => {
    const systems = Array.from({ length: 12 }, (_, i) => drawn(`s-${i}`, 28 + 4 * i))
    const [block] = betweenTasksBlocks('made', systems)
    assert.ok(block?.kind === 'figure' && block.figure.chart.kind === 'lines')
    assert.deepEqual(
      block.figure.chart.lines.map(({ series }) => series),
      [11, 10, 9, 8, 7, 6, 5, 4].map((i) => `s-${i}`),
    )
    assert.equal(block.table.rows.length, 12)
    assert.deepEqual(
      betweenTasksBlocks('made', [few]).map(({ kind }) => kind),
      ['table'],
    )
  })

  it('say so where all tasks go alike, and leave out tasks of which one is not known', () => {
    const alike = means('alike', [1, 2, 3, 4], [1, 1, 1, 1])
    const { alike: row = {} } = rowsOf(tableOf(betweenTasksBlocks('made', [alike]), 'between-tasks'))
    assert.match(reasonOf(row.r_tasks_input), /constant has no correlation/)
    const gaps = means('gaps', [1, 2, Number.NaN, 4, 8], [1, 0.5, 1, Number.NaN, 0])
    const { gaps: known = {} } = rowsOf(tableOf(betweenTasksBlocks('made', [gaps]), 'between-tasks'))
    assert.equal(known.tasks, 3)
    close([figureOf(known.r_tasks_input)], [pearson([1, 2, 8], [1, 0.5, 0])], 1e-9)
    assert.deepEqual(betweenTasksBlocks('made', [means('one', [1], [1])]), [])
  })
})
