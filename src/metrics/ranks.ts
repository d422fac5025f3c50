/** The rank of each value, from 1; equal values share the mean of their ranks. */
export function ranks(values: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i)
  order.sort((a, b) => (values[a] as number) - (values[b] as number))
  const out = new Float64Array(values.length)
  for (let from = 0; from < order.length; ) {
    let to = from + 1
    while (to < order.length && values[order[to] as number] === values[order[from] as number]) to++
    for (const i of order.subarray(from, to)) out[i] = (from + to + 1) / 2
    from = to
  }
  return out
}
