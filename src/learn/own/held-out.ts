import { rowValue } from '../../regress/crossed-effects.ts'
import { groupedFolds } from '../../regress/splits.ts'
import { QUANTITIES, type Quantity } from '../dataset.ts'
import { type OwnCell, rowsOf } from './cells.ts'
import { type OwnHead, type OwnInput, refitOwnHead } from './fit-own.ts'
import { repositoryKey } from './layout.ts'

/** log10 tokens of each cell, by a fit without the tasks it is grouped with. */
export type HeldOutCells = Readonly<Record<Quantity, Float64Array>>

const FOLDS = 5

/** Forecasts every cell by a fit on the cells of other groups, under the variances found on all. */
export function holdOut(
  input: OwnInput,
  own: OwnHead,
  { groups, seed }: { readonly groups: readonly (string | number)[]; readonly seed: number },
): HeldOutCells {
  const { cells } = input
  const forecast = { output: new Float64Array(cells.length), total: new Float64Array(cells.length) }
  const folds = groupedFolds(groups, { folds: Math.min(FOLDS, new Set(groups).size), seed })
  for (const { train, test } of folds) {
    const fitted = refitOwnHead({ ...input, cells: pick(cells, train) }, own)
    for (const quantity of QUANTITIES) {
      const { shapes } = own.quantities[quantity]
      const rows = rowsOf(input.history, pick(cells, test), { ...own, quantity, shapes })
      const { effects } = fitted.quantities[quantity].fit
      for (const [i, place] of [...test].entries())
        forecast[quantity][place] = (rows.base[i] as number) + rowValue(rows.x, effects, i)
    }
  }
  return forecast
}

const pick = (cells: readonly OwnCell[], places: ArrayLike<number>): readonly OwnCell[] =>
  Array.from(places, (place) => cells[place] as OwnCell)

/** The groups of cells: tasks, or repositories, of which one that is not known stands for itself. */
export function groupsOf(
  { history, cells }: OwnInput,
  by: 'task' | 'repository',
): readonly (string | number)[] {
  return cells.map(({ task }) => {
    const { repository } = history.tasks[task] as (typeof history.tasks)[number]
    return by === 'repository' && repository !== null ? repositoryKey(repository) : task
  })
}
