import { priceCalls } from '../pricing/call-costs.ts'
import { type Cost, sumCosts } from '../pricing/cost.ts'
import type { ModelPrice } from '../pricing/model-price.ts'
import type { PriceBook } from '../pricing/price-book.ts'
import type { PicoUsd } from '../units.ts'
import type { Call } from '../usage/call.ts'
import { dayOfMs, dayPrices, dayReader } from './day-prices.ts'
import type { RecordedCall, Run } from './run.ts'

/** What a run cost by our prices, and the price most of it was paid at. */
export interface RunCost {
  readonly cost: Cost<PicoUsd>
  readonly price: ModelPrice | null
}

/** Prices runs with the prices in force on the days of their calls; days and models are looked up once. */
export function runPricer(book: PriceBook): (run: Run, atMs: number) => RunCost {
  const priceOn = dayPrices(book)
  const dayOf = dayReader()
  return (run, atMs) => {
    const calls = run.perCall.length > 0 ? run.perCall : [whole(run)]
    const started = dayOf(run.startedAt) ?? dayOfMs(atMs)
    const groups = new Map<ModelPrice, RecordedCall[]>()
    for (const call of calls) {
      const model = call.model ?? run.model
      if (model === null) return { cost: { kind: 'unknown', reason: 'no model is named' }, price: null }
      const price = priceOn(model, dayOf(call.at) ?? started)
      const group = groups.get(price)
      if (group === undefined) groups.set(price, [call])
      else group.push(call)
    }
    const costs = [...groups].map(([price, group]) => priceCalls(price, group))
    const [most] = [...groups].sort(([, a], [, b]) => b.length - a.length)
    return { cost: costs.length === 1 && costs[0] ? costs[0] : sumCosts(costs), price: most?.[0] ?? null }
  }
}

/** A run that tells only sums, as one call that stands for all. */
const whole = ({ model, usage, calls, incomplete, quality, startedAt }: Run): RecordedCall & Call => ({
  id: null,
  at: startedAt,
  model,
  usage,
  requests: calls,
  incomplete,
  quality,
  reportedUsd: null,
})
