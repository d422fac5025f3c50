/**
 * What the report on noise finds in evaluations of which the truth is known: 2,000 of each setting. A test that is right
 * finds nothing 95 times in 100 where nothing is, and what a plan can detect 8 times in 10. `NOISE_EXPERIMENTS` asks for
 * another number.
 */
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { counted } from '../fixtures/noise-pool.ts'
import type { Range } from '../fixtures/noise-setting.ts'
import { SETTINGS } from '../fixtures/noise-settings.ts'
import type { Counts } from '../fixtures/noise-worker.ts'

const EXPERIMENTS = Number(process.env.NOISE_EXPERIMENTS ?? 2000)

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
const rangeText = ([low, high]: Range): string => `${percent(low)} to ${percent(high)}`

describe(`in ${EXPERIMENTS} simulated evaluations the report on noise finds`, () => {
  let counts: readonly Counts[] = []

  before(async () => {
    const start = performance.now()
    counts = await counted(EXPERIMENTS)
    process.stdout.write(`${table(counts)}\n${Math.round((performance.now() - start) / 1000)} s\n`)
  })

  for (const [place, { name, asked }] of SETTINGS.entries()) {
    for (const [what, range] of Object.entries(asked)) {
      it(`${what} in ${rangeText(range)} (${name})`, () => {
        const share = (counts[place]?.[what] ?? Number.NaN) / EXPERIMENTS
        assert.ok(share >= range[0] && share <= range[1], `${what}: ${percent(share)}`)
      })
    }
  }
})

function table(counts: readonly Counts[]): string {
  return SETTINGS.flatMap(({ name, asked }, place) => [
    name,
    ...Object.entries(counts[place] ?? {}).map(([what, count]) => {
      const range = asked[what]
      return `${percent(count / EXPERIMENTS).padStart(9)}  ${what.padEnd(40)} asked: ${range === undefined ? '–' : rangeText(range)}`
    }),
  ]).join('\n')
}
