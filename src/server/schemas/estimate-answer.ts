import { z } from 'zod'
import type { Estimate } from '../../forecast/estimate.ts'
import { Instant } from './names.ts'

const Count = z.number().min(0)
const Money = z.string().regex(/^\d+\.\d{2,}$/)

const RangeOfCounts = z
  .object({ mean: Count, p10: Count, p50: Count, p80: Count, p90: Count })
  .meta({ id: 'Range', description: '8 in 10 lie between p10 and p90' })

const RangeOfUsd = z
  .object({ mean: Money, p10: Money, p50: Money, p80: Money, p90: Money })
  .meta({ id: 'UsdRange', description: 'dollars as decimals' })

const Share = z.number().min(0).max(1)

const RangeCalibration = z.object({
  runs: z.int().min(1).meta({ description: 'that it was learnt from' }),
  shift: z.number().meta({ description: 'added to the forecast, in log10 tokens' }),
  lower: z
    .number()
    .positive()
    .meta({ description: 'factor on the distance of p10 from p50, in log10 tokens' }),
  upper: z
    .number()
    .positive()
    .meta({ description: 'factor on the distance of p90 from p50, in log10 tokens' }),
})

const Basis = z.object({
  bundle: z.string(),
  repository: z.boolean().meta({ description: 'whether a repository was read' }),
  regime: z.enum(['issue', 'known', 'new']),
  kinship: z.enum(['trained', 'other-agent', 'unseen']),
  meanOf: z.int().min(1),
  inDistribution: z.boolean().meta({ description: 'false: unlike anything trained on' }),
  familiarTask: z.boolean(),
  calibration: z
    .object({ output: RangeCalibration.nullable(), total: RangeCalibration.nullable() })
    .optional()
    .meta({ description: 'how runs since have corrected the forecast; left out where they have not' }),
  prices: z.string().nullable(),
  notes: z.array(z.string()).readonly(),
  reasons: z.array(z.object({ feature: z.string(), meaning: z.string(), effect: z.number() })).readonly(),
})

/** One forecast: what a model with an agent will spend. */
export const EstimateSchema = z
  .object({
    agent: z.string(),
    model: z.string(),
    outputTokens: RangeOfCounts,
    totalTokens: RangeOfCounts,
    log10TotalTokens: z.number(),
    classes: z.object({
      input: Count,
      cacheRead: Count.nullable(),
      cacheWrite: Count.nullable(),
      output: Count,
    }),
    classesReason: z.string().nullable(),
    calls: RangeOfCounts.nullable(),
    callsReason: z.string().nullable(),
    costUsd: RangeOfUsd.nullable(),
    costReason: z.string().nullable(),
    overBudget: Share.nullable().optional(),
    resolved: Share.nullable(),
    resolvedReason: z.string().nullable(),
    basis: Basis,
  })
  .meta({ id: 'Forecast', description: 'null = unknown, with the reason beside it' })

// Who changes the one without the other is told by the compiler.
const isTheSame: Estimate extends z.infer<typeof EstimateSchema> ? true : false = true
void isTheSame

/** The answer of `POST /v1/estimates`. */
export const EstimateAnswer = z
  .object({
    schema: z.literal('estimate/1'),
    id: z.string().meta({ description: 'of this estimate' }),
    madeAt: Instant,
    task: z.string().meta({ description: 'what the task is called' }),
    title: z.string(),
    repository: z.string().nullable(),
    commit: z.string().nullable().meta({ description: 'the one that was read' }),
    unread: z.int().min(0).meta({ description: 'source files that could not be read' }),
    forecasts: z.array(EstimateSchema),
  })
  .meta({ id: 'Estimate' })

/** The answer of `GET /v1/estimates`. */
export const EstimateList = z
  .object({
    schema: z.literal('estimates/1'),
    estimates: z.array(EstimateAnswer),
    next: z.string().nullable().meta({ description: 'the cursor of what follows; null = that was all' }),
  })
  .meta({ id: 'EstimateList' })
