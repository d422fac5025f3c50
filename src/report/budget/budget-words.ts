import { shortTokens, shortUsd } from '../../units.ts'
import { estimateOf } from '../cells.ts'
import type { Measured } from '../document.ts'
import { rateOf, ratioOf } from '../figures-of-sample.ts'
import { amountText } from '../report-cell.ts'
import { sampleOf } from '../sample.ts'
import type { Subject } from '../subject.ts'
import type { Field, System } from '../system.ts'
import { counted, onBenchmark } from '../where.ts'
import type { Compared, Comparison } from './comparison.ts'

/** Names of tied systems beyond these are only counted. */
const MOST_NAMED = 4

/** In plain words: who resolves most and by how much, or with whom it is tied; nothing where no run is resolved. */
export function comparisonWords(
  { benchmark }: Field,
  { best, rate, runs, others }: Comparison,
): readonly string[] {
  if (rate === 0) return []
  const [tied, less, more] = [ofVerdict(others, 'tied'), ofVerdict(others, 'less'), ofVerdict(others, 'more')]
  const apart = others.length - tied.length - less.length - more.length
  const rest = [
    less.length === 0 || tied.length + more.length === 0
      ? []
      : counted(less.length, 'resolves less', 'resolve less'),
    more.length === 0
      ? []
      : `on the tasks both have ${named(more)} ${more.length === 1 ? 'resolves' : 'resolve'} more`,
    apart === 0 ? [] : `${counted(apart, 'has', 'have')} too few tasks in common with it`,
  ].flat()
  const head = `${onBenchmark(benchmark)}, ${best.name} resolves most, ${rateText(rate, runs)}`
  const told =
    tied.length > 0
      ? `, but cannot be told apart from ${named(tied)}: a tie`
      : less.length > 0 && more.length === 0
        ? `, ${leadOf(less)}`
        : ''
  return [`${[`${head}${told}`, ...rest].join('; ')}.`]
}

/** What the only system whose outcomes are known resolves; nothing where there are more, or none resolves. */
export function onlyWords({ quantities }: Subject, { benchmark, systems }: Field): readonly string[] {
  const rated = systems.flatMap((system) => {
    const rate = rateOf(sampleOf(system, quantities.resolved))
    return 'unsaid' in rate ? [] : [{ system, rate }]
  })
  const [only] = rated
  if (only === undefined || rated.length > 1 || only.rate.estimate === 0) return []
  const { estimate, low, high, n } = only.rate
  const interval =
    low === null || high === null
      ? ''
      : ` (95 %: ${amountText(low, 'share')} to ${amountText(high, 'share')})`
  const told = n === 1 ? 'its one run' : rateText(estimate, n)
  return [`${onBenchmark(benchmark)}, ${only.system.name} resolves ${told}${interval}.`]
}

const rateText = (rate: number, runs: number): string =>
  `${amountText(rate, 'share')} of ${runs.toLocaleString('en-US')} ${runs === 1 ? 'run' : 'runs'}`

const ofVerdict = (all: readonly Compared[], verdict: Compared['verdict']): readonly Compared[] =>
  all.filter((one) => one.verdict === verdict)

function named(some: readonly Compared[]): string {
  const names = some.map(({ system }) => system.name)
  const more = names.length - MOST_NAMED
  if (more > 1) return `${names.slice(0, MOST_NAMED).join(', ')} and ${more} more`
  return names.length === 1 ? String(names[0]) : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

/** All others resolve less: the size of the lead on the next, on the tasks both have. */
function leadOf(less: readonly Compared[]): string {
  const [next] = less
  const difference = next === undefined ? null : estimateOf(next.difference.difference)
  const all = less.length === 1 ? '' : `, as on all ${less.length} others`
  if (next === undefined || difference === null) return 'more than the others'
  const lead = amountText(-difference, 'points').replace('+', '')
  return `${lead} ahead of ${next.system.name}, the next: larger than the noise${all}`
}

/** What one success costs with a system. */
interface Success {
  readonly system: System
  readonly cost: Measured
}

/** Who resolves most per dollar, or per token where no dollars are known; nothing where no run is resolved, or of one. */
export function priceWords({ quantities }: Subject, field: Field): readonly string[] {
  if (field.systems.reduce((sum, { rows }) => sum + rows.length, 0) === 1) return []
  const { usd, total } = quantities
  const inDollars = successes(field, usd, quantities.resolved)
  const [found, unit] =
    inDollars.length > 0
      ? ([inDollars, 'usd'] as const)
      : ([successes(field, total, quantities.resolved), 'tokens'] as const)
  const [least, next] = found
  if (least === undefined) return []
  const amount = (cost: Measured) =>
    unit === 'usd' ? shortUsd(cost.estimate) : `${shortTokens(cost.estimate)} tokens`
  const where = onBenchmark(field.benchmark)
  if (next === undefined) return [`${where}, a success of ${least.system.name} costs ${amount(least.cost)}.`]
  const per = unit === 'usd' ? 'dollar' : 'token'
  const head = `${where}, ${least.system.name} resolves most per ${per}: ${amount(least.cost)} a success`
  const factor = next.cost.estimate / least.cost.estimate
  const against =
    factor < 1.05 || !Number.isFinite(factor)
      ? `${next.system.name}, the next, ${amount(next.cost)}`
      : `× ${Number(factor.toPrecision(2))} cheaper than ${next.system.name}, the next`
  const tasks = hasSameTasks(least.system, next.system) ? '' : ', each on its own tasks'
  return [`${head}, ${against}${tasks}; ${overlapWords(least.cost, next.cost)}.`]
}

/** The systems with a success whose cost is known, the cheapest first. */
function successes({ systems }: Field, spent: Float64Array, resolved: Float64Array): readonly Success[] {
  return systems
    .flatMap((system) => {
      const cost = ratioOf(sampleOf(system, spent, resolved), resolved)
      return 'unsaid' in cost ? [] : [{ system, cost }]
    })
    .sort((a, b) => a.cost.estimate - b.cost.estimate)
}

function overlapWords(a: Measured, b: Measured): string {
  if (a.high === null || b.low === null) return 'of one at least there are too few runs for an interval'
  return b.low <= a.high ? 'the intervals overlap' : 'the intervals do not overlap'
}

const hasSameTasks = (a: System, b: System): boolean =>
  a.taskCodes.length === b.taskCodes.length && a.taskCodes.every((code, i) => code === b.taskCodes[i])
