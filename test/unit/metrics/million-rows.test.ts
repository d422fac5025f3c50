import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { clusterBootstrap } from '../../../src/metrics/cluster-bootstrap.ts'
import { clusterTest } from '../../../src/metrics/cluster-test.ts'
import { clusteredDifference } from '../../../src/metrics/clustered-difference.ts'
import { clusteredMean } from '../../../src/metrics/clustered-mean.ts'
import { equalGroups } from '../../../src/metrics/equal-groups.ts'
import { fixedEffects } from '../../../src/metrics/fixed-effects.ts'
import { iccOf } from '../../../src/metrics/icc.ts'
import { kaplanMeier } from '../../../src/metrics/kaplan-meier.ts'
import { kendall } from '../../../src/metrics/kendall.ts'
import { paretoFront } from '../../../src/metrics/pareto.ts'
import { resolutionAt, resolutionCurve } from '../../../src/metrics/resolution-curve.ts'
import { trendScores } from '../../../src/metrics/score-contributions.ts'
import { withinTask, withinTaskCv } from '../../../src/metrics/within-task.ts'
import { close } from '../regress/close.ts'

const ROWS = 1_000_000
const column = (of: (row: number) => number): Float64Array => {
  const out = new Float64Array(ROWS)
  for (let row = 0; row < ROWS; row++) out[row] = of(row)
  return out
}

// Every task has 200 runs, the amounts 1 … 200 times 1 plus its number, half of them in each arm.
const run = column((row) => 1 + Math.floor(row / 5000))
const task = column((row) => row % 5000)
const arm = column((row) => Math.floor(row / 5000) % 2)
const amount = column((row) => (1 + Math.floor(row / 5000)) * (1 + (row % 5000)))

/** Quadratic work on a million rows would take hours. */
describe('a million runs of 5,000 tasks', () => {
  it('have clustered estimates', () => {
    close([clusteredMean(run, task).estimate, clusteredMean(run, task).standardError], [100.5, 0], 1e-9)
    const { estimate, df } = clusteredDifference({ values: amount, arms: arm, codes: task })
    close([estimate, df], [2500.5, 4999], 1e-9)
    const columns = [amount, run]
    const ratio = clusterBootstrap({ columns, codes: task }, ([a, b]) => Number(a) / Number(b), { seed: 1 })
    assert.ok(
      ratio.low > 2400 && ratio.low < ratio.estimate && ratio.estimate < ratio.high && ratio.high < 2600,
    )
  })

  it('have spreads within and between tasks', () => {
    const cv = Math.sqrt((200 * 201) / 12) / 100.5
    close([withinTaskCv(withinTask(amount, task)).estimate], [cv], 1e-9)
    assert.ok(iccOf(amount, task).estimate > 0.4)
  })

  it('have budget curves and a front', () => {
    const resolved = arm
    close([resolutionAt(resolutionCurve(run, resolved), 100)], [0.25], 1e-12)
    assert.equal(kaplanMeier(run, resolved).times.length, 100)
    assert.equal(
      paretoFront(amount, run).reduce((count, kept) => count + kept, 0),
      200,
    )
  })

  it('have ranks, tests and models', () => {
    close(
      [
        kendall(
          run,
          amount.map((value, i) => value / ((task[i] as number) + 1)),
        ).tau,
      ],
      [1],
      1e-12,
    )
    assert.equal(equalGroups(amount, 20).filter((group) => group === 19).length, ROWS / 20)
    assert.equal(
      clusterTest(trendScores({ outcomes: amount, codes: task }, arm), { seed: 1, draws: 99 }).p,
      0.01,
    )
    const [slope] = fixedEffects({ outcomes: amount, regressors: [run], effects: [task, arm], codes: task })
    close([slope?.estimate ?? 0], [2500.5], 1e-6)
  })
})
