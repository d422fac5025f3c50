import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { COST_SOURCES, costOf, totalInputOf, totalTokensOf } from '../../../src/store/episode-tokens.ts'
import { totalInput, totalTokens } from '../../../src/usage/total.ts'
import { madeEpisodes } from '../../fixtures/episodes.ts'

const count = fc.option(fc.nat(2 ** 40))
const usages = fc.array(
  fc.record({
    input: count,
    cacheRead: count,
    cacheWrite5m: count,
    cacheWrite1h: count,
    output: count,
    incomplete: fc.boolean(),
  }),
  { maxLength: 8 },
)

describe('totals of runs as columns', () => {
  it('are those of their usage where it is whole, and unknown elsewhere', () =>
    fc.assert(
      fc.property(usages, (runs) => {
        const column = (name: keyof (typeof runs)[number]) =>
          runs.map((run) => Number(run[name] ?? Number.NaN))
        const episodes = madeEpisodes(
          runs.length,
          {
            input: column('input'),
            cacheRead: column('cacheRead'),
            cacheWrite5m: column('cacheWrite5m'),
            cacheWrite1h: column('cacheWrite1h'),
            output: column('output'),
          },
          { incomplete: Uint8Array.from(runs, ({ incomplete }) => Number(incomplete)) },
        )
        const [inputs, totals] = [totalInputOf(episodes), totalTokensOf(episodes)]
        for (const [i, run] of runs.entries()) {
          const isInput = !run.incomplete && run.input !== null
          assert.equal(inputs[i], isInput ? totalInput(run).amount : Number.NaN)
          const isTotal = isInput && run.output !== null
          assert.equal(totals[i], isTotal ? totalTokens(run).amount : Number.NaN)
        }
      }),
    ))
})

describe('the cost of runs as columns', () => {
  it('is ours, or else the one told, and says which', () => {
    const figures = { costUsd: [1, 2, null, null, 5, 6, 0], reportedUsd: [10, null, 30, null, 50, null, 70] }
    const incomplete = Uint8Array.of(0, 0, 0, 0, 1, 1, 0)
    const { usd, from } = costOf(madeEpisodes(7, figures, { incomplete }))
    // The fifth and the sixth are at least 5 and 6 by our prices: not what they cost.
    assert.deepEqual([...usd], [1, 2, 30, Number.NaN, 50, Number.NaN, 0])
    assert.deepEqual(
      [...from].map((place) => COST_SOURCES[place]),
      ['our prices', 'our prices', 'reported', 'unknown', 'reported', 'unknown', 'our prices'],
    )
  })
})
