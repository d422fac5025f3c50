/** What all threads of a fit read and write, one entry per row of the table. */
export interface BoostingMemory {
  /** Actual less forecast so far; at first the targets. */
  readonly residuals: Float64Array
  /** Their gradients, packed. */
  readonly packed: Float64Array
  /** Row numbers, those of a leaf side by side. */
  readonly order: Int32Array
}

/** Memory for a fit in one thread. */
export const ownMemory = (y: Float64Array): BoostingMemory => ({
  residuals: y.slice(),
  packed: new Float64Array(y.length),
  order: new Int32Array(y.length),
})
