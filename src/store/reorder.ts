/** A column of numbers. */
export type Numeric = Int8Array | Uint8Array | Int32Array | Float64Array

/**
 * Puts columns into another order of their places, in place and with the memory of one column: what stood at `order[i]`
 * comes to stand at `i`.
 */
export function reorder(columns: readonly Numeric[], order: Int32Array): void {
  const held = new Float64Array(order.length)
  for (const column of columns) {
    held.set(column)
    for (let i = 0; i < order.length; i++) column[i] = held[order[i] as number] as number
  }
}
