import type { Exclusion, Section } from './document.ts'

/** What an analysis comes to: a part of a report. */
export interface Findings {
  /** Plain words, most important first. */
  readonly summary: readonly string[]
  readonly excluded: readonly Exclusion[]
  readonly sections: readonly Section[]
}

/** Several, one after the other. */
export const together = (parts: readonly Findings[]): Findings => ({
  summary: parts.flatMap(({ summary }) => summary),
  excluded: parts.flatMap(({ excluded }) => excluded),
  sections: parts.flatMap(({ sections }) => sections),
})

/** Letters, digits and hyphens, for ids of sections, tables and figures. */
export const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '') || 'x'
