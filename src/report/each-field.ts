import { type Findings, together } from './findings.ts'
import type { Field } from './system.ts'

/** Of so many benchmarks, those with most runs, the summary tells. */
const MOST_SUMMARISED = 10

/**
 * A part for each benchmark. The summary tells first what matters most of each, those with most runs first, then what
 * comes second.
 */
export function eachField(fields: readonly Field[], of: (field: Field) => Findings): Findings {
  const parts = fields.map((field) => ({ runs: runsOf(field), findings: of(field) }))
  const shown = parts.toSorted((a, b) => b.runs - a.runs).slice(0, MOST_SUMMARISED)
  const summaries = shown.map(({ findings }) => findings.summary)
  const rounds = Math.max(0, ...summaries.map(({ length }) => length))
  const hidden = parts.length - shown.length
  return {
    ...together(parts.map(({ findings }) => findings)),
    summary: Array.from({ length: rounds }, (_, round) =>
      summaries.flatMap((summary) => summary.slice(round, round + 1)),
    ).flat(),
    unsaid: [
      ...shown.flatMap(({ findings }) => findings.unsaid ?? []),
      ...(hidden === 0 ? [] : [`${hidden} more ${hidden === 1 ? 'benchmark is' : 'benchmarks are'} below.`]),
    ],
  }
}

const runsOf = ({ systems }: Field): number => systems.reduce((sum, { rows }) => sum + rows.length, 0)
