import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Correlations } from '../../src/learn/correlation.ts'
import type { CorrelationTable, Evaluation, ProtocolResult } from '../../src/learn/evaluate.ts'
import type { RangeQuality } from '../../src/learn/ranges.ts'
import { evaluationMarkdown, evaluationText } from '../../src/report/evaluation.ts'
import { golden } from '../fixtures/golden.ts'

const around = (estimate: number) => ({ estimate, low: estimate - 0.05, high: estimate + 0.05 })

/** Correlations made up from one figure; the second model made no forecasts of its own. */
const correlations = (r: number, asked = true): Correlations => ({
  ours: around(r),
  self: asked ? around(r - 0.04) : null,
  difference: asked ? around(0.04) : null,
  selfAnswered: asked ? around(r + 0.02) : null,
  differenceAnswered: asked ? around(-0.02) : null,
  hinted: asked ? around(r + 0.1) : null,
})

function table(r: number): CorrelationTable {
  const scale = (value: number) => ({
    each: [correlations(value + 0.01), correlations(value - 0.01, false)],
    mean: correlations(value),
  })
  const quantity = (value: number) => ({ log: scale(value), raw: scale(value - 0.05) })
  return { output: quantity(r), total: quantity(r + 0.04) }
}

const range = (coverage: number): RangeQuality => ({
  coverage,
  interval: { low: coverage - 0.04, high: coverage + 0.04 },
  width: 0.57,
  relativeWidth: 0.83,
  skill: 0.151,
})

const protocol = (r: number): ProtocolResult => ({
  correlations: table(r),
  range: { output: range(0.799), total: range(0.803) },
  issueOnly: { output: r - 0.08, total: r - 0.07 },
})

const points = [0, 10].map((known) => ({
  known,
  r: { output: 0.38 + known / 200, total: 0.4 + known / 200 },
  factor: { output: 1.29, total: 1.43 },
}))

const evaluation: Evaluation = {
  schema: 'evaluation/1',
  data: 'ab'.repeat(32),
  agent: 'openhands',
  models: ['gpt-5', 'a_model|with *marks*'],
  tasks: 401,
  taskCv: protocol(0.48),
  repoOut: protocol(0.38),
  coldRepository: points,
  coldModel: points,
  ceiling: { output: { otherModels: 0.766, repeats: 0.89 }, total: { otherModels: 0.753, repeats: 0.899 } },
  resolved: {
    pair: 'mini-swe-agent gemini-3-pro',
    brier: 0.185,
    baseline: 0.188,
    reliability: [
      { rows: 81, predicted: 0.624, observed: 0.704, interval: { low: 0.6, high: 0.79 } },
      { rows: 80, predicted: 0.868, observed: 0.85, interval: { low: 0.75, high: 0.91 } },
    ],
  },
}

describe('an evaluation', () => {
  it('is told in tables', () => {
    golden('evaluation.txt', evaluationText(evaluation))
    golden('evaluation.md', evaluationMarkdown(evaluation))
  })

  it('leaves P(resolved) out where no outcome is recorded', () => {
    assert.doesNotMatch(evaluationText({ ...evaluation, resolved: null }), /P\(resolved\)/)
  })
})
