import type { Snapshot } from '../task/snapshot.ts'
import type { IssueParts, IssueText } from './issue-parts.ts'
import type { Findings } from './search.ts'

/** What extractors read: the issue taken apart and, where there is a repository, what a search in it found. */
export interface Material {
  readonly issue: IssueText
  readonly parts: IssueParts
  /** Null when no repository was given. */
  readonly snapshot: Snapshot | null
  readonly findings: Findings | null
}

/** A number, or null where it cannot be had; null is never read as 0. */
export type FeatureValue = number | null

export interface Extractor<Name extends string = string> {
  /** What each feature means, in words that can be shown as a reason. */
  readonly describe: Readonly<Record<Name, string>>
  /** Null: none of the features can be had for this material. */
  readonly extract: (material: Material) => Readonly<Record<Name, FeatureValue>> | null
}

/** Declares an extractor; `describe` names exactly the features that `extract` returns. */
export function extractor<Name extends string>(definition: Extractor<Name>): Extractor<Name> {
  return definition
}
