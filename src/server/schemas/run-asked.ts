import { z } from 'zod'
import { Name } from './names.ts'

const Count = z.int().min(1).max(1e15).nullish()

/** The body of `POST /v1/runs`. */
export const RunAsked = z
  .strictObject({
    task: Name.meta({ description: 'one of the tasks that are registered on the service' }),
    agent: Name.nullish().meta({ description: 'one that is registered; the built-in one when left out' }),
    model: Name,
    repeats: z.int().min(1).max(20).nullish(),
    seed: z.int().min(0).max(4_294_967_295).nullish(),
    limits: z
      .strictObject({
        usd: z
          .string()
          .regex(/^(?!0*(\.0*)?$)\d{1,6}(\.\d{1,6})?$/, 'expected dollars above 0, such as "1.50"')
          .nullish(),
        totalTokens: Count,
        outputTokens: Count,
        calls: Count,
        seconds: z.int().min(1).max(86_400).nullish(),
      })
      .nullish()
      .meta({ description: 'of all its repeats together; what is reached ends them' }),
  })
  .meta({ id: 'RunRequest', example: { task: 'lost-rows', model: 'gpt-5', limits: { usd: '2.00' } } })
export type RunAsked = z.infer<typeof RunAsked>

const States = z.enum(['queued', 'running', 'done', 'failed', 'cancelled', 'interrupted'])
const Failure = z.object({ code: z.string(), title: z.string(), detail: z.string(), fix: z.string() })

/** A run that was started here. */
export const RunJob = z
  .object({
    schema: z.literal('run-job/1'),
    id: z.string(),
    state: States.meta({
      description: 'interrupted: the service was ended; it goes on with the plan when it is started again',
    }),
    asked: RunAsked,
    createdAt: z.string(),
    startedAt: z.string().nullable(),
    endedAt: z.string().nullable(),
    answer: z.record(z.string(), z.unknown()).nullable().meta({
      description: 'what came of it, as `foretoken run --format json` tells it; null until it has ended',
    }),
    failure: Failure.nullable(),
  })
  .meta({ id: 'RunJob' })

const Count0 = z.number().min(0).nullable()

/** A run as the store has it, wherever it was made. */
export const StoredRunSchema = z
  .object({
    schema: z.literal('stored-run/1'),
    id: z.string(),
    task: z.object({
      id: z.string().nullable(),
      benchmark: z.string().nullable(),
      repository: z.string().nullable(),
    }),
    agent: z.string().nullable(),
    agentVersion: z.string().nullable(),
    model: z.string().nullable(),
    usage: z.object({
      input: Count0,
      cacheRead: Count0,
      cacheWrite5m: Count0,
      cacheWrite1h: Count0,
      output: Count0,
      reasoning: Count0,
    }),
    incomplete: z.boolean().meta({ description: 'every total is "at least"' }),
    calls: Count0,
    outcome: z.enum(['resolved', 'failed', 'budget-exhausted', 'timed-out', 'infra-error']).nullable(),
    wallSeconds: z.number().nullable(),
    startedAt: z.string().nullable(),
    costUsd: z.string().nullable(),
    costReason: z.string().nullable(),
    quality: z.string(),
    source: z.string(),
  })
  .meta({ id: 'StoredRun' })

/** The answer of `GET /v1/runs`. */
export const RunList = z
  .object({
    schema: z.literal('runs/1'),
    live: z.array(RunJob).meta({ description: 'those started here that have not ended' }),
    runs: z.array(StoredRunSchema).meta({ description: 'those of the store, the newest first' }),
    next: z.string().nullable(),
  })
  .meta({ id: 'RunList' })
