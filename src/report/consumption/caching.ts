import type { Rates } from '../../pricing/rate.ts'
import type { Episodes } from '../../store/episodes.ts'
import { measured, unsaid } from '../cells.ts'
import type { Block, Cell } from '../document.ts'
import { ratioOf } from '../figures-of-sample.ts'
import { slug } from '../findings.ts'
import { sampleOf } from '../sample.ts'
import type { Subject } from '../subject.ts'
import type { Field, System } from '../system.ts'

/** The prices of a model by its name, those of the first tier; null = unknown. */
export type RatesOf = (model: string) => Rates | null

/** What the cache saves: the share of the input read from it, and the bill with and without it. */
export function cachingBlocks(
  subject: Subject,
  { benchmark, systems }: Field,
  ratesOf: RatesOf,
): readonly Block[] {
  const split = systems.filter((system) =>
    system.rows.some((row) => !Number.isNaN(subject.episodes.cacheRead[row])),
  )
  if (split.length === 0) return []
  const id = `caching-${slug(benchmark)}`
  return [
    {
      kind: 'table',
      table: {
        id,
        title: `What the cache saves, ${benchmark}`,
        columns: [
          { key: 'system', head: 'system', unit: 'text' },
          { key: 'runs', head: 'runs', unit: 'count' },
          { key: 'cache_read_share', head: 'input read from the cache', unit: 'share' },
          { key: 'cost_usd_with_cache', head: 'cost a run', unit: 'usd' },
          { key: 'cost_usd_without_cache', head: 'without the cache', unit: 'usd' },
          { key: 'saved', head: 'saved', unit: 'share' },
        ],
        rows: split.map((system) => row(subject, system, ratesOf)),
        note: 'Over runs whose source splits the cache off. Both costs at the same list prices of today without tiers: with the cache by class, without it all input at the full rate and nothing written. Intervals 95 %, by tasks.',
      },
    },
  ]
}

function row({ episodes }: Subject, system: System, ratesOf: RatesOf): readonly Cell[] {
  const { cacheRead } = episodes
  const input = allInputOf(episodes)
  const sample = sampleOf(system, cacheRead, input)
  const rates = ratesOf(system.model)
  const costs = rates === null ? null : meanCosts(episodes, sample.rows, rates)
  const none = unsaid(rates === null ? 'no price is known' : 'a class has no price')
  const usd = (value: number): Cell => measured(value, null, sample.rows.length)
  return [
    system.name,
    sample.rows.length,
    ratioOf(sample, input),
    ...(costs === null
      ? [none, none, none]
      : [usd(costs.with), usd(costs.without), usd(1 - costs.with / costs.without)]),
  ]
}

/** All classes of input; NaN unless the source splits the cache off and the counts are whole. */
function allInputOf({ input, cacheRead, cacheWrite5m, cacheWrite1h, incomplete }: Episodes): Float64Array {
  return input.map((fresh, i) =>
    incomplete[i] === 1
      ? Number.NaN
      : fresh + (cacheRead[i] as number) + orNothing(cacheWrite5m[i]) + orNothing(cacheWrite1h[i]),
  )
}

/** Providers without a price for writing to the cache do not tell of writes. */
const orNothing = (value: number | undefined): number =>
  value === undefined || Number.isNaN(value) ? 0 : value

/** Mean dollars of a run with the cache and without; null where a class that was used has no price. */
function meanCosts(
  episodes: Episodes,
  rows: Int32Array,
  rates: Rates,
): { with: number; without: number } | null {
  const sums = { input: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 0 }
  for (const i of rows) {
    for (const name of CLASSES) sums[name] += orNothing(episodes[name][i])
  }
  if (rows.length === 0 || sums.input + sums.output === 0) return null
  if (CLASSES.some((name) => sums[name] > 0 && rates[name] === null)) return null
  const paid = (tokens: number, name: (typeof CLASSES)[number]) =>
    (tokens * (rates[name]?.base ?? 0)) / 1e6 / rows.length
  const input = sums.input + sums.cacheRead + sums.cacheWrite5m + sums.cacheWrite1h
  return {
    with: CLASSES.reduce((sum, name) => sum + paid(sums[name], name), 0),
    without: paid(input, 'input') + paid(sums.output, 'output'),
  }
}

const CLASSES = ['input', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h', 'output'] as const
