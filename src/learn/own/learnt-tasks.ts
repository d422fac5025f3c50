import type { Learnt, RememberedTask } from '../../forecast/bundle.ts'
import { rowValue } from '../../regress/crossed-effects.ts'
import { groupShare, rowVariance } from '../../regress/crossed-equations.ts'
import { QUANTITIES, type Quantity } from '../dataset.ts'
import type { OwnCell } from './cells.ts'
import type { PairShape } from './design.ts'
import type { OwnHead, OwnInput, OwnQuantity } from './fit-own.ts'
import { strayVariance } from './variances.ts'

/** Of so many tasks, the last run ones, it is remembered what they took: beyond, a bundle would grow without bound. */
const MOST_TASKS = 20_000

/** What the runs of each task tell of it beyond its features; `seriesOf`: the place of an own pair in the bundle. */
export function learntTasks(
  input: OwnInput,
  own: OwnHead,
  seriesOf: (pair: number) => number,
): Learnt['tasks']['issue'] {
  const memories = {
    output: memoryOf(own.quantities.output, input.cells),
    total: memoryOf(own.quantities.total, input.cells),
  }
  const last = lastRun(input)
  const kept = new Set(last)
  const cells = [...input.cells.entries()].filter(([, { task }]) => kept.has(task))
  const byTask = Map.groupBy(cells, ([, { task }]) => task)
  const entries = last.flatMap((task) => {
    const fingerprint = input.history.tasks[task]?.fingerprint ?? null
    const cells = byTask.get(task) ?? []
    if (fingerprint === null || cells.length === 0) return []
    return [[fingerprint, remembered(memories, cells, seriesOf)] as const]
  })
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Tasks by when they were run last, as many as are remembered. */
function lastRun({ history }: OwnInput): readonly number[] {
  const last = new Map<number, number>()
  for (const { task, atMs } of history.runs) last.set(task, Math.max(atMs, last.get(task) ?? 0))
  return [...last]
    .sort(([a, atA], [b, atB]) => atB - atA || a - b)
    .slice(0, MOST_TASKS)
    .map(([task]) => task)
}

interface Memory {
  /** Of the group of a cell. */
  group(cell: number): { readonly effect: number; readonly spread: number }
  /** Of the cell itself: group and what its own pair adds. */
  cell(cell: number): { readonly effect: number; readonly spread: number }
}

function memoryOf({ fit, rows, variances, shapes }: OwnQuantity, cells: readonly OwnCell[]): Memory {
  const weights = new Float64Array(fit.groups.length)
  for (const [i, g] of rows.groups.entries())
    weights[g] = (weights[g] as number) + (rows.loadings[i] as number) ** 2 / rowVariance(rows, variances, i)
  const before = variances.group + variances.row + variances.run
  const width = (variance: number, all = before) => round(Math.sqrt(variance / all))
  const group = (i: number) => {
    const g = rows.groups[i] as number
    const left = groupShare(weights[g] as number, variances.group)
    return { effect: fit.groups[g] as number, spread: width(left + variances.row + variances.run), left }
  }
  return {
    group,
    cell(i) {
      const { effect, left } = group(i)
      const loading = rows.loadings[i] as number
      const shape = shapes[(cells[i] as OwnCell).pair] as PairShape
      const missed = (rows.y[i] as number) - rowValue(rows.x, fit.effects, i) - loading * effect
      const run = variances.run / (rows.runs[i] as number)
      const share = variances.row / (variances.row + run)
      const task = loading ** 2 * left * (1 - share) ** 2
      const remains = task + shape.noise * (variances.row * (1 - share) + variances.run)
      const spread = width(remains, strayVariance(variances, shape))
      return { effect: loading * effect + share * missed, spread }
    },
  }
}

const round = (value: number): number => Number(value.toFixed(4))

function remembered(
  memories: Readonly<Record<Quantity, Memory>>,
  cells: readonly (readonly [number, OwnCell])[],
  seriesOf: (pair: number) => number,
): RememberedTask {
  const told = (kind: 'group' | 'cell', place: number) => {
    const [output, total] = QUANTITIES.map((quantity) => memories[quantity][kind](place))
    return {
      output: round(output?.effect ?? 0),
      total: round(total?.effect ?? 0),
      spread: { output: output?.spread ?? 1, total: total?.spread ?? 1 },
    }
  }
  const whole = cells.filter(([, { censored }]) => !censored)
  const pairs = whole.map(([place, { pair }]) => ({ series: seriesOf(pair), ...told('cell', place) }))
  return { ...told('group', cells[0]?.[0] ?? 0), pairs: pairs.sort((a, b) => a.series - b.series) }
}
