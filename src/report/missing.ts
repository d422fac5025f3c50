import { fisherExact } from '../metrics/fisher.ts'
import type { Proportion } from '../metrics/proportion.ts'
import type { Exclusion } from './document.ts'
import { shortPercent } from './estimate-notes.ts'
import type { Subject } from './subject.ts'
import type { Field, System } from './system.ts'
import { ofBenchmark } from './where.ts'

const WHY = 'total tokens unknown or only "at least"'
const MOST_NAMED = 3
const ALPHA = 0.05

/** A system with its runs whose tokens are not known. */
interface Lacking {
  readonly system: System
  readonly unknown: number
}

/**
 * Runs whose tokens are not known, and whether they are missing at random: who knows only how good runs go tells too
 * little. Systems of which no run tells its tokens share a line, the others have one each.
 */
export function unknownTokens({ quantities }: Subject, { benchmark, systems }: Field): readonly Exclusion[] {
  const { total, resolved } = quantities
  const lacking = systems
    .map((system) => ({ system, unknown: unknownRuns(system, total) }))
    .filter(({ unknown }) => unknown > 0)
  const whole = lacking.filter(({ system, unknown }) => unknown === system.rows.length)
  const partly = lacking.filter(({ system, unknown }) => unknown < system.rows.length)
  return [
    ...(whole.length === 0 ? [] : [wholly(whole, benchmark, systems.length)]),
    ...partly.map(({ system, unknown }) => ({
      runs: unknown,
      why: `${WHY}${skew(system, total, resolved)}`,
      from: `token figures of ${system.name} ${ofBenchmark(benchmark)}, which rest on its other ${runsOf(system.rows.length - unknown)}`,
    })),
  ]
}

const runsOf = (count: number): string => (count === 1 ? 'run' : `${count.toLocaleString('en-US')} runs`)

function unknownRuns({ rows }: System, total: Float64Array): number {
  let unknown = 0
  for (const row of rows) if (Number.isNaN(total[row])) unknown++
  return unknown
}

function wholly(whole: readonly Lacking[], benchmark: string, systems: number): Exclusion {
  const runs = whole.reduce((sum, { unknown }) => sum + unknown, 0)
  return whole.length === systems
    ? { runs, why: `${WHY}, of all runs`, from: `all token figures ${ofBenchmark(benchmark)}` }
    : {
        runs,
        why: `${WHY}, of all runs of ${named(whole)}`,
        from: `token figures of these ${ofBenchmark(benchmark)}`,
      }
}

/** Runs of a benchmark whose outcome is not known; one line. */
export const unknownOutcomes = ({ quantities }: Subject, field: Field): readonly Exclusion[] =>
  unknownOf(quantities.resolved, field, { why: 'outcome not recorded', figures: 'rates' })

/** Runs of a benchmark whose cost is not known; one line. */
export const unknownCosts = ({ quantities }: Subject, field: Field): readonly Exclusion[] =>
  unknownOf(quantities.usd, field, {
    why: 'cost unknown, neither priced nor reported',
    figures: 'dollar figures',
  })

function unknownOf(
  column: Float64Array,
  { benchmark, systems }: Field,
  { why, figures }: { readonly why: string; readonly figures: string },
): readonly Exclusion[] {
  const lacking = systems
    .map((system) => ({ system, unknown: unknownRuns(system, column) }))
    .filter(({ unknown }) => unknown > 0)
  if (lacking.length === 0) return []
  const runs = lacking.reduce((sum, { unknown }) => sum + unknown, 0)
  const of = lacking.length === systems.length ? '' : ` of ${named(lacking)}`
  return [{ runs, why, from: `${figures}${of} ${ofBenchmark(benchmark)}` }]
}

function named(lacking: readonly Lacking[]): string {
  const names = lacking.map(({ system }) => system.name)
  const more = names.length - MOST_NAMED
  return more > 1 ? `${names.slice(0, MOST_NAMED).join(', ')} and ${more} more` : names.join(', ')
}

/** Told where the resolution rates of runs with and without tokens are more than 5 pp apart, beyond chance (Fisher). */
function skew({ rows }: System, total: Float64Array, resolved: Float64Array): string {
  const [known, unknown] = [true, false].map((isKnown) => {
    let [successes, trials] = [0, 0]
    for (const row of rows) {
      if (Number.isNaN(total[row]) === isKnown || Number.isNaN(resolved[row])) continue
      successes += resolved[row] as number
      trials++
    }
    return { successes, trials }
  }) as [Proportion, Proportion]
  if (known.trials === 0 || unknown.trials === 0) return ''
  const [of, others] = [unknown.successes / unknown.trials, known.successes / known.trials]
  if (Math.abs(of - others) <= 0.05 || fisherExact(unknown, known) >= ALPHA) return ''
  return `, and not at random: ${shortPercent(of)} of them resolved, ${shortPercent(others)} of the others`
}
