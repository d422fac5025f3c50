import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Published, publishedOf } from '../../../../src/report/reproduction/published.ts'
import { areaByLines } from '../../../../src/report/reproduction/straight-lines.ts'
import { sweEffiSection } from '../../../../src/report/reproduction/swe-effi.ts'
import { figureOf, type MadeRow, madeSubject, rowsOf } from '../../../fixtures/report-subject.ts'
import { close } from '../../regress/close.ts'

const CAP = 2_000_000

describe('the area under straight lines', () => {
  /** By steps so small that they are the lines. */
  function byStrips(
    amounts: readonly number[],
    resolved: readonly number[],
    end: number,
    tasks: number,
  ): number {
    const order = [...amounts.keys()]
      .filter((i) => (amounts[i] ?? 0) <= end)
      .sort((a, b) => (amounts[a] ?? 0) - (amounts[b] ?? 0))
    const points = [[0, 0]]
    let count = 0
    for (const i of order) {
      count += resolved[i] ?? 0
      points.push([amounts[i] ?? 0, count])
    }
    points.push([end, count])
    const height = (x: number) => {
      const k = points.findLastIndex(([at = 0]) => at <= x)
      const [[a = 0, low = 0] = [], [b = end, high = 0] = []] = [points[k], points[k + 1] ?? points[k]]
      return b > a ? low + ((high - low) * (x - a)) / (b - a) : high
    }
    const strips = 200_000
    let area = 0
    for (let k = 0; k < strips; k++) area += height(((k + 0.5) * end) / strips) / strips
    return (area * end) / CAP / tasks
  }

  it('goes on to the cap where no run is over it', () => {
    const [amounts, resolved] = [
      [300_000, 900_000, 50_000, 1_500_000],
      [1, 0, 1, 1],
    ]
    const found = areaByLines({ amounts, resolved }, { cap: CAP, tasks: 5 })
    close([found], [byStrips(amounts, resolved, CAP, 5)], 1e-6)
  })

  it('ends at the greatest run left where some are dropped', () => {
    const [amounts, resolved] = [
      [300_000, 2_900_000, 50_000, 1_500_000],
      [1, 1, 1, 1],
    ]
    const found = areaByLines({ amounts, resolved }, { cap: CAP, tasks: 4 })
    close([found], [byStrips(amounts, resolved, 1_500_000, 4)], 1e-6)
  })

  it('is at least the area of the definition, and nothing of nothing', () => {
    const [amounts, resolved] = [
      [100_000, 200_000, 400_000],
      [1, 1, 0],
    ]
    const steps = (0.95 + 0.9) / 3
    const lines = areaByLines({ amounts, resolved }, { cap: CAP, tasks: 3 })
    assert.ok(lines > steps && lines < steps + 400_000 / (2 * CAP * 3) + 1e-12)
    assert.equal(areaByLines({ amounts: [], resolved: [] }, { cap: CAP, tasks: 3 }), 0)
  })
})

describe('the published effectiveness', () => {
  const run = (model: string, task: string, tokens: number, resolved: boolean): MadeRow => ({
    model,
    task,
    input: tokens - 1,
    output: 1,
    outcome: resolved ? 'resolved' : 'failed',
  })
  const publishedAs = (
    rows: Readonly<Record<string, readonly [tasks: number, resolved: number, value: number]>>,
  ): Published =>
    publishedOf(
      Object.entries(rows).flatMap(([row, [tasks, resolved, value]]) => [
        { study: 'swe-effi', row, figure: 'tasks', value: tasks },
        { study: 'swe-effi', row, figure: 'resolved', value: resolved },
        { study: 'swe-effi', row, figure: 'effectiveness_tokens', value },
      ]),
    )

  // At hand: (1 − .1) + (1 − .5) of 4 tasks.
  const runs = (model: string, third: number) => [
    run(model, 't-1', 200_000, true),
    run(model, 't-2', 1_000_000, true),
    run(model, 't-3', third, false),
  ]
  const rowOf = (third: number, [tasks, resolved, value]: readonly [number, number, number]) => {
    const subject = madeSubject(runs('m', third))
    const section = sweEffiSection(subject, publishedAs({ 'A · M': [tasks, resolved, value] }))
    assert.ok(section !== null)
    const [block] = section.blocks
    return { words: section.words, row: block === undefined ? {} : (rowsOf(block.table)['a · m'] ?? {}) }
  }

  it('is possible between what further resolved runs can add, and agrees there', () => {
    const { row } = rowOf(300_000, [4, 3, 0.5])
    close([figureOf(row.attainable_low), figureOf(row.attainable_high)], [1.4 / 4, 2.4 / 4])
    close([figureOf(row.effectiveness)], [1.4 / 3])
    assert.deepEqual([row.verdict, row.resolved_not_at_hand], ['agrees', 1])
    assert.equal(rowOf(300_000, [4, 3, 0.3]).row.verdict, 'published too low')
    assert.equal(rowOf(300_000, [4, 3, 0.7]).row.verdict, 'published too high')
  })

  it('agrees to the last digit where its rule gives it and nothing is missing', () => {
    // Lines: 0 → 200 k: ½ · .1; → 300 k at 1: .05; → 1 M from 1 to 2: .35 · 1.5; → 2 M at 2: 1.
    const lines = (0.05 + 0.05 + 0.525 + 1) / 4
    const { row, words } = rowOf(300_000, [4, 2, Number(lines.toFixed(4))])
    close([figureOf(row.by_its_rule)], [lines])
    assert.equal(row.verdict, 'agrees to the last digit')
    assert.match(
      words[0] ?? '',
      /^Of 1 published effectiveness scores 1 agree .* all 1 systems none of whose runs/,
    )
  })

  it('with runs over the cap is too low by the rule that drops them, or merely possible', () => {
    const { row, words } = rowOf(3_000_000, [4, 2, 0.2])
    assert.deepEqual([row.runs_over_cap, row.verdict], [1, 'published too low'])
    // The curve ends at 1 M: ½ · .1 + .4 · 1.5 over 4.
    close([figureOf(row.by_its_rule)], [(0.05 + 0.6) / 4])
    assert.match(words[2] ?? '', /1 of these 1 values cannot be reached by the definition/)
    assert.equal(rowOf(3_000_000, [4, 3, 0.4]).row.verdict, 'by the other rule, but possible')
  })

  it('that fits another number of tasks is told so', () => {
    const over = Number((((0.05 + 0.6) / 40) * (40 / 50)).toFixed(4))
    const { words } = rowOf(3_000_000, [40, 2, over])
    assert.match(
      words.at(-1) ?? '',
      /over the 40 tasks it counts its rule gives 0\.0163, over 50 it gives 0\.0130; published is 0\.013\.$/,
    )
  })

  it('is not told of systems that are not there', () => {
    assert.equal(sweEffiSection(madeSubject([]), publishedAs({ 'a · m': [4, 2, 0.3] })), null)
  })
})
