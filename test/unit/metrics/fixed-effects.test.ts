import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { absorbed } from '../../../src/metrics/absorb.ts'
import { clustersOf } from '../../../src/metrics/cluster-codes.ts'
import { fixedEffects, type Slope } from '../../../src/metrics/fixed-effects.ts'
import reference from '../../fixtures/metrics/reference.json' with { type: 'json' }
import { close, refuses } from '../regress/close.ts'

const { outcomes, regressors, tasks, models, fits } = reference.panel
const numbers = (slopes: readonly Pick<Slope, 'estimate' | 'standardError' | 'low' | 'high' | 'p'>[]) =>
  slopes.flatMap(({ estimate, standardError, low, high, p }) => [estimate, standardError, low, high, p])

describe('fixedEffects', () => {
  for (const { codes, slopes } of fits) {
    it(`agrees with statsmodels' regression on dummies, ${new Set(codes).size} clusters`, () => {
      const found = fixedEffects({ outcomes, regressors, effects: [tasks, models], codes })
      close(numbers(found), numbers(slopes), 1e-9)
      assert.deepEqual(
        found.map(({ n, clusters }) => [n, clusters]),
        slopes.map(({ clusters }) => [70, clusters]),
      )
    })
  }

  it('has p = 1 for what makes no difference in any group, and 0 for one that is the same in each', () => {
    const groups = [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]
    const level = (one: number) => groups.map((_, i) => Number(i % 3 === one))
    const found = fixedEffects({
      outcomes: groups.map((group, i) => group + (i % 3 === 2 ? 1 : 0)),
      regressors: [level(1), level(2)],
      effects: [groups, groups.map(() => 0)],
      codes: groups,
    })
    close(numbers(found), [0, 0, 0, 0, 1, 1, 0, 1, 1, 0], 1e-12)
  })

  it('refuses regressors that the effects or each other explain, and too few rows', () => {
    const rows = { outcomes, effects: [tasks, models] as const, codes: tasks }
    const perTask = tasks.map((task) => task * 0.1)
    refuses(
      () => fixedEffects({ ...rows, regressors: [perTask] }),
      'too-little-data',
      /regressor 0 does not vary/,
    )
    const [x = []] = regressors
    const twice = [x, x.map((value, i) => 2 * value + (tasks[i] as number))]
    refuses(() => fixedEffects({ ...rows, regressors: twice }), 'too-little-data', /regressor 1 is explained/)
    const few = {
      outcomes: [1, 2, 4, 3],
      regressors: [[1, 0, 0, 2]],
      effects: [
        [0, 0, 1, 1],
        [0, 1, 0, 1],
      ] as const,
    }
    refuses(
      () => fixedEffects({ ...few, codes: [0, 1, 2, 3] }),
      'too-little-data',
      /4 rows of 4 clusters for 4/,
    )
  })
})

describe('absorbed', () => {
  it('separates groups that hang together by a thread', () => {
    // A chain: each group of one set shares a single row with two of the other.
    const links = Array.from({ length: 400 }, (_, i) => i)
    const [first, second] = [clustersOf(links.map((i) => i >> 1)), clustersOf(links.map((i) => (i + 1) >> 1))]
    const out = absorbed(
      links.map((i) => i * i),
      first,
      second,
    )
    // 400 rows and 401 levels in one chain: the effects explain all of the column.
    assert.ok(out.every((value) => Math.abs(value) < 1e-3))
  })
})
