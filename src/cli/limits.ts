import { resolve } from 'node:path'
import type { Command } from 'commander'
import { z } from 'zod'
import { KnownError } from '../errors.ts'
import { modelKey } from '../forecast/model-key.ts'
import { agentKey } from '../forecast/pair.ts'
import { CapFile } from '../gate/cap-file.ts'
import { parseFormula } from '../gateway/budget/formula.ts'
import { type Limits, NO_LIMITS } from '../gateway/budget/limits.ts'
import { checkShape, readJsonFile } from '../json.ts'
import { normalModelName } from '../pricing/alias.ts'
import { picoOfDecimal } from '../units.ts'

const tokens = z
  .string()
  .regex(/^\d[\d_]{0,18}$/, 'expected a whole number, such as 200_000')
  .transform((text) => Number(text.replaceAll('_', '')))

/** The options that limit what is spent. */
export const LimitOptions = z.object({
  maxTotalTokens: tokens.optional(),
  maxOutputTokens: tokens.optional(),
  maxWeighted: z.string().optional(),
  maxUsd: z
    .string()
    .regex(/^\d{1,9}(\.\d{1,12})?$/, 'expected dollars, such as 1.50')
    .optional(),
  maxCalls: tokens.optional(),
  maxSeconds: z.coerce.number().positive('expected seconds above 0').optional(),
})

/** Gives a command the options that limit what is spent. */
export function withLimits(command: Command): Command {
  return command
    .option('--max-usd <dollars>', 'end at so many dollars')
    .option('--max-total-tokens <tokens>', 'end at so many tokens of all classes')
    .option('--max-output-tokens <tokens>', 'end at so many tokens that the model writes')
    .option('--max-weighted <formula>', 'such as "input + 0.1 cacheRead + 5 output <= 200000"')
    .option('--max-calls <calls>', 'end at so many billed calls')
    .option('--max-seconds <seconds>', 'end after so long')
}

/** The limits that were given. @throws KnownError `bad-setting` for a formula that cannot be read */
export function limitsGiven(options: z.infer<typeof LimitOptions>): Limits {
  return {
    totalTokens: options.maxTotalTokens ?? null,
    outputTokens: options.maxOutputTokens ?? null,
    weighted: options.maxWeighted === undefined ? null : parseFormula(options.maxWeighted),
    usd: options.maxUsd === undefined ? null : picoOfDecimal(options.maxUsd),
    calls: options.maxCalls ?? null,
    seconds: options.maxSeconds ?? null,
  }
}

/** Of two limits both hold. */
export function bothLimits(a: Limits, b: Limits): Limits {
  const least = <Amount extends number | bigint>(x: Amount | null, y: Amount | null): Amount | null =>
    x === null || y === null ? (x ?? y) : x < y ? x : y
  return {
    totalTokens: least(a.totalTokens, b.totalTokens),
    outputTokens: least(a.outputTokens, b.outputTokens),
    weighted: a.weighted ?? b.weighted,
    usd: least(a.usd, b.usd),
    calls: least(a.calls, b.calls),
    seconds: least(a.seconds, b.seconds),
  }
}

/** Which run of a cap file is meant; null = any. */
export interface CappedRun {
  readonly task: string | null
  readonly agent: string | null
  readonly model: string | null
}

/**
 * The limits that the gate wrote for a run.
 * @throws KnownError `file-not-found`, `budget-malformed`, also where none or several of the caps are for this run
 */
export async function readCap(file: string, cwd: string, run: CappedRun): Promise<Limits> {
  const json = await readJsonFile(resolve(cwd, file), 'budget-malformed')
  if (json === null) throw new KnownError('file-not-found', file)
  const { caps } = checkShape(CapFile, json, file, 'budget-malformed')
  const ofTask = caps.filter(({ task }) => run.task === null || task === run.task)
  const ofAgent = called(run.agent, ofTask, 'agent', [(agent) => agent, agentKey])
  const meant = called(run.model, ofAgent, 'model', [normalModelName, modelKey])
  const [cap] = meant
  if (cap === undefined || meant.length > 1) {
    const names = caps.map(({ task, agent, model }) => `${task} · ${agent} · ${model}`)
    throw new KnownError(
      'budget-malformed',
      `${meant.length} of the ${caps.length} caps in ${file} are for this run`,
      {
        fix: `name task, agent and model as one of them does: ${names.slice(0, 5).join('; ')}`,
      },
    )
  }
  const { usd, totalTokens, outputTokens, calls, seconds } = cap
  return {
    ...NO_LIMITS,
    totalTokens,
    outputTokens,
    calls,
    seconds,
    usd: usd === null ? null : picoOfDecimal(usd),
  }
}

/** Those that are called so by the first of the keys that finds any: by the very name before another name of the same. */
function called<Name extends string, Cap extends Readonly<Record<Name, string>>>(
  asked: string | null,
  caps: readonly Cap[],
  name: Name,
  keys: readonly ((name: string) => string)[],
): readonly Cap[] {
  if (asked === null) return caps
  const found = keys.map((key) => caps.filter((cap) => key(cap[name]) === key(asked)))
  return found.find(({ length }) => length > 0) ?? []
}
