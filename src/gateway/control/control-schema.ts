import { z } from 'zod'
import { picoOfDecimal } from '../../units.ts'
import { parseFormula } from '../budget/formula.ts'
import type { Limits } from '../budget/limits.ts'
import type { RunRequest } from '../runs/run-registry.ts'

const DAY_SECONDS = 86_400

const count = z.int().min(0).nullish()
const name = z.string().min(1).max(300).nullish()

const LimitsAsked = z.strictObject({
  totalTokens: count.meta({ description: 'tokens of all classes' }),
  outputTokens: count.meta({ description: 'tokens the model writes, reasoning included' }),
  weighted: z
    .string()
    .nullish()
    .meta({ description: 'a sum of classes with weights: "input + 0.1 cacheRead + 5 output <= 200000"' }),
  usd: z
    .string()
    .regex(/^\d{1,9}(\.\d{1,12})?$/, 'expected dollars as a decimal, such as "1.50"')
    .nullish(),
  calls: count.meta({ description: 'billed requests' }),
  seconds: z.number().positive().nullish().meta({ description: 'wall time' }),
})

/** What `POST /foretoken/runs` takes. */
export const RunAsked = z.strictObject({
  task: z.strictObject({ id: name, benchmark: name, repository: name }).nullish(),
  agent: name,
  agentVersion: name,
  model: name.meta({
    description: 'what will be asked; without a known price a limit in dollars is refused',
  }),
  repeat: z.int().min(1).nullish(),
  group: name,
  limits: LimitsAsked.nullish(),
  keySeconds: z
    .number()
    .positive()
    .max(30 * DAY_SECONDS)
    .default(DAY_SECONDS)
    .meta({ description: 'so long its key lives, and the run with it; a day where nothing is said' }),
})

/** What `POST /foretoken/groups` takes. */
export const GroupAsked = z.strictObject({ name: z.string().min(1).max(300), limits: LimitsAsked.nullish() })

/** Limits as they are counted with. @throws KnownError `bad-setting` for a formula that cannot be read */
export function limitsOf(asked: z.infer<typeof LimitsAsked> | null | undefined): Limits {
  return {
    totalTokens: asked?.totalTokens ?? null,
    outputTokens: asked?.outputTokens ?? null,
    weighted: asked?.weighted == null ? null : parseFormula(asked.weighted),
    usd: asked?.usd == null ? null : picoOfDecimal(asked.usd),
    calls: asked?.calls ?? null,
    seconds: asked?.seconds ?? null,
  }
}

/** A run as it is opened. */
export function runRequestOf(asked: z.infer<typeof RunAsked>): RunRequest {
  const { task, limits } = asked
  return {
    task: {
      id: task?.id ?? null,
      benchmark: task?.benchmark ?? null,
      repository: task?.repository ?? null,
    },
    agent: asked.agent ?? null,
    agentVersion: asked.agentVersion ?? null,
    model: asked.model ?? null,
    repeat: asked.repeat ?? null,
    group: asked.group ?? null,
    keySeconds: asked.keySeconds,
    limits: limitsOf(limits),
  }
}
