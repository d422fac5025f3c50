import type { CrossedRows } from '../../regress/crossed-equations.ts'
import { SparseBuilder } from '../../regress/sparse-builder.ts'
import { QUANTITIES, type Quantity } from '../dataset.ts'
import { designCell, type PairShape } from './design.ts'
import type { OwnHistory } from './history.ts'
import type { Layout } from './layout.ts'
import type { HeadView } from './seen-task.ts'

/** All runs of one pair on one task that tell the same: whole, or at least. */
export interface OwnCell {
  readonly task: number
  readonly pair: number
  readonly runs: number
  /** In (0, 1]: how far its runs are trusted, and how young they are. */
  readonly weight: number
  /** Mean log10 tokens; of runs that tell "at least", the greatest. */
  readonly tokens: Readonly<Record<Quantity, number>>
  readonly censored: boolean
}

export interface CellOptions {
  /** Weight of a run by its age is halved every so many days. */
  readonly halfLifeDays: number
  readonly nowMs: number
}

const DAY_MS = 86_400_000

/** Puts the runs of each task and pair together, by rising task and pair. */
export function cellsOf({ runs }: OwnHistory, { halfLifeDays, nowMs }: CellOptions): readonly OwnCell[] {
  const groups = new Map<string, OwnHistory['runs'][number][]>()
  for (const run of runs) {
    const key = `${run.task} ${run.pair} ${run.telling}`
    const group = groups.get(key)
    if (group) group.push(run)
    else groups.set(key, [run])
  }
  const cells = [...groups.values()].map((group): OwnCell => {
    const first = group[0] as (typeof group)[number]
    const mean = (of: (run: typeof first) => number) =>
      group.reduce((sum, run) => sum + of(run), 0) / group.length
    const censored = first.telling === 'at-least'
    const tokens = QUANTITIES.map((quantity) => {
      const values = group.map((run) => run[quantity])
      return [quantity, censored ? Math.max(...values) : mean((run) => run[quantity])] as const
    })
    const age = ({ atMs }: typeof first) => 2 ** (-Math.max(0, nowMs - atMs) / (halfLifeDays * DAY_MS))
    return {
      task: first.task,
      pair: first.pair,
      runs: censored ? 1 : group.length,
      weight: mean((run) => run.trust * age(run)),
      tokens: Object.fromEntries(tokens) as Record<Quantity, number>,
      censored,
    }
  })
  return cells.sort((a, b) => a.task - b.task || a.pair - b.pair || Number(a.censored) - Number(b.censored))
}

/** Cells as rows of the mixed model, and what the bundle alone says of each. */
export interface CellRows extends CrossedRows {
  /** log10 tokens by the bundle. */
  readonly base: Float64Array
  /** What of it is the level of the pair. */
  readonly levels: Float64Array
}

/** What rows are of. `shapes`: by pair. */
export interface RowsOf {
  readonly layout: Layout
  readonly view: HeadView
  readonly quantity: Quantity
  readonly shapes: readonly PairShape[]
}

/** The rows of cells, which are sorted by task; targets are what the bundle misses. */
export function rowsOf(
  history: OwnHistory,
  cells: readonly OwnCell[],
  { layout, view, quantity, shapes }: RowsOf,
): CellRows {
  const shapeOf = ({ pair }: OwnCell) => shapes[pair] as PairShape
  const builder = new SparseBuilder(layout.kinds.length)
  const [base, levels] = [new Float64Array(cells.length), new Float64Array(cells.length)]
  for (const [i, cell] of cells.entries()) {
    const task = history.tasks[cell.task] as OwnHistory['tasks'][number]
    const seen = view.tasks[cell.task] as HeadView['tasks'][number]
    const designing = { task, seen, pair: cell.pair, quantity, shape: shapeOf(cell) }
    const designed = designCell({ layout, head: view.head }, designing, builder)
    base[i] = designed.base
    levels[i] = designed.level
  }
  const groups = new Int32Array(cells.length)
  for (let i = 1; i < cells.length; i++) {
    const same = (cells[i] as OwnCell).task === (cells[i - 1] as OwnCell).task
    groups[i] = (groups[i - 1] as number) + (same ? 0 : 1)
  }
  return {
    fullFrom: layout.at.feature,
    x: builder.finish(),
    y: base.map((value, i) => (cells[i] as OwnCell).tokens[quantity] - value),
    base,
    levels,
    groups,
    runs: Float64Array.from(cells, ({ runs }) => runs),
    weights: Float64Array.from(cells, (cell) => cell.weight / shapeOf(cell).noise),
    loadings: Float64Array.from(cells, (cell) => shapeOf(cell).slope),
  }
}
