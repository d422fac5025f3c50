import { compositionBlocks } from '../composition.ts'
import type { Section } from '../document.ts'
import { eachField } from '../each-field.ts'
import { type Findings, slug } from '../findings.ts'
import { unknownCosts, unknownOutcomes, unknownTokens } from '../missing.ts'
import type { Subject } from '../subject.ts'
import type { Field } from '../system.ts'
import { unsaidWords } from '../unsaid-words.ts'
import { comparisonWords, onlyWords, priceWords } from './budget-words.ts'
import { comparisonBlocks, comparisonOf } from './comparison.ts'
import { curveBlocks } from './curves.ts'
import { effectivenessBlock } from './effectiveness.ts'
import { heatBlocks } from './heat.ts'
import { overviewBlocks } from './overview.ts'
import { RESOURCES, type Resource } from './resources.ts'
import { scatterBlocks } from './scatter.ts'

/** Budgets that the reader asked about; null = the usual ones. */
export type AskedBudgets = Readonly<Record<Resource['key'], number | null>>

export const NO_BUDGET_ASKED: AskedBudgets = { tokens: null, steps: null, usd: null, seconds: null }

/** What a budget buys: a part for each benchmark. */
export const budgetFindings = (subject: Subject, asked: AskedBudgets): Findings =>
  eachField(subject.fields, (field) => fieldFindings(subject, field, asked))

function fieldFindings(subject: Subject, field: Field, asked: AskedBudgets): Findings {
  const { benchmark } = field
  const comparison = comparisonOf(subject, field)
  const section = (
    name: string,
    title: string,
    rest: Pick<Section, 'words' | 'blocks'>,
  ): readonly Section[] =>
    rest.blocks.length === 0
      ? []
      : [{ id: `${name}-${slug(benchmark)}`, title: `${title}: ${benchmark}`, ...rest }]
  const words = comparison === null ? onlyWords(subject, field) : comparisonWords(field, comparison)
  const price = priceWords(subject, field)
  return {
    summary: [...words, ...price],
    unsaid: unsaidWords(subject, field),
    excluded: [unknownOutcomes, unknownTokens, unknownCosts].flatMap((lacking) => lacking(subject, field)),
    sections: [
      ...section('overview', 'Outcomes and spending', { words: [], blocks: overviewBlocks(subject, field) }),
      ...section('comparison', 'Who resolves more', {
        words,
        blocks: comparison === null ? [] : comparisonBlocks(field, comparison),
      }),
      ...section('within', 'What a budget buys', {
        words: [],
        blocks: [
          ...RESOURCES.flatMap((resource) =>
            curveBlocks(subject, field, { resource, asked: asked[resource.key] }),
          ),
          effectivenessBlock(subject, field),
        ],
      }),
      ...section('price', 'Spending against resolving', {
        words: price,
        blocks: RESOURCES.filter(({ key }) => key !== 'steps').flatMap((resource) =>
          scatterBlocks(subject, field, resource),
        ),
      }),
      ...section('classes', 'What the tokens are', { words: [], blocks: compositionBlocks(subject, field) }),
      ...section('glance', 'At a glance', {
        words: [],
        blocks: heatBlocks(subject, field, { steps: asked.steps ?? 5, tokens: asked.tokens ?? 10_000 }),
      }),
    ],
  }
}
