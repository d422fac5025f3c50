import { clusterTest } from '../../metrics/cluster-test.ts'
import { holm } from '../../metrics/holm.ts'
import { groupScores } from '../../metrics/score-contributions.ts'
import { attempt } from '../cells.ts'
import { drawsFor } from '../difference.ts'
import type { Block, Cell, Column, Unsaid } from '../document.ts'
import { meanOf, rateOf } from '../figures-of-sample.ts'
import { slug } from '../findings.ts'
import { along, placesWhere } from '../sample.ts'
import type { Subject } from '../subject.ts'
import { type Field, groupedRows } from '../system.ts'
import { type Factor, factorsOf } from './factors.ts'

/** So many tasks at most are tested on: enough to see effects of a few points, and bounded work. */
const MOST_TASKS = 2000
const SEED = 1
const ALPHA = 0.05

/** The runs of a field where a factor is recorded, over all systems. */
interface FactorRuns {
  readonly rows: Int32Array
  readonly levels: Int32Array
  readonly tasks: Int32Array
  readonly systems: Int32Array
}

/** A factor held against what runs came to. */
export interface Effect {
  readonly factor: Factor
  readonly runs: FactorRuns
  /** Of no effect, adjusted over all effects of the benchmark (Holm). */
  readonly resolvedP: number | Unsaid
  readonly infraP: number | Unsaid
  readonly tokensP: number | Unsaid
}

/** Every factor that is recorded and varies in a field. */
export function effectsOf({ episodes, quantities }: Subject, field: Field): readonly Effect[] {
  const factors = factorsOf(episodes)
    .map((factor) => ({ factor, runs: runsOf(field, factor) }))
    .filter(({ runs }) => new Set(runs.levels).size > 1)
  const logTotal = quantities.total.map(Math.log10)
  const columns = [quantities.resolved, quantities.infra, logTotal]
  const raw = factors.flatMap(({ runs }) => columns.map((column) => testOf(runs, column)))
  const adjusted = holm(raw.filter((p) => typeof p === 'number'))
  let next = 0
  const ps = raw.map((p) => (typeof p === 'number' ? (adjusted[next++] as number) : p))
  return factors.map(({ factor, runs }, i) => ({
    factor,
    runs,
    resolvedP: ps[3 * i] as number | Unsaid,
    infraP: ps[3 * i + 1] as number | Unsaid,
    tokensP: ps[3 * i + 2] as number | Unsaid,
  }))
}

function runsOf({ systems }: Field, { codes }: Factor): FactorRuns {
  const size = systems.reduce((sum, { rows }) => sum + rows.length, 0)
  const [rows, levels] = [new Int32Array(size), new Int32Array(size)]
  const [tasks, numbers] = [new Int32Array(size), new Int32Array(size)]
  let at = 0
  for (const [number, system] of systems.entries()) {
    for (let k = 0; k < system.rows.length; k++) {
      const row = system.rows[k] as number
      if ((codes[row] as number) < 0) continue
      rows[at] = row
      levels[at] = codes[row] as number
      tasks[at] = system.taskCodes[system.tasks[k] as number] as number
      numbers[at++] = number
    }
  }
  const [used, of] = [rows.slice(0, at), levels.slice(0, at)]
  return { rows: used, levels: of, tasks: tasks.slice(0, at), systems: numbers.slice(0, at) }
}

/** Whether an outcome differs between the levels, systems taken as given, whole tasks rearranged. */
function testOf({ rows, levels, tasks, systems }: FactorRuns, column: Float64Array): number | Unsaid {
  const drawn = drawnTasks(tasks)
  const kept = placesWhere(
    rows.length,
    (i) => !Number.isNaN(column[rows[i] as number]) && drawn.has(tasks[i] as number),
  )
  const pick = (codes: Int32Array) => kept.map((i) => codes[i] as number)
  const outcomes = along({ rows: pick(rows) }, column)
  const rearranged = { outcomes, codes: pick(tasks), strata: pick(systems) }
  return attempt(
    () =>
      clusterTest(groupScores(rearranged, pick(levels)), { seed: SEED, draws: drawsFor(drawn.size) }).midP,
  )
}

