import { fileURLToPath } from 'node:url'
import o200k from 'tiktoken/encoders/o200k_base.json' with { type: 'json' }
import { Tiktoken } from 'tiktoken/lite'
import { forecasterOf } from '../../src/forecast/forecaster.ts'
import { readBundle } from '../../src/forecast/read-bundle.ts'
import { estimateTask } from '../../src/forecast/task-estimate.ts'
import { readPriceBook } from '../../src/pricing/read-price-book.ts'
import { type Finding, ratioOf } from './finding.ts'
import { inTurn, timeOf } from './rounds.ts'
import { sampleIssue } from './sample-issue.ts'

const MODELS = fileURLToPath(new URL('../../models', import.meta.url))
const BYTES = 10_000
const ROUNDS = 60
/** Calls per time taken: one alone is short against the clock and the garbage collector. */
const CALLS = 5

/** Everything `estimate` computes for an issue without repository, against counting the issue's tokens and no more. */
export async function warmEstimate(): Promise<readonly Finding[]> {
  const forecaster = forecasterOf(await readBundle(MODELS, null))
  const prices = await readPriceBook({ file: null, cwd: MODELS })
  const issue = sampleIssue(BYTES, 1)
  const text = `${issue.title}\n${issue.body}`
  const encoder = new Tiktoken(o200k.bpe_ranks, o200k.special_tokens, o200k.pat_str)
  const input = {
    issue,
    snapshot: null,
    repository: null,
    agent: null,
    models: null,
    meanOf: 1,
    budgetUsd: null,
    selfForecasts: {},
    atMs: Date.parse('2026-01-01'),
  }
  const estimate = () => times(CALLS, () => estimateTask(forecaster, prices, input).length)
  const count = () => times(CALLS, () => encoder.encode(text, [], []).length)
  for (let warm = 0; warm < 8; warm++) {
    estimate()
    count()
  }
  const models = estimateTask(forecaster, prices, input).length
  const { a, b } = await inTurn(
    ROUNDS,
    async () => (await timeOf(estimate)) / CALLS,
    async () => (await timeOf(count)) / CALLS,
  )
  return [
    ratioOf(a, b, {
      target: 3,
      what: (ours, theirs) =>
        `warm estimate of a ${BYTES / 1000} kB issue without repository, ${models} models: ${ours}, ` +
        `against tiktoken's o200k_base of the same text: ${theirs}`,
    }),
  ]
}

function times(count: number, run: () => number): number {
  let sum = 0
  for (let call = 0; call < count; call++) sum += run()
  return sum
}
