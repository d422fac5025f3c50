import { clusteredRatio } from '../../metrics/clustered-ratio.ts'
import { sum } from '../../metrics/sum.ts'
import type { Rates } from '../../pricing/rate.ts'
import type { Episodes } from '../../store/episodes.ts'
import { attempt, measured, unsaid } from '../cells.ts'
import type { Block, Cell, Measured, Unsaid } from '../document.ts'
import { meanOf, ratioOf } from '../figures-of-sample.ts'
import { slug } from '../findings.ts'
import { type Sample, sampleOf } from '../sample.ts'
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
        note: 'Over runs whose source splits the cache off and whose output is known. Both costs at the same list prices of today without tiers: with the cache by class, without it all input at the full rate and nothing written. Intervals 95 %, by tasks.',
      },
    },
  ]
}

function row({ episodes }: Subject, system: System, ratesOf: RatesOf): readonly Cell[] {
  const input = allInputOf(episodes)
  const sample = sampleOf(system, episodes.cacheRead, input, episodes.output)
  const rates = ratesOf(system.model)
  return [
    system.name,
    sample.rows.length,
    atMostAll(ratioOf(sample, input)),
    ...(rates === null
      ? [unsaid('no price is known'), unsaid('no price is known'), unsaid('no price is known')]
      : costCells(episodes, sample, rates)),
  ]
}

const atMostAll = (share: Measured | Unsaid): Cell =>
  'unsaid' in share || share.high === null ? share : { ...share, high: Math.min(1, share.high) }

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

/** Mean dollars of a run with the cache and without, and what is saved. */
function costCells(episodes: Episodes, { rows, tasks }: Sample, rates: Rates): readonly [Cell, Cell, Cell] {
  const used = CLASSES.filter((name) => rows.some((row) => orNothing(episodes[name][row]) > 0))
  if (used.length === 0) return [NOTHING_USED, NOTHING_USED, NOTHING_USED]
  // Without the cache all input is at the full rate.
  if (used.some((name) => rates[name] === null) || rates.input === null) return [NO_RATE, NO_RATE, NO_RATE]
  const paid = (row: number, name: Class, at: Class) =>
    (orNothing(episodes[name][row]) * (rates[at]?.base ?? 0)) / 1e6
  const costs = (at: (name: Class) => Class) =>
    Float64Array.from(rows, (row) => used.reduce((sum, name) => sum + paid(row, name, at(name)), 0))
  const [cached, full] = [costs((name) => name), costs((name) => (name === 'output' ? 'output' : 'input'))]
  return [
    meanOf({ values: cached, tasks }),
    meanOf({ values: full, tasks }),
    savedOf({ cached, full, tasks }),
  ]
}

const NO_RATE = unsaid('a class has no price')
const NOTHING_USED = unsaid('no token was used')

/** 1 − what is paid over what would be; below 0 where writing to the cache costs more than reading saves. */
function savedOf({
  cached,
  full,
  tasks,
}: Record<'cached' | 'full', Float64Array> & Pick<Sample, 'tasks'>): Cell {
  const total = sum(full)
  if (!(total > 0)) return unsaid('it costs nothing')
  const found = attempt(() => clusteredRatio({ numerators: cached, denominators: full, codes: tasks }))
  return 'unsaid' in found
    ? measured(1 - sum(cached) / total, null, full.length)
    : measured(1 - found.estimate, { low: 1 - found.high, high: Math.min(1, 1 - found.low) }, full.length)
}

type Class = (typeof CLASSES)[number]
const CLASSES = ['input', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h', 'output'] as const
