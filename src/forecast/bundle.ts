import { createHash } from 'node:crypto'
import { z } from 'zod'
import { KnownError } from '../errors.ts'
import { BAG_GROUPS, type DenseGroup, EXTRACTORS } from '../features/features.ts'
import { checkShape, parseJson } from '../json.ts'
import { checkBundle } from './bundle-check.ts'

const Numbers = z.array(z.number())
const Weight = z.number().nonnegative()
const Counted = z.array(z.tuple([z.int().nonnegative(), z.number()]))
const byGroup = <T extends z.ZodType>(value: T) =>
  z.partialRecord(z.enum(Object.keys(EXTRACTORS) as [DenseGroup, ...DenseGroup[]]), value)
const byBag = <T extends z.ZodType>(value: T) => z.record(z.enum(BAG_GROUPS), value)

const EncodingState = z.object({
  weights: z.object({ dense: byGroup(Weight), repository: Weight, bags: byBag(Weight) }),
  /** Names of the columns of each dense group: a bundle made for other features is refused. */
  columns: byGroup(z.array(z.string())),
  scales: byGroup(z.array(z.tuple([z.number(), z.number().positive()]))),
  repositories: z.array(z.string()),
  documents: z.int().positive(),
  buckets: byBag(Counted),
})

const Part = z.object({ intercept: z.number(), weights: Numbers })
const Pooled = z.object({
  shared: Numbers,
  series: z.array(
    z.object({ offset: z.number(), slope: z.number().positive(), own: Part, hinted: Part.nullable() }),
  ),
  common: z.object({ offset: z.number(), slope: z.number().positive(), offsetSd: z.number() }),
})

const HeadState = z.object({
  encoding: EncodingState,
  quantities: z.object({ output: Pooled, total: Pooled }),
})

/** Mean and standard deviation of log10 tokens that a model forecast for itself in training. */
const SelfForecast = z.object({
  output: z.tuple([z.number(), z.number().positive()]),
  total: z.tuple([z.number(), z.number().positive()]),
})

/** What came out against what was forecast, in log10 tokens, on tasks the forecaster had not seen; one task an index. */
const Residuals = z.object({ output: Numbers, total: Numbers })

const PairFacts = z.object({
  agent: z.string(),
  model: z.string(),
  /** Runs that each recorded value averages. */
  runs: z.int().positive(),
  tasks: z.int().positive(),
  /** Share of the input tokens that is read from the cache; null = not recorded. */
  cacheReadShare: z.number().min(0).max(1).nullable(),
  /** Share of the input tokens that is written to the cache; null = not recorded. */
  cacheWriteShare: z.number().min(0).max(1).nullable(),
  /** log10 calls = intercept + slope · log10 total tokens; null = not recorded. */
  calls: z.object({ intercept: z.number(), slope: z.number() }).nullable(),
  /** Scale of the model's own forecasts; null where there were none. */
  selfForecast: SelfForecast.nullable(),
  /** Standard deviation between runs of one task, in log10 tokens. */
  runNoise: z.object({ output: z.number(), total: z.number() }),
  /** How well the level of a pair learnt from own runs is known: its standard deviation, in log10 tokens. */
  levelSd: z.object({ output: z.number(), total: z.number() }).optional(),
  /** By how much it is moved by what is remembered of a task; absent = 1. */
  loading: z.object({ output: z.number(), total: z.number() }).optional(),
})

/** What a task that was run before took beyond what its features tell, in log10 tokens. */
const Remembered = z.object({
  output: z.number(),
  total: z.number(),
  /** Width of the range, as a share of that of a task never run. */
  spread: z.object({ output: z.number(), total: z.number() }),
})
/** The same for one pair that ran it. */
const RememberedPair = Remembered.extend({ series: z.int().nonnegative() })
const RememberedTask = Remembered.extend({ pairs: z.array(RememberedPair) })

