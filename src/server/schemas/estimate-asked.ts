import { z } from 'zod'
import { CommitName, Dollars, Name, RepositoryName } from './names.ts'

/** Text without NUL characters. */
// biome-ignore lint/complexity/useRegexLiterals: a literal may not show a NUL
const PLAIN = new RegExp('^[^\\u0000]*$')
/** Something that is seen: what is not comes first, so that a text is gone through once. */
// biome-ignore lint/complexity/useRegexLiterals: as above
const WRITTEN = new RegExp('^[\\s\\u0085\\u180e\\ufeff]*[^\\s\\u0000\\u0085\\u180e\\ufeff][^\\u0000]*$')

const Text = z.string().regex(PLAIN, 'expected text without NUL characters')
const Written = z.string().regex(WRITTEN, 'expected text that is not blank')
const Labels = z.array(z.string().max(200)).max(100).nullish()

/** An issue: a title, a body, or both. */
export const IssueAsked = z
  .union([
    z.strictObject({ title: Written, body: Text.nullish(), labels: Labels }),
    z.strictObject({ title: Text.nullish(), body: Written, labels: Labels }),
  ])
  .meta({ id: 'Issue', description: 'an issue: a title, a body, or both' })

/** The repository an issue is about. */
export const RepositoryAsked = z
  .strictObject({
    name: RepositoryName.nullish().meta({
      description:
        'what it is called; one that is registered on the service, or comes with a url, is read, another only says which repository it is',
    }),
    url: z
      .string()
      .min(1)
      .max(2000)
      .nullish()
      .meta({ description: 'where it is fetched from: an address that the service allows' }),
    commit: CommitName.nullish().meta({ description: 'where the agent begins; HEAD when left out' }),
  })
  .meta({ id: 'Repository' })

const Tokens = z.number().positive().max(1e15)

/** What a task is forecast for; without its budget. */
export const TaskAsked = {
  id: Name.nullish().meta({
    description:
      'what you call the task: its runs are matched with this forecast by it; the title when left out',
  }),
  issue: IssueAsked,
  repository: RepositoryAsked.nullish(),
  agent: Name.nullish().meta({ description: 'the one the bundle knows best when left out' }),
  models: z
    .array(Name)
    .min(1)
    .max(100)
    .nullish()
    .meta({ description: 'every one that the bundle knows with the agent when left out' }),
  selfForecasts: z
    .record(Name, z.strictObject({ outputTokens: Tokens, totalTokens: Tokens }))
    .nullish()
    .meta({ description: 'what models expect to spend themselves, by model' }),
}

/** The body of `POST /v1/estimates`. */
export const EstimateAsked = z
  .strictObject({
    ...TaskAsked,
    meanOf: z
      .int()
      .min(1)
      .max(1000)
      .nullish()
      .meta({ description: 'forecast the mean of so many runs; 1 when left out' }),
    budgetUsd: Dollars.nullish().meta({ description: 'also tell the probability that it costs more' }),
  })
  .meta({
    id: 'EstimateRequest',
    example: {
      issue: { title: 'Crash on empty input', body: 'parse("") throws, see src/parse.ts' },
      models: ['gpt-5'],
    },
  })

export type EstimateAsked = z.infer<typeof EstimateAsked>
