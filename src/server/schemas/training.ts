import { z } from 'zod'

/** What a bundle is made from. */
export const SOURCES = ['tables', 'store'] as const

/** The body of `POST /v1/trainings`. */
export const TrainingAsked = z
  .strictObject({
    from: z.enum(SOURCES).default('tables').meta({
      description:
        'tables: those of the package. store: the runs of this service, on top of the bundle in force; the new one is put in force only if it forecasts runs it has not seen at least as well',
    }),
    id: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{0,63}$/, 'expected lower-case letters, digits, "." and "-"')
      .nullish()
      .meta({ description: 'how the bundle is called: a new name; made up when left out' }),
    seed: z.int().min(0).max(4_294_967_295).nullish(),
    force: z
      .boolean()
      .nullish()
      .meta({ description: 'true: it is put in force without a comparison, or whatever that says' }),
  })
  .meta({ id: 'TrainingRequest', example: { from: 'tables', id: 'verified-2' } })
export type TrainingAsked = z.infer<typeof TrainingAsked>

/** How a new bundle stands to the one in force. */
export const VERDICTS = ['better', 'equal', 'worse', 'refused', 'too-little'] as const

/** The document that `foretoken train --from-store --format json` prints, as far as the service reads it. */
export const TrainingDocument = z.looseObject({
  schema: z.literal('training/1'),
  /** Null = none was made. */
  bundle: z.string().nullable(),
  /** The one in force before. */
  champion: z.string(),
  promoted: z.boolean(),
  forced: z.boolean(),
  verdict: z.enum(VERDICTS),
  reasons: z.array(z.string()),
  alarms: z.array(z.looseObject({ kind: z.string(), message: z.string() })),
})
export type TrainingDocument = z.infer<typeof TrainingDocument>

/** What came of a training. */
export const TrainingAnswer = z.object({
  bundle: z.string().nullable().meta({ description: 'the one that was made; null = none' }),
  current: z.string().meta({ description: 'the bundle that forecasts now' }),
  training: TrainingDocument.nullable()
    .default(null)
    .meta({ description: 'how it compares; null = made from the tables' }),
})
export type TrainingAnswer = z.infer<typeof TrainingAnswer>

/** A training that was started here. */
export const TrainingJob = z
  .object({
    schema: z.literal('training-job/1'),
    id: z.string(),
    state: z.enum(['queued', 'running', 'done', 'failed', 'cancelled', 'interrupted']),
    asked: z.looseObject({ id: z.string().nullish(), seed: z.number().nullish() }),
    createdAt: z.string(),
    startedAt: z.string().nullable(),
    endedAt: z.string().nullable(),
    answer: TrainingAnswer.nullable(),
    failure: z
      .object({ code: z.string(), title: z.string(), detail: z.string(), fix: z.string() })
      .nullable(),
  })
  .meta({ id: 'TrainingJob' })
