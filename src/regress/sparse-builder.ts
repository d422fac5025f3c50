import type { SparseMatrix } from './matrix.ts'

/** Makes a sparse table row by row, without an object for each row: cells of a row are put by rising column. */
export class SparseBuilder {
  readonly #columns: number
  readonly #starts: number[] = [0]
  #indices = new Int32Array(1024)
  #values = new Float64Array(1024)
  #length = 0

  constructor(columns: number) {
    this.#columns = columns
  }

  put(column: number, value: number): void {
    if (this.#length === this.#indices.length) this.#grow()
    this.#indices[this.#length] = column
    this.#values[this.#length++] = value
  }

  endRow(): void {
    this.#starts.push(this.#length)
  }

  finish(): SparseMatrix {
    return {
      rows: this.#starts.length - 1,
      columns: this.#columns,
      starts: Int32Array.from(this.#starts),
      indices: this.#indices.subarray(0, this.#length),
      values: this.#values.subarray(0, this.#length),
    }
  }

  #grow(): void {
    const [indices, values] = [new Int32Array(2 * this.#length), new Float64Array(2 * this.#length)]
    indices.set(this.#indices)
    values.set(this.#values)
    this.#indices = indices
    this.#values = values
  }
}
