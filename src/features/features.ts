import { hash } from 'node:crypto'
import { splitTitle } from '../task/issue-markdown.ts'
import type { Snapshot } from '../task/snapshot.ts'
import { agreement } from './agreement.ts'
import { diagnosis } from './diagnosis.ts'
import { effort } from './effort.ts'
import type { Extractor, FeatureValue } from './extractor.ts'
import { type Bag, gramsOf } from './grams.ts'
import { hitSizes, hitSpread } from './hits.ts'
import { imports } from './imports.ts'
import { type IssueText, takeApart } from './issue-parts.ts'
import { length } from './length.ts'
import { past } from './past.ts'
import { queriesOf } from './query.ts'
import { quotes } from './quotes.ts'
import { request } from './request.ts'
import { search } from './search.ts'
import { shape } from './shape.ts'
import { specificity } from './specificity.ts'
import { standing } from './standing.ts'
import { structure } from './structure.ts'
import { symbols } from './symbols.ts'
import { testsNear } from './tests-near.ts'

/** Extractors by group, in the order of the columns. */
export const EXTRACTORS = {
  length,
  structure,
  specificity,
  request,
  diagnosis,
  quotes,
  symbols,
  spread: hitSpread,
  sizes: hitSizes,
  effort,
  tests: testsNear,
  past,
  imports,
  agreement,
  standing,
  shape,
} as const satisfies Record<string, Extractor>
export type DenseGroup = keyof typeof EXTRACTORS

/** Groups that need no repository. */
export const ISSUE_GROUPS = ['length', 'structure', 'specificity', 'request', 'diagnosis'] as const

export const BAG_GROUPS = ['text', 'title'] as const
export type BagGroup = (typeof BAG_GROUPS)[number]

/** Everything a forecaster sees of a task. */
export interface Features {
  /** By group: one value per feature, in the order of {@link featureNames}; null = not to be had. */
  readonly dense: Readonly<Record<DenseGroup, readonly FeatureValue[]>>
  readonly bags: Readonly<Record<BagGroup, Bag>>
  /** Whether a repository was read. */
  readonly repository: boolean
  /** By which the same issue is known again; null = its text is not there any more. */
  readonly fingerprint: string | null
}

const GROUPS = Object.keys(EXTRACTORS) as readonly DenseGroup[]

/** Names of a group's features, in the order of its columns. */
export const featureNames = (group: DenseGroup): readonly string[] => Object.keys(EXTRACTORS[group].describe)

/** What a feature means, in words. */
export function featureMeaning(group: DenseGroup, name: string): string {
  return (EXTRACTORS[group].describe as Readonly<Record<string, string>>)[name] ?? name
}

/** Reads every feature of an issue and, where there is one, its repository. The one way in, for training and use. */
export function extractFeatures(given: IssueText, snapshot: Snapshot | null): Features {
  const issue = canonical(given)
  const parts = takeApart(issue)
  const findings = snapshot === null ? null : search(snapshot, queriesOf(parts))
  const material = { issue, parts, snapshot, findings }
  const dense = GROUPS.map((group) => {
    const extractor: Extractor = EXTRACTORS[group]
    const values = extractor.extract(material)
    return [group, featureNames(group).map((name) => finite(values?.[name]))] as const
  })
  return {
    dense: Object.fromEntries(dense) as unknown as Features['dense'],
    bags: { text: gramsOf(`${issue.title}\n${parts.body}`), title: gramsOf(issue.title) },
    repository: snapshot !== null,
    fingerprint: fingerprintOf(issue),
  }
}

/** Of title and body, however their lines end and whatever is blank around them. 64 bits are enough to tell tasks apart. */
const fingerprintOf = ({ title, body }: IssueText): string =>
  hash('sha256', `${title.trim()}\n${body.replaceAll('\r\n', '\n').trim()}`).slice(0, 16)

/** The same issue however it was handed over: without a title, or with the title once more above the body. */
function canonical({ title, body }: IssueText): IssueText {
  if (title.trim() === '') return splitTitle(body)
  const rest = body.trimStart()
  return rest.startsWith(title.trim()) ? { title, body: rest.slice(title.trim().length) } : { title, body }
}

/** A feature that came out as no number is unknown. */
function finite(value: FeatureValue | undefined): FeatureValue {
  return value !== undefined && value !== null && Number.isFinite(value) ? value : null
}
