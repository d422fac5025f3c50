/** Round figures that enclose a range, at most so many: steps of 1, 2, 2.5 or 5 times a power of ten. */
export function niceTicks(
  low: number,
  high: number,
  most: number,
): { readonly at: readonly number[]; readonly step: number } {
  let power = Math.floor(Math.log10((high - low) / most))
  for (; ; power++) {
    for (const mantissa of [1, 2, 2.5, 5]) {
      const step = mantissa * 10 ** power
      const [first, last] = [Math.floor(low / step + 1e-9), Math.ceil(high / step - 1e-9)]
      if (last - first < most) {
        const at = Array.from({ length: last - first + 1 }, (_, j) => rounded((first + j) * step))
        return { at, step: rounded(step) }
      }
    }
  }
}

/** Round figures within a range on a logarithmic axis, at most so many and as many as that allows. */
export function logTicks(low: number, high: number, most: number): readonly number[] {
  for (const mantissas of [[1, 2, 5], [1, 3], [1]]) {
    const at = decades(low, high, 1).flatMap((decade) =>
      mantissas.map((mantissa) => rounded(mantissa * decade)),
    )
    const inside = at.filter((tick) => tick >= low && tick <= high)
    if (inside.length >= 2 && inside.length <= most) return inside
    if (inside.length < 2) return niceTicks(low, high, most).at.filter((tick) => tick >= low && tick <= high)
  }
  for (let every = 2; ; every++) {
    const at = decades(low, high, every).filter((tick) => tick >= low && tick <= high)
    if (at.length <= most) return at
  }
}

/** Powers of ten from below the range to above it. */
function decades(low: number, high: number, every: number): readonly number[] {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))]
  const exponents = Array.from({ length: last - first + 1 }, (_, j) => first + j)
  return exponents.filter((exponent) => exponent % every === 0).map((exponent) => Number(`1e${exponent}`))
}

/** Without the noise of binary fractions: `0.30000000000000004` is 0.3. */
const rounded = (value: number): number => Number(value.toPrecision(12))
