import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { golden } from '../fixtures/golden.ts'
import { reportOn, storeOf } from '../fixtures/report-store.ts'
import { toldRuns } from '../fixtures/report-worlds.ts'

/** Two systems on three tasks; models without a price, so that nothing moves with the price book. */
const RUNS = toldRuns(6, (i) => ({
  task: `task-${i % 3}`,
  model: i < 3 ? 'model-x' : 'model-y',
  outcome: i === 1 || i > 3 ? 'failed' : 'resolved',
  tokens: [4000 + 2500 * i, null, 500 + 100 * i],
  steps: null,
  seconds: null,
}))

const FILES = [
  ['text', 'txt'],
  ['markdown', 'md'],
  ['csv', 'csv'],
  ['json', 'json'],
] as const

/** Curves have sixty points, which say little to the eye. */
const withoutPoints = (text: string) => text.replace(/("points": )\[[^\]]*\]/g, '$1[]')

describe('foretoken report budget', () => {
  it('says what it said, in every form', async () => {
    const cwd = await storeOf(RUNS)
    for (const [format, ending] of FILES) {
      const { exit, stdout, stderr } = await reportOn(cwd, ['budget', '--format', format])
      assert.deepEqual([exit, stderr], [0, ''])
      golden(`report-budget.${ending}`, withoutPoints(stdout))
    }
  })
})
