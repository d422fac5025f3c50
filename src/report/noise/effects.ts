import { holm } from '../../metrics/holm.ts'
import type { Episodes } from '../../store/episodes.ts'
import type { Unsaid } from '../document.ts'
import type { Subject } from '../subject.ts'
import type { Field } from '../system.ts'
import { effectP, type FactorRuns } from './effect-test.ts'
import { type Factor, factorsOf } from './factors.ts'
import { isMixed, placesOf } from './units.ts'

/** A factor held against what runs came to. */
export interface Effect {
  readonly factor: Factor
  readonly runs: FactorRuns
  /** What the factor went with, so that its effects may be of that. */
  readonly follows: readonly ('day' | 'host')[]
  /** Of no effect, adjusted over all effects of the benchmark (Holm). */
  readonly resolvedP: number | Unsaid
  readonly infraP: number | Unsaid
  readonly tokensP: number | Unsaid
  /** How many tests that were. */
  readonly tests: number
}

/** The factors that are recorded and vary in a field, each with the runs that record it. */
export function factorRunsOf(
  { episodes }: Subject,
  field: Field,
): readonly Pick<Effect, 'factor' | 'runs'>[] {
  const all = fieldRuns(episodes, field)
  return factorsOf(episodes, all.rows).map((factor) => ({ factor, runs: recorded(all, factor) }))
}

/** All of them, tested. `draws` of each test; default: as many as reports make. */
export function effectsOf(subject: Subject, field: Field, draws?: number): readonly Effect[] {
  const factors = factorRunsOf(subject, field)
  const { resolved, infra, total } = subject.quantities
  const columns = [resolved, infra, total.map(Math.log10)]
  const raw = factors.flatMap(({ factor: { key }, runs }) =>
    columns.map((column) =>
      effectP(subject.episodes, runs, { key, column, ...(draws === undefined ? {} : { draws }) }),
    ),
  )
  const adjusted = holm(raw.filter((p) => typeof p === 'number'))
  let next = 0
  const ps = raw.map((p) => (typeof p === 'number' ? (adjusted[next++] as number) : p))
  return factors.map(({ factor, runs }, i) => ({
    factor,
    runs,
    follows: followed(subject, factor, runs),
    resolvedP: ps[3 * i] as number | Unsaid,
    infraP: ps[3 * i + 1] as number | Unsaid,
    tokensP: ps[3 * i + 2] as number | Unsaid,
    tests: adjusted.length,
  }))
}

/** The runs of all systems, with the code of each run's task, and a number for its system under its resources. */
function fieldRuns({ multiplier }: Episodes, { systems }: Field) {
  const size = systems.reduce((sum, { rows }) => sum + rows.length, 0)
  const [rows, tasks, numbers] = [new Int32Array(size), new Int32Array(size), new Int32Array(size)]
  const setUps = new Map<string, number>()
  let at = 0
  for (const [number, system] of systems.entries()) {
    for (let k = 0; k < system.rows.length; k++, at++) {
      const row = system.rows[k] as number
      rows[at] = row
      tasks[at] = system.taskCodes[system.tasks[k] as number] as number
      const setUp = `${number} ${multiplier[row]}`
      const found = setUps.get(setUp) ?? setUps.size
      setUps.set(setUp, found)
      numbers[at] = found
    }
  }
  return { rows, tasks, systems: numbers }
}

/** Those where a factor is recorded. */
function recorded({ rows, tasks, systems }: ReturnType<typeof fieldRuns>, { codes }: Factor): FactorRuns {
  const isKnown = (_: number, i: number) => (codes[i] as number) >= 0
  return {
    rows: rows.filter(isKnown),
    levels: codes.filter((code) => code >= 0),
    tasks: tasks.filter(isKnown),
    systems: systems.filter(isKnown),
  }
}

function followed({ episodes }: Subject, { key }: Factor, { rows, levels }: FactorRuns) {
  const { days, hosts } = placesOf(episodes, rows)
  return [
    ...(key !== 'day' && !isMixed(days, levels) ? ['day' as const] : []),
    ...(key !== 'host' && !isMixed(hosts, levels) ? ['host' as const] : []),
  ]
}
