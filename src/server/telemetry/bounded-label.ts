/** What names beyond the most are told as. */
export const OTHER = 'other'

/**
 * Names that users make up, as values of a label: the first `most` as they are, cut where they are long, and the rest as
 * `other`. Each value is a time series that whoever collects them keeps.
 */
export function boundedLabel(most: number): (name: string | null) => string {
  const known = new Set<string>()
  return (name) => {
    if (name === null) return 'unknown'
    const value = name.slice(0, MOST_CHARS).toWellFormed()
    if (known.has(value)) return value
    if (known.size >= most) return OTHER
    known.add(value)
    return value
  }
}

const MOST_CHARS = 100
