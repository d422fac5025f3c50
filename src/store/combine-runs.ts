import type { Action } from '../trajectory/action.ts'
import { filledConditions } from '../trajectory/conditions.ts'
import type { RecordedCall, Run } from '../trajectory/run.ts'
import { exactUsd, picoOfDecimal } from '../units.ts'
import { QUALITIES, type Quality } from '../usage/call.ts'
import { distinctCalls } from '../usage/distinct-calls.ts'
import { eachClass } from '../usage/each-class.ts'
import { sumCalls } from '../usage/sum-calls.ts'

/**
 * Two tellings of one run as one: calls that have ids are put together, each once, so that a session told in several
 * files, or told further, is whole; otherwise the telling that is trusted more, or knows more, stands.
 */
export function combined(known: Run, told: Run): Run {
  const [better, other] = isBetter(told, known) ? [told, known] : [known, told]
  const outline = {
    ...better,
    ...filledIn(better, other),
    actions: combinedActions(better.actions, other.actions),
  }
  if (!haveIds(known) || !haveIds(told)) return outline
  const perCall = inOrder(distinctCalls([...known.perCall, ...told.perCall]) as readonly RecordedCall[])
  return withCalls(outline, perCall)
}

/** A run with these calls and no others, and the sums over them. */
export function withCalls(run: Run, perCall: readonly RecordedCall[]): Run {
  const { classes, requests } = sumCalls(perCall)
  const usage = eachClass((name) =>
    perCall.every((call) => call.usage[name] === null) ? null : classes[name].amount,
  )
  const incomplete = perCall.some((call) => call.incomplete)
  const made = new Set(perCall.map(({ id }) => id))
  // What was asked for by a call of another run is an action of that run.
  const actions = run.actions.filter(({ call }) => call === null || made.has(call))
  return {
    ...run,
    usage,
    incomplete,
    calls: requests.amount,
    reportedUsd: reportedOf(perCall),
    perCall,
    actions,
  }
}

/** Each once by its id; without ids the telling with more of them. */
function combinedActions(better: readonly Action[], other: readonly Action[]): readonly Action[] {
  if ([...better, ...other].some(({ id }) => id === null))
    return better.length >= other.length ? better : other
  const told = new Set(better.map(({ id }) => id))
  return [...better, ...other.filter(({ id }) => !told.has(id))]
}

/** What the calls are said to have cost; null unless it is said of each. */
function reportedOf(calls: readonly RecordedCall[]): string | null {
  let sum = 0n
  for (const { reportedUsd } of calls) {
    const pico = reportedUsd === null ? null : picoOfDecimal(reportedUsd)
    if (pico === null) return null
    sum += pico
  }
  return exactUsd(sum)
}

/** What one telling leaves open and the other knows. */
function filledIn(better: Run, other: Run): Partial<Run> {
  const { task, agent, agentVersion, model, run, outcome, wallSeconds, startedAt, steps } = other
  return {
    task: {
      id: better.task.id ?? task.id,
      benchmark: better.task.benchmark ?? task.benchmark,
      repository: better.task.repository ?? task.repository,
    },
    agent: better.agent ?? agent,
    agentVersion: better.agentVersion ?? agentVersion,
    model: better.model ?? model,
    run: better.run ?? run,
    outcome: better.outcome ?? outcome,
    wallSeconds: better.wallSeconds ?? wallSeconds,
    startedAt: earlier(better.startedAt, startedAt),
    steps: better.steps ?? steps,
    reportedUsd: better.reportedUsd ?? other.reportedUsd,
    conditions: filledConditions(better.conditions, other.conditions),
  }
}

const earlier = (a: string | null, b: string | null): string | null =>
  a === null || b === null ? (a ?? b) : a < b ? a : b

const haveIds = ({ perCall }: Run): boolean => perCall.length > 0 && perCall.every(({ id }) => id !== null)

/** More trusted, then more calls told one by one, then more tokens; the first where they are alike. */
function isBetter(told: Run, known: Run): boolean {
  const [a, b] = [rank(told), rank(known)]
  const at = a.findIndex((value, i) => value !== b[i])
  return at >= 0 && (a[at] as number) > (b[at] as number)
}

function rank({ quality, perCall, usage, incomplete }: Run): readonly number[] {
  const tokens = Object.values(usage).reduce<number>((sum, count) => sum + (count ?? 0), 0)
  return [trustOf(quality), perCall.length, tokens, incomplete ? 0 : 1]
}

/** Higher = more trusted. */
export const trustOf = (quality: Quality): number => QUALITIES.length - QUALITIES.indexOf(quality)

/** By time where it is known of all, else as told. */
function inOrder(calls: readonly RecordedCall[]): readonly RecordedCall[] {
  if (calls.some(({ at }) => at === null)) return calls
  return calls.toSorted((a, b) => ((a.at ?? '') < (b.at ?? '') ? -1 : (a.at ?? '') > (b.at ?? '') ? 1 : 0))
}
