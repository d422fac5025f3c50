import { KnownError } from '../errors.ts'
import type { Estimator } from './estimator.ts'
import { plain } from './estimator.ts'
import { mean } from './linear.ts'
import { column } from './matrix.ts'
import { checkRange, checkTraining } from './training-data.ts'

export interface GroupMeanParams {
  /** The column that holds the group's number (of the model, of the repository). */
  readonly column: number
  /** Pseudo-examples at the overall mean added to each group: 0 = plain means, more = partial pooling. Default 0. */
  readonly shrinkage?: number
}

export interface GroupMeanState {
  readonly column: number
  readonly overall: number
  /** Group numbers, ascending, and the value for each. */
  readonly groups: readonly number[]
  readonly values: readonly number[]
}

/** The mean of each group; a group that is new or missing gets the overall mean. */
export const groupMean: Estimator<GroupMeanParams, GroupMeanState> = {
  id: 'group-mean',
  fit(x, y, params) {
    checkTraining(x, y)
    const shrinkage = params.shrinkage ?? 0
    checkRange('the shrinkage', shrinkage, [0, Number.MAX_VALUE])
    checkRange('the group column', params.column, [0, x.columns - 1])
    const overall = mean(y)
    const members = [...byGroup(column(x, params.column), y)].sort((a, b) => a[0] - b[0])
    const values = members.map(([, { sum, count }]) => (sum + shrinkage * overall) / (count + shrinkage))
    return {
      column: params.column,
      overall,
      groups: plain(members.map(([group]) => group)),
      values: plain(values),
    }
  },
  predict(state, x) {
    if (state.column >= x.columns) {
      throw new KnownError(
        'data-malformed',
        `group column ${state.column} in a table of ${x.columns} columns`,
      )
    }
    const values = new Map(state.groups.map((group, k) => [group, state.values[k]]))
    return column(x, state.column).map((group) => values.get(group) ?? state.overall)
  },
}

function byGroup(groups: Float64Array, y: Float64Array): Map<number, { sum: number; count: number }> {
  const members = new Map<number, { sum: number; count: number }>()
  for (const [row, value] of y.entries()) {
    const group = groups[row] as number
    if (Number.isNaN(group)) continue
    const own = members.get(group) ?? { sum: 0, count: 0 }
    members.set(group, { sum: own.sum + value, count: own.count + 1 })
  }
  return members
}
