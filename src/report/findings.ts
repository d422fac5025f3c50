import type { Exclusion, Section } from './document.ts'

/** What an analysis comes to: a part of a report. */
export interface Findings {
  /** Plain words, most important first. */
  readonly summary: readonly string[]
  /** What cannot be said, and why; told after all findings. */
  readonly unsaid?: readonly string[]
  readonly excluded: readonly Exclusion[]
  readonly sections: readonly Section[]
}

/** Several, one after the other. */
export const together = (parts: readonly Findings[]): Findings => ({
  summary: parts.flatMap(({ summary }) => summary),
  unsaid: parts.flatMap(({ unsaid }) => unsaid ?? []),
  excluded: parts.flatMap(({ excluded }) => excluded),
  sections: parts.flatMap(({ sections }) => sections),
})

/** Names of files have an end: longer than this they are cut, and `withUniqueIds` tells apart what is then alike. */
const MOST_CHARS = 80

/** Letters, digits and hyphens, for ids of sections, tables and figures. */
export const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MOST_CHARS)
    .replace(/^-|-$/g, '') || 'x'
