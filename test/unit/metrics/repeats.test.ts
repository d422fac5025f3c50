import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { icc, iccOf } from '../../../src/metrics/icc.ts'
import { passAtK, passesPerTask, passHatK } from '../../../src/metrics/pass-at-k.ts'
import { runOrder } from '../../../src/metrics/run-order.ts'
import { withinTask, withinTaskCv } from '../../../src/metrics/within-task.ts'
import reference from '../../fixtures/metrics/reference.json' with { type: 'json' }
import { close, refuses } from '../regress/close.ts'

const { values, codes, ...expected } = reference.repeats
/** JSON has no NaN. */
const marked = (column: Float64Array) => column.map((value) => (Number.isNaN(value) ? -1 : value))

describe('passAtK and passHatK', () => {
  it('are what listing every draw of k tries gives', () => {
    for (const { at, hat, k, ...tries } of expected.passes) {
      close([passAtK(tries, k), passHatK(tries, k)], [at, hat], 1e-12)
    }
  })

  it('leave out tasks with too few tries, and say so', () => {
    const { tasks, atK, hatK, leftOut } = passesPerTask([1, 0, 1, 1, 0, 1], [4, 4, 9, 9, 2, 4], 2)
    assert.deepEqual([[...tasks], leftOut], [[4, 9], 1])
    close([...atK, ...hatK], [1, 1, 1 / 3, 1], 1e-12)
  })

  it('refuse more draws than tries, half successes and no task', () => {
    refuses(() => passAtK({ successes: 1, trials: 2 }, 3), 'too-little-data', /pass@3 of 2/)
    refuses(() => passHatK({ successes: 1, trials: 2 }, 0), 'data-malformed', /k = 0/)
    refuses(() => passesPerTask([0.5, 0], [1, 1], 1), 'data-malformed', /0\.5 successes/)
    refuses(() => passesPerTask([1, 0], [1, 2], 2), 'too-little-data', /no task of 2 has 2/)
  })
})

describe('withinTask', () => {
  it("agrees with NumPy's moments of each task", () => {
    const found = withinTask(values, codes)
    assert.deepEqual([[...found.tasks], [...found.runs]], [expected.tasks, expected.runs])
    close(found.mean, expected.mean, 1e-12)
    close(marked(found.sd), expected.sd, 1e-10)
    close(marked(found.maxOverMin), expected.maxOverMin, 1e-12)
  })

  it('gives the mean and the pooled coefficient of variation, with what was left out', () => {
    const { estimate, low, high, pooled, leftOut, clusters } = withinTaskCv(withinTask(values, codes))
    close([estimate, low, high, pooled], Object.values(expected.cv), 1e-10)
    assert.deepEqual([clusters, leftOut], [11, 1])
  })

  it('does not know a ratio to nothing', () => {
    const found = withinTask([0, 0, 0, 4], [1, 1, 2, 2])
    assert.ok(Number.isNaN(found.cv[0]) && Number.isNaN(found.maxOverMin[1]))
    close([found.sd[0] as number, found.cv[1] as number], [0, Math.SQRT2], 1e-12)
  })

  it('refuses the variation of a single repeated task', () => {
    refuses(() => withinTaskCv(withinTask([1, 2, 3], [1, 1, 2])), 'too-little-data', /1 tasks with repeats/)
  })
})

describe('iccOf', () => {
  it("agrees with pingouin's ICC(1) and its interval where tasks have equally many runs", () => {
    const { estimate, low, high, ...rows } = expected.balanced
    const found = iccOf(rows.values, rows.codes)
    close([found.estimate], [estimate], 1e-10)
    // It rounds the ends.
    assert.deepEqual([found.low.toFixed(2), found.high.toFixed(2)], [low.toFixed(2), high.toFixed(2)])
    assert.deepEqual([found.n, found.clusters], [32, 8])
  })

  it("agrees with SciPy's F where they do not", () => {
    const found = iccOf(values, codes, 0.9)
    close([found.estimate, found.low, found.high], Object.values(expected.icc), 1e-9)
  })

  it('is the ICC of groups, and 1 with certainty where runs never differ', () => {
    assert.equal(
      icc([
        [1, 2],
        [4, 5, 7],
      ]),
      iccOf([1, 2, 4, 5, 7], [0, 0, 1, 1, 1]).estimate,
    )
    const { estimate, low, high } = iccOf([1, 1, 5, 5], [0, 0, 1, 1])
    assert.deepEqual([estimate, low, high], [1, 1, 1])
  })

  it('refuses unknown runs and tasks without one', () => {
    refuses(() => iccOf([1, Number.NaN], [0, 1]), 'data-malformed', /NaN/)
    refuses(() => icc([[1, 2], []]), 'too-little-data', /task 1 has no run/)
  })
})

describe('runOrder', () => {
  it('ranks the runs of each task, equal ones as they come', () => {
    const { place, runs } = runOrder([5, 9, 5, 1, 3, 2], [1, 7, 1, 1, 7, 3])
    assert.deepEqual(
      [[...place], [...runs]],
      [
        [1, 1, 2, 0, 0, 0],
        [3, 2, 3, 3, 2, 1],
      ],
    )
  })
})
