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

/** Rows whose cells are looked up together: they stay in the cache while all columns pass. */
const BLOCK = 256

/** The values of each column from `first` on, on all rows or on a random sample of them. */
export function denseSample(
  x: Matrix,
  { first, seed }: { first: number; seed: number },
): (j: number) => Sample {
  const all = Int32Array.from({ length: x.rows }, (_, i) => i)
  const chosen =
    x.rows <= SAMPLE ? all : Int32Array.from(shuffled(all, seededRandom(seed)).slice(0, SAMPLE)).sort()
  return (j) => {
    const values = new Float64Array(chosen.length)
    for (let k = 0; k < values.length; k++)
      values[k] = x.values[(chosen[k] as number) * x.columns + first + j] as number
    values.sort()
    // Typed arrays sort NaN last.
    const gap = values.findIndex((value) => Number.isNaN(value))
    return { sorted: gap < 0 ? values : values.subarray(0, gap), zeros: 0 }
  }
}

/** The bin numbers of the columns from `first` on that there are guides for, four columns at a time. */
export function denseCells(x: Matrix, first: number, guides: readonly Guide[]): DenseCells {
  const words = new Int32Array(Math.ceil(guides.length / 4) * x.rows)
  for (let from = 0; from < x.rows; from += BLOCK) {
    const to = Math.min(from + BLOCK, x.rows)
    for (const [j, guide] of guides.entries()) {
      const start = (j >> 2) * x.rows
      const shift = (j & 3) * 8
      for (let i = from; i < to; i++) {
        const code = binOf(guide, x.values[i * x.columns + first + j] as number)
        words[start + i] = (words[start + i] as number) | (code << shift)
      }
    }
  }
  return { kind: 'dense', words }
}
