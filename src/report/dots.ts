import type { Cell } from './document.ts'
import type { BarsChart } from './figure.ts'

type Bar = BarsChart['bars'][number]

/**
 * The mark of a cell in a figure; none where it holds no figure. An interval that reaches 0 has no place on a logarithmic
 * axis: there the mark stands alone, and the interval in the table.
 */
export function dotsOf(
  cell: Cell | undefined,
  about: Pick<Bar, 'name' | 'series'>,
  isLogarithmic = false,
): readonly Bar[] {
  if (typeof cell !== 'object' || !('estimate' in cell)) return []
  const { estimate: value, low, high } = cell
  if (isLogarithmic && value <= 0) return []
  const isDrawn = low !== null && high !== null && !(isLogarithmic && low <= 0)
  return [{ ...about, value, ...(isDrawn ? { low, high } : {}) }]
}
