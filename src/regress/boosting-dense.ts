import type { Sample } from './boosting-edges.ts'
import { binOf, type Guide } from './boosting-guide.ts'
import type { Matrix } from './matrix.ts'
import { seededRandom, shuffled } from './random.ts'

/** Bin numbers of four columns per word: that of column j in row i is byte `j % 4` of `words[(j >> 2) · rows + i]`. */
export interface DenseCells {
  readonly kind: 'dense'
  readonly words: Int32Array
}

/** Rows from which bin edges are learnt, as a bound on the time to sort them. */
const SAMPLE = 20_000

/** The values of each column on all rows, or on a random sample of them. */
export function denseSample(x: Matrix, seed: number): (j: number) => Sample {
  const all = Int32Array.from({ length: x.rows }, (_, i) => i)
  const chosen = x.rows <= SAMPLE ? all : Int32Array.from(shuffled(all, seededRandom(seed)).slice(0, SAMPLE))
  return (j) => {
    const values = new Float64Array(chosen.length)
    for (let k = 0; k < values.length; k++)
      values[k] = x.values[(chosen[k] as number) * x.columns + j] as number
    values.sort()
    // Typed arrays sort NaN last.
    const gap = values.findIndex((value) => Number.isNaN(value))
    return { sorted: gap < 0 ? values : values.subarray(0, gap), zeros: 0 }
  }
}

/** The bin numbers of a table, four columns at a time. */
export function denseCells(x: Matrix, guides: readonly Guide[]): DenseCells {
  const words = new Int32Array(Math.ceil(x.columns / 4) * x.rows)
  for (const [j, guide] of guides.entries()) {
    const start = (j >> 2) * x.rows
    const shift = (j & 3) * 8
    for (let i = 0; i < x.rows; i++) {
      const code = binOf(guide, x.values[i * x.columns + j] as number)
      words[start + i] = (words[start + i] as number) | (code << shift)
    }
  }
  return { kind: 'dense', words }
}