/** What was learnt from own runs on top of the bundle `base`. */
const Learnt = z.object({
  base: z.string(),
  runs: z.int().positive(),
  /** When the first and the last of them began (ISO 8601). */
  from: z.string(),
  until: z.string(),
  /** How far the agents lie from those trained on, in log10 tokens. */
  agents: z.array(z.object({ agent: z.string(), output: z.number(), total: z.number() })),
  /** Tasks that were run, by head, by fingerprint. */
  tasks: z.object({
    repository: z.record(z.string(), RememberedTask),
    issue: z.record(z.string(), RememberedTask),
  }),
})

/** How far the training data are like the task: learnt from the tasks themselves. */
export const REGIMES = ['known', 'new', 'issue'] as const
export type Regime = (typeof REGIMES)[number]

const Strangeness = z.object({ grams: z.number(), distance: z.number() })

const Body = z.object({
  schema: z.literal('bundle/1'),
  id: z.string(),
  /** SHA-256 of the tables it was made from. */
  data: z.string(),
  tasks: z.int().positive(),
  pairs: z.array(PairFacts).min(1),
  heads: z.object({ repository: HeadState, issue: HeadState }),
  /** By regime, by pair. `known`: a repository of the training data; `new`: another; `issue`: no repository read. */
  residuals: z.record(z.enum(REGIMES), z.array(z.object({ plain: Residuals, hinted: Residuals.nullable() }))),
  /** Correlation of the two run-to-run noises. */
  noiseCorrelation: z.number(),
  /** By regime: correlation of the errors of two tasks of one repository. */
  repositoryCorrelation: z.record(z.enum(REGIMES), z.number().min(0).max(1)),
  /** logit P(resolved) = level of the pair + slope · size, smeared by what is not known of the task; null = no outcome. */
  resolved: z.object({ levels: z.array(z.number().nullable()), slope: z.number(), taskSd: z.number() }),
  /** Limits of `strangenessOf` beyond which a task is unlike those trained on, by head. */
  unfamiliar: z.object({
    repository: Strangeness,
    issue: Strangeness,
    /** Lowest and highest value of each feature of the repository's shape. */
    shapes: z.array(z.tuple([z.number(), z.number()])),
  }),
  /** Absent from a bundle made from tables alone. */
  learnt: Learnt.optional(),
})
export type Bundle = z.infer<typeof Body>
export type HeadState = z.infer<typeof HeadState>
export type PairFacts = z.infer<typeof PairFacts>
export type Residuals = z.infer<typeof Residuals>
export type Learnt = z.infer<typeof Learnt>
export type Remembered = z.infer<typeof Remembered>
export type RememberedTask = z.infer<typeof RememberedTask>

/** The file `model.json`: the bundle with the SHA-256 of its JSON, so that damage is noticed. */
export function formatBundle(bundle: Bundle): string {
  const body = JSON.stringify(bundle)
  return `{"sha256":"${hashOf(body)}",\n"bundle":${body}}\n`
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

const HEAD = /^\{"sha256":"([0-9a-f]{64})",\n"bundle":/
const TAIL = '}\n'

/**
 * Parses `model.json`.
 * @throws KnownError bundle-corrupt: not JSON, not a bundle, damaged, or made for other features
 */
export function parseBundle(text: string, where: string): Bundle {
  const [head, claimed] = HEAD.exec(text) ?? []
  if (head === undefined || claimed === undefined) {
    throw new KnownError('bundle-corrupt', `${where} does not begin like a bundle`)
  }
  if (!text.endsWith(TAIL)) throw new KnownError('bundle-corrupt', `${where} does not end like a bundle`)
  const body = text.slice(head.length, -TAIL.length)
  const actual = hashOf(body)
  if (actual !== claimed) {
    throw new KnownError(
      'bundle-corrupt',
      `${where} has hash ${actual.slice(0, 12)}, its head says ${claimed.slice(0, 12)}`,
    )
  }
  // The hash vouches for what this program wrote; the checks are for bundles of other makers and versions.
  const bundle = checkShape(Body, parseJson(body, where, 'bundle-corrupt'), where, 'bundle-corrupt')
  checkBundle(bundle, where)
  return bundle
}
