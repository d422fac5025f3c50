import type { Block, Cell, Column, Unsaid } from '../document.ts'
import { meanOf, rateOf } from '../figures-of-sample.ts'
import { slug } from '../findings.ts'
import { amountText } from '../report-cell.ts'
import { along } from '../sample.ts'
import type { Subject } from '../subject.ts'
import { type Field, groupedRows } from '../system.ts'
import { MOST_RUNS } from './effect-test.ts'
import type { Effect } from './effects.ts'

const COLUMNS: readonly Column[] = [
  { key: 'level', head: '', unit: 'text' },
  { key: 'runs', head: 'runs', unit: 'count' },
  { key: 'resolution_rate', head: 'resolved', unit: 'share' },
  { key: 'infra_error_rate', head: 'infra errors', unit: 'share' },
  { key: 'mean_total_tokens', head: 'tokens a run', unit: 'tokens' },
]

const TESTS: readonly Column[] = [
  { key: 'factor', head: '', unit: 'text' },
  { key: 'levels', head: 'levels', unit: 'count' },
  { key: 'runs', head: 'runs', unit: 'count' },
  { key: 'resolved_p_holm', head: 'resolved', unit: 'p' },
  { key: 'infra_p_holm', head: 'infra errors', unit: 'p' },
  { key: 'tokens_p_holm', head: 'log tokens', unit: 'p' },
]

/** All tests in one table, then a figure and a table for each factor. */
export function effectBlocks(subject: Subject, field: Field, effects: readonly Effect[]): readonly Block[] {
  return effects.length === 0
    ? []
    : [testsBlock(field, effects), ...effects.map((effect) => effectBlock(subject, field, effect))]
}

function testsBlock({ benchmark }: Field, effects: readonly Effect[]): Block {
  const tests = effects[0]?.tests ?? 0
  const isPart = effects.some(({ runs }) => runs.rows.length > MOST_RUNS)
  return {
    kind: 'table',
    table: {
      id: `effects-${slug(benchmark)}-tests`,
      title: `Is it more than chance, ${benchmark}`,
      columns: TESTS,
      rows: effects.map(({ factor, runs, resolvedP, infraP, tokensP }) => [
        factor.name,
        factor.levels.length,
        runs.rows.length,
        resolvedP,
        infraP,
        tokensP,
      ]),
      note:
        `p of no effect, systems, resources and tasks taken as given, adjusted for ${tests} ${tests === 1 ? 'test' : 'tests'} (Holm; mid-p). ` +
        'Infra errors come in bursts, and runs of a task are alike: where hosts and days are recorded and at least six of them together, all that a host did on a day is rearranged as a whole (a day against others on the same host, a host against others on the same day), else whole tasks.' +
        (isPart ? ` Tested on about ${MOST_RUNS.toLocaleString('en-US')} runs of tasks spread evenly.` : ''),
    },
  }
}

function effectBlock({ quantities }: Subject, { benchmark }: Field, effect: Effect): Block {
  const { factor, runs } = effect
  const id = `effect-${factor.key}-${slug(benchmark)}`
  const places = groupedRows(runs.levels, factor.levels.length)
  const rows = factor.levels.flatMap((name, level) =>
    levelRow(quantities, effect, { name, places: places[level] as Int32Array }),
  )
  return {
    kind: 'figure',
    figure: {
      id,
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
      id: `${id}-table`,
      title: `Outcomes by ${factor.name}, ${benchmark}`,
      columns: COLUMNS,
      rows,
      note: `All systems together, as they came, intervals 95 % by tasks: a level that had more runs of a good system, or of easy tasks, looks better. The tests do not: resolved ${said(effect.resolvedP)}; infra errors ${said(effect.infraP)}; log tokens ${said(effect.tokensP)}.`,
    },
  }
}

const said = (p: number | Unsaid): string =>
  typeof p === 'number' ? amountText(p, 'p') : `not tested (${p.unsaid})`

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
