import { z } from 'zod'
import { UNCAPPED } from '../../trajectory/conditions.ts'
import { OUTCOMES } from '../../trajectory/run.ts'

const Facts = z.object({
  started: z.boolean(),
  exit: z.number().nullable(),
  signal: z.string().nullable(),
  timedOut: z.boolean(),
  oomKills: z.number().nullable(),
  peakMemoryBytes: z.number().nullable(),
  cpuSeconds: z.number().nullable(),
  throttledSeconds: z.number().nullable(),
  stdoutBytes: z.number().nullable(),
  stderrBytes: z.number().nullable(),
  infraReason: z.string().nullable(),
})

const Kept = z.object({ sha256: z.string(), bytes: z.number() })

/** Everything that is recorded of an attempt, in plain words of JSON. Null = not known. */
export const AttemptRecord = z.object({
  schema: z.literal('attempt/1'),
  id: z.string(),
  plan: z.string(),
  /** The planned run that it is an attempt at. */
  planned: z.string(),
  /** From 1: further ones follow infra errors. */
  place: z.number(),
  /** Of the gateway, by which the store knows it; null = none was opened. */
  run: z.string().nullable(),
  task: z.object({ name: z.string(), benchmark: z.string().nullable() }),
  agent: z.object({ name: z.string(), version: z.string().nullable() }),
  model: z.string(),
  repeat: z.number(),
  multiplier: z.union([z.number(), z.literal(UNCAPPED)]).nullable(),
  floor: z.object({ cpus: z.number(), memoryBytes: z.number() }),
  ceiling: z.object({
    cpus: z.number().nullable(),
    memoryBytes: z.number().nullable(),
    pids: z.number().nullable(),
  }),
  backend: z.string(),
  network: z.literal('gateway-only'),
  timeLimits: z.object({ setupSeconds: z.number(), agentSeconds: z.number(), checkSeconds: z.number() }),
  concurrency: z.number(),
  /** Null = another machine, which the engine chose. */
  host: z
    .object({
      name: z.string(),
      cpuModel: z.string().nullable(),
      cpus: z.number(),
      memoryBytes: z.number(),
      kernel: z.string(),
    })
    .nullable(),
  versions: z.object({ foretoken: z.string(), node: z.string() }),
  startedAt: z.string(),
  endedAt: z.string(),
  outcome: z.enum(OUTCOMES),
  infraReason: z.string().nullable(),
  /** The runner itself was ended: it does not count as a try. */
  interrupted: z.boolean(),
  /** Of the agent's sandbox; null = it came to none. */
  facts: Facts.nullable(),
  check: z
    .object({
      verdict: z.enum(['passed', 'failed', 'infra-error']),
      stage: z.enum(['setup', 'check']),
      exit: z.number().nullable(),
      timedOut: z.boolean(),
      facts: z.array(Facts),
    })
    .nullable(),
  /** As the gateway counted; null = there was none. */
  spent: z
    .object({
      calls: z.number(),
      totalTokens: z.number(),
      outputTokens: z.number(),
      /** Some calls told less than they used. */
      atLeast: z.boolean(),
      /** A decimal; null = a price is not known. */
      usd: z.string().nullable(),
    })
    .nullable(),
  /** What was kept of it, by content. */
  files: z.object({
    patch: Kept.nullable(),
    transcript: Kept.nullable(),
    stdout: Kept.nullable(),
    stderr: Kept.nullable(),
    check: Kept.nullable(),
  }),
})
export type AttemptRecord = Readonly<z.infer<typeof AttemptRecord>>
