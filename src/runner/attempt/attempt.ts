import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative } from 'node:path'
import { KnownError } from '../../errors.ts'
import type { GatewayRun } from '../../gateway/gateway.ts'
import { type Ending, outcomeOf } from '../../sandbox/outcome.ts'
import { type SandboxFacts, WORKSPACE } from '../../sandbox/sandbox.ts'
import type { Outcome } from '../../trajectory/run.ts'
import { type AgentStart, agentStart, providerOf } from '../agents/agent-start.ts'
import { type PlannedRun, type Resources, resourcesOf } from '../planned-run.ts'
import type { TaskRepository } from '../tasks/task-repository.ts'
import { makeWorkspace, readPatch } from '../tasks/workspace.ts'
import type { AttemptContext } from './attempt-context.ts'
import type { AttemptRecord } from './attempt-record.ts'
import { type Checked, checkInSandbox } from './check-in-sandbox.ts'
import { gatewayTrouble } from './gateway-trouble.ts'
import { findOwnFile } from './own-file.ts'
import { reasonIn } from './reason-in.ts'
import { type Left, NOTHING_LEFT, recordOf } from './record-attempt.ts'
import {
  type AttemptSandbox,
  GATEWAY_URL,
  HOME,
  makeSandboxFolder,
  REPOSITORY,
  runInSandbox,
  type SandboxEnd,
} from './sandbox-runs.ts'

/** One attempt at a planned run, before it is made. */
export interface Attempt {
  readonly id: string
  /** From 1. */
  readonly place: number
  readonly planned: PlannedRun
}

/** What is known of an attempt when it begins. */
export interface Begun {
  /** Of the gateway. */
  readonly run: string
  readonly startedAt: string
  readonly concurrency: number
}

/** How an attempt ended. */
export interface Ended {
  readonly outcome: Outcome
  readonly infraReason: string | null
  readonly facts: SandboxFacts | null
  readonly checked: Checked | null
  readonly left: Left
}

/**
 * Makes one attempt: a fresh workspace, the agent in a sandbox that reaches nothing but its run at the gateway, and the check
 * of what it changed in another one. `opened` is told of the run at the gateway before anything is asked of it. What goes wrong
 * is in the record; nothing is left behind but what is kept. `signal` ends it at once, and is an infra reason.
 */
export async function runAttempt(
  context: AttemptContext,
  attempt: Attempt,
  { signal, opened }: { readonly signal: AbortSignal; readonly opened: (begun: Begun) => void },
): Promise<AttemptRecord> {
  const startedMs = context.nowMs()
  const concurrency = context.concurrency()
  const resources = resourcesOf(attempt.planned)
  const folder = join(context.work, attempt.id)
  const run = openRun(context, attempt.planned, { resources, concurrency })
  const { image, source } = attempt.planned.task
  const repositoryAt = source.kind === 'image' ? source.folder : REPOSITORY
  const at: Place = { context, id: attempt.id, image, repositoryAt, folder, resources, signal }
  try {
    opened({ run: run.id, startedAt: new Date(startedMs).toISOString(), concurrency })
    await mkdir(folder, { recursive: true, mode: 0o711 })
    const ended = await make(at, attempt.planned, run).catch((error: unknown) =>
      infraError(reasonIn(error, signal)),
    )
    const about = { attempt, resources, concurrency, run, startedMs, ended, interrupted: signal.aborted }
    const record = await recordOf(context, about)
    await run.close(record.outcome)
    return record
  } finally {
    // Closed already where it went well: its outcome is then told.
    await run.close('infra-error')
    await rm(folder, { recursive: true, force: true })
  }
}

function openRun(
  context: AttemptContext,
  { task, agent, model, repeat, limits }: PlannedRun,
  { resources, concurrency }: { readonly resources: Resources; readonly concurrency: number },
): GatewayRun {
  const { multiplier } = resources
  return context.gateway.openRun({
    task: { id: task.name, benchmark: task.benchmark, repository: null },
    agent: agent.agent.name,
    agentVersion: agent.version,
    ...{ model, repeat, limits, group: context.group, concurrency, isAttempt: true },
    host: context.machine?.name ?? null,
    multiplier: multiplier === Number.POSITIVE_INFINITY ? 'uncapped' : multiplier,
  })
}

const infraError = (infraReason: string, facts: SandboxFacts | null = null): Ended => ({
  ...{ outcome: 'infra-error', infraReason, facts, checked: null, left: NOTHING_LEFT },
})

/** With all that attempts have in common. */
interface Place extends AttemptSandbox {
  readonly context: AttemptContext
}

