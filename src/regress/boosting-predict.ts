import type { BoostingState } from './boosting-forest.ts'
import { isSparse, type Matrix, rowOf, type SparseMatrix } from './matrix.ts'
import { checkColumns } from './training-data.ts'

/** The forecast of a forest for every row; about 10 ns per tree level and row. */
export function predictForest(state: BoostingState, x: Matrix | SparseMatrix): Float64Array {
  checkColumns(x, state.columns)
  const forest = compiled(state)
  const out = new Float64Array(x.rows)
  if (isSparse(x)) {
    const row = new Float64Array(x.columns)
    for (let i = 0; i < x.rows; i++) {
      const [from, to] = [x.starts[i] as number, x.starts[i + 1] as number]
      for (let k = from; k < to; k++) row[x.indices[k] as number] = x.values[k] as number
      out[i] = walk(forest, row)
      for (let k = from; k < to; k++) row[x.indices[k] as number] = 0
    }
  } else {
    for (let i = 0; i < x.rows; i++) out[i] = walk(forest, rowOf(x, i))
  }
  return out
}

type Compiled = ReturnType<typeof compile>

function walk(forest: Compiled, row: Float64Array): number {
  const { roots, features, thresholds, lefts, rights, missingLeft, leaves } = forest
  let sum = forest.start
  for (let t = 0; t < roots.length; t++) {
    let node = roots[t] as number
    while (node >= 0) {
      const value = row[features[node] as number] as number
      const left = Number.isNaN(value) ? missingLeft[node] === 1 : value <= (thresholds[node] as number)
      node = (left ? lefts[node] : rights[node]) as number
    }
    sum += leaves[-1 - node] as number
  }
  return sum
}

/** States are never changed, so each is put into typed arrays once. */
const known = new WeakMap<BoostingState, Compiled>()

function compiled(state: BoostingState): Compiled {
  const forest = known.get(state) ?? compile(state)
  known.set(state, forest)
  return forest
}

const compile = (state: BoostingState) => ({
  start: state.start,
  roots: Int32Array.from(state.roots),
  features: Int32Array.from(state.features),
  thresholds: Float64Array.from(state.thresholds),
  lefts: Int32Array.from(state.lefts),
  rights: Int32Array.from(state.rights),
  missingLeft: Uint8Array.from(state.missingLeft),
  leaves: Float64Array.from(state.leaves),
})
