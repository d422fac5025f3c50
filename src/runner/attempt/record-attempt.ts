import type { GatewayRun } from '../../gateway/gateway.ts'
import { liveRun } from '../../gateway/runs/live.ts'
import { UNCAPPED } from '../../trajectory/conditions.ts'
import { type KeptFile, keepFile } from '../kept-files.ts'
import type { Resources } from '../planned-run.ts'
import type { Attempt, Ended } from './attempt.ts'
import type { AttemptContext } from './attempt-context.ts'
import type { AttemptRecord } from './attempt-record.ts'

/** What an agent left behind; null = it never came so far, or leaves none. */
export interface Left {
  readonly patch: Buffer | null
  readonly transcript: Buffer | null
  readonly stdout: Buffer | null
  readonly stderr: Buffer | null
}

export const NOTHING_LEFT: Left = { patch: null, transcript: null, stdout: null, stderr: null }

interface About {
  readonly attempt: Attempt
  readonly resources: Resources
  readonly concurrency: number
  readonly run: GatewayRun
  readonly startedMs: number
  readonly ended: Ended
  readonly interrupted: boolean
}

/** Keeps the files of an attempt, and tells all of it in one document. */
export async function recordOf(context: AttemptContext, about: About): Promise<AttemptRecord> {
  const { run, ended } = about
  const { facts, checked, left, outcome, infraReason } = ended
  const keep = async (bytes: Uint8Array | null): Promise<KeptFile | null> =>
    bytes === null ? null : keepFile(context.files, bytes)
  return {
    ...conditionsOf(context, about),
    run: run.id,
    endedAt: new Date(context.nowMs()).toISOString(),
    ...{ outcome, infraReason, facts, interrupted: about.interrupted && outcome === 'infra-error' },
    check: checked === null ? null : checkOf(checked),
    spent: spentBy(run, context.nowMs()),
    files: {
      patch: await keep(left.patch),
      transcript: await keep(left.transcript),
      stdout: await keep(left.stdout),
      stderr: await keep(left.stderr),
      check: await keep(checked === null ? null : Buffer.from(checked.output)),
    },
  }
}

/** What is known of an attempt before it has ended. */
type Begun = Omit<
  AttemptRecord,
  'run' | 'endedAt' | 'interrupted' | 'outcome' | 'infraReason' | 'facts' | 'check' | 'spent' | 'files'
>

export function conditionsOf(
  { plan, backend, machine, version }: AttemptContext,
  {
    attempt,
    resources,
    concurrency,
    startedMs,
  }: Pick<About, 'attempt' | 'resources' | 'concurrency' | 'startedMs'>,
): Begun {
  const { planned, id, place } = attempt
  const { task, agent, model, repeat } = planned
  const { floor, ceiling, multiplier } = resources
  return {
    schema: 'attempt/1',
    ...{ id, plan, planned: planned.key, place },
    task: { name: task.name, benchmark: task.benchmark },
    agent: { name: agent.agent.name, version: agent.version },
    ...{ model, repeat, floor, ceiling },
    multiplier: multiplier === Number.POSITIVE_INFINITY ? UNCAPPED : multiplier,
    backend: backend.name,
    network: 'gateway-only',
    ...{ timeLimits: task.timeLimits, concurrency, host: machine },
    versions: { foretoken: version, node: process.versions.node },
    startedAt: new Date(startedMs).toISOString(),
  }
}

const checkOf = ({ verdict, stage, exit, timedOut, facts }: NonNullable<Ended['checked']>) => ({
  ...{ verdict, stage, exit, timedOut },
  facts: [...facts],
})

function spentBy(run: GatewayRun, nowMs: number): AttemptRecord['spent'] {
  const { calls, tokens, costUsd } = liveRun(run.state, nowMs)
  return {
    calls: calls.amount,
    totalTokens: tokens.total.amount,
    outputTokens: tokens.output.amount,
    atLeast: tokens.total.atLeast,
    usd: costUsd,
  }
}