async function make(at: Place, planned: PlannedRun, run: GatewayRun): Promise<Ended> {
  const repository = await at.context.repositoryOf(planned.task)
  const workspace = join(at.folder, 'agent')
  const folders = await makeSandboxFolder(workspace)
  await makeWorkspace(repository, folders.repository, at.signal)
  const { repositoryAt } = at
  const start = await prepare(workspace, planned, { run, repositoryAt, keyed: at.context.gateway.keyed })
  const failure = await setUp(at, planned, workspace)
  if (failure !== null) return infraError(failure)
  const socket = join(at.folder, 'gateway.sock')
  await run.openSocket(socket)
  const agent = await runInSandbox(at, {
    ...{ stage: 'agent', command: start.command, env: start.env, mounts: planned.agent.agent.mounts },
    ...{ timeoutMs: planned.task.timeLimits.agentSeconds * 1000, socket, workspace },
  })
  const left = await leftBy(agent, start, { repository, workspace })
  return judge(at, planned, { run, agent, left, repository })
}

/** Lays out what the agent is started with; inside of the sandbox only its own address is known. */
async function prepare(
  workspace: string,
  { task, agent, model }: PlannedRun,
  {
    run,
    repositoryAt,
    keyed,
  }: {
    readonly run: GatewayRun
    readonly repositoryAt: string
    readonly keyed: AttemptContext['gateway']['keyed']
  },
): Promise<AgentStart> {
  const start = agentStart(agent.agent, {
    ...{ issue: task.issue, issueFile: `${HOME}/issue.md`, workspace: repositoryAt, home: HOME, model },
    ...{ provider: providerOf(model), baseUrl: GATEWAY_URL, key: run.key, keyed },
  })
  const files = [{ path: `${HOME}/issue.md`, content: task.issue }, ...start.files]
  for (const { path, content } of files) {
    const file = join(workspace, withinWorkspace(path, agent.agent.name))
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, content)
  }
  return start
}

/** @throws KnownError agent-malformed: a file elsewhere would be one of this machine's */
function withinWorkspace(path: string, agent: string): string {
  const within = relative(WORKSPACE, path)
  if (within !== '' && !within.startsWith('..') && !isAbsolute(within)) return within
  throw new KnownError('agent-malformed', `${agent} puts a file at ${JSON.stringify(path)}`, {
    fix: 'put it into {home} or {workspace}',
  })
}

/** Runs the set-up of a task; gives why it failed, null = it did not, or there is none. */
async function setUp(at: AttemptSandbox, { task }: PlannedRun, workspace: string): Promise<string | null> {
  if (task.setup === null) return null
  const { facts } = await runInSandbox(at, {
    ...{ stage: 'setup', command: ['bash', '-c', task.setup], env: {}, mounts: [], workspace, socket: null },
    timeoutMs: task.timeLimits.setupSeconds * 1000,
  })
  if (facts.infraReason !== null) return `the set-up: ${facts.infraReason}`
  if (facts.timedOut) return `the set-up took longer than ${task.timeLimits.setupSeconds} s`
  return facts.exit === 0 ? null : `the set-up ended with ${facts.exit ?? facts.signal ?? 'nothing'}`
}

async function leftBy(
  { stdout, stderr }: SandboxEnd,
  { transcript }: AgentStart,
  { repository, workspace }: { readonly repository: TaskRepository; readonly workspace: string },
): Promise<Left> {
  const told =
    transcript === null || transcript.kind === 'stdout'
      ? stdout
      : await findOwnFile(workspace, relative(WORKSPACE, transcript.path))
  return {
    patch: await readPatch(repository, join(workspace, 'repository')),
    transcript: transcript === null ? null : told,
    ...{ stdout, stderr },
  }
}

interface Made {
  readonly run: GatewayRun
  readonly agent: SandboxEnd
  readonly left: Left
  readonly repository: TaskRepository
}

/** The check is run where all else went well: it then decides. */
async function judge(
  at: AttemptSandbox,
  { task }: PlannedRun,
  { run, agent: { facts }, left, repository }: Made,
): Promise<Ended> {
  const trouble = gatewayTrouble(run.exchanges())
  const ending: Omit<Ending, 'check'> = {
    facts,
    budgetExhausted: run.state.refusals > 0 || run.state.outcome === 'budget-exhausted',
    gatewayFailed: trouble !== null,
  }
  const hoped = outcomeOf({ ...ending, check: 'passed' })
  const patch = left.patch ?? Buffer.alloc(0)
  const checked = hoped === 'resolved' ? await checkInSandbox(at, { task, repository, patch }) : null
  const outcome = checked === null ? hoped : outcomeOf({ ...ending, check: checked.verdict })
  if (outcome === null) throw new Error('a check that tells nothing')
  return {
    outcome,
    infraReason: outcome === 'infra-error' ? reasonOf(facts, checked, trouble) : null,
    facts,
    checked,
    left,
  }
}

function reasonOf(facts: SandboxFacts, checked: Checked | null, trouble: string | null): string {
  if (facts.infraReason !== null) return facts.infraReason
  if (!facts.started) return 'the agent did not start'
  if (trouble !== null) return trouble
  const kills = facts.oomKills ?? 0
  if (checked?.infraReason != null) return checked.infraReason
  return kills > 0 ? `the memory was used up: ${kills} OOM ${kills === 1 ? 'kill' : 'kills'}` : 'not known'
}
