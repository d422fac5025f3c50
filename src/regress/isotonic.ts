import { KnownError } from '../errors.ts'
import type { Estimator } from './estimator.ts'
import { plain } from './estimator.ts'
import { checkRange, checkTraining, refuseMissing } from './training-data.ts'

export interface IsotonicParams {
  /** How much each row counts; default 1 each. */
  readonly weights?: Float64Array
}

/** Corner points of a non-decreasing curve: linear between them, flat outside. */
export interface IsotonicState {
  readonly x: readonly number[]
  readonly y: readonly number[]
}

/** Isotonic regression of the target on one column: pool adjacent violators (Barlow et al. 1972). */
export const isotonic: Estimator<IsotonicParams, IsotonicState> = {
  id: 'isotonic',
  fit(x, y, params) {
    checkTraining(x, y)
    if (x.columns !== 1)
      throw new KnownError('data-malformed', `${x.columns} columns, isotonic regression has 1`)
    refuseMissing(x)
    const weights = params.weights ?? new Float64Array(y.length).fill(1)
    checkTraining(x, weights)
    for (const weight of weights) checkRange('a weight', weight, [Number.MIN_VALUE, Number.MAX_VALUE])
    const blocks = pooled(merged(x.values, y, weights))
    // A block is flat from its first to its last x; two corners say so.
    const corners = blocks.flatMap((block) =>
      block.from === block.to
        ? [[block.from, block.value] as const]
        : [[block.from, block.value] as const, [block.to, block.value] as const],
    )
    return { x: plain(corners.map(([at]) => at)), y: plain(corners.map(([, value]) => value)) }
  },
  predict: (state, x) => x.values.map((at) => curve(state, at)),
}

interface Block {
  readonly from: number
  readonly to: number
  readonly value: number
  readonly weight: number
}

/** Rows in order of x, equal x merged into their weighted mean. */
function merged(x: Float64Array, y: Float64Array, weights: Float64Array): Block[] {
  const rows = Array.from(x, (at, i) => ({
    from: at,
    to: at,
    value: y[i] as number,
    weight: weights[i] as number,
  }))
  const out: Block[] = []
  for (const row of rows.sort((a, b) => a.from - b.from)) {
    const last = out.at(-1)
    if (last && last.to === row.from) out[out.length - 1] = joined(last, row)
    else out.push(row)
  }
  return out
}

/** Neighbours that fall are joined until none falls. */
function pooled(rows: readonly Block[]): Block[] {
  const out: Block[] = []
  for (const row of rows) {
    let block = row
    for (let last = out.at(-1); last && last.value >= block.value; last = out.at(-1)) {
      block = joined(last, block)
      out.pop()
    }
    out.push(block)
  }
  return out
}

function joined(a: Block, b: Block): Block {
  const weight = a.weight + b.weight
  return { from: a.from, to: b.to, value: (a.value * a.weight + b.value * b.weight) / weight, weight }
}

function curve(state: IsotonicState, at: number): number {
  const above = state.x.findIndex((corner) => corner >= at)
  if (above < 0) return Number.isNaN(at) ? Number.NaN : (state.y.at(-1) as number)
  const [x1, y1] = [state.x[above] as number, state.y[above] as number]
  if (above === 0 || x1 === at) return y1
  const [x0, y0] = [state.x[above - 1] as number, state.y[above - 1] as number]
  return y0 + ((y1 - y0) * (at - x0)) / (x1 - x0)
}
