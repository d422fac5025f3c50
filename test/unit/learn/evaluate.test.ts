import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Dataset } from '../../../src/learn/dataset.ts'
import { type Evaluation, type EvaluationFolds, evaluate } from '../../../src/learn/evaluate.ts'
import type { SpendRow } from '../../../src/learn/spend.ts'
import { pearson } from '../../../src/metrics/pearson.ts'
import { REPOSITORIES, syntheticDataset } from '../../fixtures/synthetic-dataset.ts'

const { dataset: full, knowable } = syntheticDataset({ tasks: 100, seed: 3, models: ['m-1', 'm-2'] })
const all = [...full.tasks.keys()]
const folds: EvaluationFolds = {
  taskCv: [0, 1, 2, 3, 4].map((fold) => all.filter((t) => Math.floor(t / 4) % 5 === fold)),
  repoOut: REPOSITORIES.map((name) => all.filter((t) => full.tasks[t]?.repository === name)),
}

/** The dataset with single runs of another agent, whose outcome depends on the repository. */
function withOutcomes(dataset: Dataset): Dataset {
  const first = dataset.spend[0] as ReadonlyMap<number, SpendRow>
  const singles = new Map(
    [...first].map(([t, row]) => {
      const resolved = REPOSITORIES.indexOf(dataset.tasks[t]?.repository ?? '') < 2 ? 1 : 0
      return [
        t,
        { ...row, agent: 'single', model: 'm-9', runs: 1, resolved: t % 10 === 0 ? 1 - resolved : resolved },
      ]
    }),
  )
  const pair = { agent: 'single', model: 'm-9' }
  return {
    ...dataset,
    pairs: [...dataset.pairs, pair],
    spend: [...dataset.spend, singles],
    caching: [...dataset.caching, undefined],
  }
}

const steps: (readonly [done: number, of: number])[] = []
const evaluation: Evaluation = await evaluate(withOutcomes(full), folds, async (done, of) => {
  steps.push([done, of])
})
/** How well one could do who knew everything but chance. */
const actual = Float64Array.from(all, (t) => {
  const row = full.spend[0]?.get(t) as SpendRow
  return Math.log10(row.inputTokens + row.outputTokens)
})
const best = pearson(actual, knowable)

describe('an evaluation of a dataset whose structure is known', () => {
  const { taskCv, repoOut } = evaluation
  const r = taskCv.correlations.total.log.mean.ours

  it('finds about the correlation that there is to be found where repositories were trained on', () => {
    assert.ok(r.estimate > best - 0.2 && r.estimate < best + 0.1, `r ${r.estimate}, at best ${best}`)
    assert.ok(r.low < r.estimate && r.estimate < r.high)
  })

  it('finds none where they were not, since repositories alone tell', () => {
    assert.ok(repoOut.correlations.total.log.mean.ours.estimate < 0.2)
  })

  it('has intervals that cover about 80 %, tighter than those without features', () => {
    for (const { coverage, interval, relativeWidth, skill } of [taskCv.range.output, taskCv.range.total]) {
      assert.ok(Math.abs(coverage - 0.8) < 0.1, `covers ${coverage}`)
      assert.ok(interval.low < 0.8 && interval.high > 0.8)
      assert.ok(relativeWidth < 0.95 && skill > 0.05)
    }
  })

  it('tells each model apart, and the mean as the mean of them', () => {
    const { each, mean } = taskCv.correlations.output.log
    assert.equal(each.length, 2)
    const [one, two] = each.map(({ ours }) => ours.estimate) as [number, number]
    assert.ok(Math.abs(mean.ours.estimate - (one + two) / 2) < 1e-12)
    assert.deepEqual(evaluation.models, ['m-1', 'm-2'])
  })

  it("compares with the models' own forecasts, and finds a near perfect one better", () => {
    const { ours, self, difference, hinted } = taskCv.correlations.total.log.mean
    assert.ok((self?.estimate ?? 0) > 0.9)
    assert.ok(Math.abs((difference?.estimate ?? 0) - (ours.estimate - (self?.estimate ?? 0))) < 1e-9)
    assert.ok((hinted?.estimate ?? 0) > ours.estimate + 0.1)
  })

  it('knows a new repository better the more of its tasks are finished', () => {
    const [none, three, , ten] = evaluation.coldRepository.map(({ r: of }) => of.total) as number[]
    assert.deepEqual(
      evaluation.coldRepository.map(({ known }) => known),
      [0, 3, 5, 10, 20],
    )
    assert.ok((three as number) > (none as number) + 0.2 && (ten as number) > (three as number))
  })

  it('knows the level of a new model once some of its tasks are finished', () => {
    const [none, , many] = evaluation.coldModel.map(({ factor }) => factor.total) as number[]
    assert.deepEqual(
      evaluation.coldModel.map(({ known }) => known),
      [0, 5, 20],
    )
    assert.ok((many as number) < (none as number))
    assert.ok((many as number) >= 1)
  })

  it('has ceilings above what it reaches', () => {
    for (const { otherModels, repeats } of Object.values(evaluation.ceiling)) {
      assert.ok(otherModels > r.estimate && otherModels < 1 && repeats > r.estimate && repeats <= 1)
    }
  })

  it('scores P(resolved) on tasks held out, where single runs tell', () => {
    const { resolved } = evaluation
    assert.equal(resolved?.pair, 'single m-9')
    assert.equal(
      resolved?.reliability.reduce((sum, { rows }) => sum + rows, 0),
      100,
    )
    assert.ok((resolved?.brier ?? 1) < (resolved?.baseline ?? 0))
  })

  it('tells of every step, up to the last', () => {
    const of = steps[0]?.[1] as number
    assert.deepEqual(
      steps,
      Array.from({ length: of }, (_, i) => [i + 1, of]),
    )
  })
})

describe('an evaluation', () => {
  it('ends at the step that throws', async () => {
    const stopped = evaluate(full, folds, async (done) => {
      if (done === 3) throw new Error('enough')
    })
    await assert.rejects(stopped, /enough/)
  })
})
