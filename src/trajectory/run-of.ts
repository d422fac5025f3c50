import { exactUsd, picoOfDecimal } from '../units.ts'
import type { Call } from '../usage/call.ts'
import { eachClass } from '../usage/each-class.ts'
import { sumCalls } from '../usage/sum-calls.ts'
import { UNKNOWN_USAGE, type Usage } from '../usage/usage.ts'
import { NO_CONDITIONS } from './conditions.ts'
import type { RecordedCall, Run } from './run.ts'

/** What a source tells of a run beside its calls; whatever is left out is not recorded. */
export type Told = Partial<Omit<Run, 'key' | 'task'>> & { readonly task?: Partial<Run['task']> }

/** A run of which the source tells single calls, from which all that it does not tell itself is summed. */
export function runOf(key: string, perCall: readonly RecordedCall[], told: Told = {}): Run {
  return { ...summedUp(key, perCall), ...told, task: { ...NO_TASK, ...told.task }, perCall }
}

/**
 * A run of which the source tells sums: of all calls, or one for each model, which are then kept as its calls, since
 * each model has its own price.
 */
export function runOfWhole(key: string, sums: readonly Call[], told: Told = {}): Run {
  const parts = sums.map((sum) => recorded(sum))
  const run = runOf(key, parts, told)
  return parts.length > 1 ? run : { ...run, perCall: [] }
}

/** A call with what is told beside its usage. */
export const recorded = (
  call: Call,
  beside: Partial<Pick<RecordedCall, 'at' | 'reportedUsd'>> = {},
): RecordedCall => ({ ...call, at: beside.at ?? null, reportedUsd: beside.reportedUsd ?? null })

const NO_TASK: Run['task'] = { id: null, benchmark: null, repository: null }

function summedUp(key: string, calls: readonly RecordedCall[]): Run {
  const { requests, quality } = sumCalls(calls)
  return {
    key,
    task: NO_TASK,
    agent: null,
    agentVersion: null,
    model: mainModel(calls),
    run: null,
    usage: usageOf(calls),
    incomplete: calls.length === 0 || calls.some(({ incomplete }) => incomplete),
    calls: requests.atLeast || calls.length === 0 ? null : requests.amount,
    steps: null,
    outcome: null,
    wallSeconds: null,
    startedAt: calls.find(({ at }) => at !== null)?.at ?? null,
    reportedUsd: sumOfUsd(calls),
    conditions: NO_CONDITIONS,
    quality: quality ?? 'log',
    perCall: calls,
    actions: [],
  }
}

/** The sum of calls; a class that no call tells is unknown. */
function usageOf(calls: readonly Call[]): Usage {
  if (calls.length === 0) return UNKNOWN_USAGE
  const { classes } = sumCalls(calls)
  return eachClass((name) => (calls.every(({ usage }) => usage[name] === null) ? null : classes[name].amount))
}

/** The model that wrote most; the first one where they are alike. */
function mainModel(calls: readonly Call[]): string | null {
  const written = new Map<string, number>()
  for (const { model, usage } of calls) {
    if (model !== null) written.set(model, (written.get(model) ?? 0) + (usage.output ?? 0))
  }
  const [first] = [...written].sort(([, a], [, b]) => b - a)
  return first?.[0] ?? null
}

/** What calls cost together; null unless it is told of each. */
function sumOfUsd(calls: readonly RecordedCall[]): string | null {
  if (calls.length === 0) return null
  let sum = 0n
  for (const { reportedUsd } of calls) {
    const pico = reportedUsd === null ? null : picoOfDecimal(reportedUsd)
    if (pico === null) return null
    sum += pico
  }
  return exactUsd(sum)
}