/** Every task, or where there are too many, those whose codes are spread evenly over all. */
function drawnTasks(tasks: Int32Array): ReadonlySet<number> {
  const distinct = Int32Array.from(new Set(tasks)).sort()
  const step = Math.max(1, distinct.length / MOST_TASKS)
  return new Set(
    placesWhere(Math.min(distinct.length, MOST_TASKS), () => true).map(
      (k) => distinct[Math.floor(k * step)] as number,
    ),
  )
}

const COLUMNS: readonly Column[] = [
  { key: 'level', head: '', unit: 'text' },
  { key: 'runs', head: 'runs', unit: 'count' },
  { key: 'resolution_rate', head: 'resolved', unit: 'share' },
  { key: 'infra_error_rate', head: 'infra errors', unit: 'share' },
  { key: 'mean_total_tokens', head: 'tokens a run', unit: 'tokens' },
]

/** A figure and a table for each factor. */
export function effectBlocks(subject: Subject, field: Field, effects: readonly Effect[]): readonly Block[] {
  return effects.map((effect) => effectBlock(subject, field, effect))
}

function effectBlock({ quantities }: Subject, { benchmark }: Field, effect: Effect): Block {
  const { factor, resolvedP, infraP, tokensP } = effect
  const id = `${factor.key}-${slug(benchmark)}`
  const places = groupedRows(effect.runs.levels, factor.levels.length)
  const rows = factor.levels.flatMap((name, level) =>
    levelRow(quantities, effect, { name, places: places[level] as Int32Array }),
  )
  const said = (p: number | Unsaid) =>
    typeof p === 'number' ? (p < 0.001 ? 'p < .001' : `p = ${p.toPrecision(2)}`) : p.unsaid
  return {
    kind: 'figure',
    figure: {
      id: `effect-${id}`,
      title: `Resolved by ${factor.name}, ${benchmark}`,
      alt: `Share of runs resolved at each of ${rows.length} levels of ${factor.name}, with 95 % intervals.`,
      chart: {
        kind: 'bars',
        mark: 'dots',
        value: { title: 'runs resolved', scale: 'share' },
        bars: rows.flatMap(([name, , rate]) => dot(String(name), rate)),
      },
    },
    table: {
      id: `effect-${id}-table`,
      title: `Outcomes by ${factor.name}, ${benchmark}`,
      columns: COLUMNS,
      rows,
      note: `All systems together, as they came: a level that had more runs of a good system looks better. The tests take the systems as given and rearrange whole tasks; Holm over all effects of the benchmark. Resolved: ${said(resolvedP)}; infra errors: ${said(infraP)}; log tokens: ${said(tokensP)}.`,
    },
  }
}

function levelRow(
  { resolved, infra, total }: Subject['quantities'],
  { runs: { rows, tasks } }: Effect,
  { name, places }: { readonly name: string; readonly places: Int32Array },
): readonly (readonly Cell[])[] {
  if (places.length === 0) return []
  const sample = (column: Float64Array) => {
    const known = places.filter((i) => !Number.isNaN(column[rows[i] as number]))
    return {
      values: along({ rows: known.map((i) => rows[i] as number) }, column),
      tasks: known.map((i) => tasks[i] as number),
    }
  }
  return [[name, places.length, rateOf(sample(resolved)), rateOf(sample(infra)), meanOf(sample(total))]]
}

function dot(name: string, cell: Cell | undefined) {
  if (typeof cell !== 'object' || !('estimate' in cell)) return []
  const { estimate: value, low, high } = cell
  return [{ name, value, ...(low === null || high === null ? {} : { low, high }) }]
}

/** Which of them are larger than chance, in plain words. */
export function effectWords({ benchmark }: Field, effects: readonly Effect[]): readonly string[] {
  const isReal = (p: number | Unsaid) => typeof p === 'number' && p < ALPHA
  const real = effects.flatMap(({ factor, resolvedP, infraP, tokensP }) => {
    const of = [
      isReal(resolvedP) ? 'what is resolved' : '',
      isReal(infraP) ? 'infra errors' : '',
      isReal(tokensP) ? 'tokens' : '',
    ]
    const named = of.filter((what) => what !== '')
    return named.length === 0 ? [] : [`${factor.name} (${named.join(', ')})`]
  })
  if (effects.length === 0) return []
  return real.length === 0
    ? [
        `${benchmark}: no effect of ${effects.map(({ factor }) => factor.name).join(', ')} beyond chance was seen.`,
      ]
    : [`${benchmark}: more than chance: ${real.join('; ')}.`]
}
