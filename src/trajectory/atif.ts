import { z } from 'zod'
import { atifCalls } from '../usage/atif.ts'
import type { Call } from '../usage/call.ts'
import { callsOrWhole } from '../usage/calls-or-whole.ts'
import type { Action } from './action.ts'
import { atifActions } from './atif-actions.ts'
import { decimalOf } from './decimal-of.ts'
import type { Format, Found, Source } from './format.ts'
import { isoInstant, secondsBetween } from './instant.ts'
import { headObjects } from './json-head.ts'
import { Figure, list, part, Text } from './lenient.ts'
import { foundRun, oneDocument } from './one-document.ts'
import { readBeside } from './read-beside.ts'
import type { RecordedCall, Run } from './run.ts'
import { recorded, runOf, runOfWhole } from './run-of.ts'
import { taskOfInstance } from './task-of-instance.ts'
import type { Wanted } from './wanted.ts'

const STEP: Wanted = {
  step_id: true,
  timestamp: true,
  source: true,
  model_name: true,
  llm_call_count: true,
  tool_calls: true,
  observation: true,
  metrics: {
    prompt_tokens: true,
    completion_tokens: true,
    cached_tokens: true,
    cost_usd: true,
    extra: {
      cache_creation_input_tokens: true,
      cache_creation: true,
      reasoning_tokens: true,
      reasoning_output_tokens: true,
    },
  },
}

/** A trajectory, in which those of sub-agents may be embedded, as deep as any agent delegates. */
const trajectory = (depth: number): Wanted => ({
  schema_version: true,
  session_id: true,
  trajectory_id: true,
  agent: { name: true, version: true, model_name: true },
  steps: { '*': STEP },
  final_metrics: true,
  ...(depth === 0 ? {} : { subagent_trajectories: { '*': trajectory(depth - 1) } }),
})

/** ATIF's `trajectory.json`, as Harbor's agents write it. https://harborframework.com/docs/trajectory-format */
export const atif: Format = {
  name: 'atif',
  version: 1,
  // Harbor's `result.json` of a trial tells of the same run as the trajectory below it.
  identity: 'harbor',
  what: 'ATIF, trajectory.json of an agent run by Harbor',
  detect: ({ head }) => {
    const isAtif = headObjects(head).some(
      ({ schema_version }) => typeof schema_version === 'string' && schema_version.startsWith('ATIF-v'),
    )
    return isAtif ? 2 : 0
  },
  read: oneDocument(trajectory(8), tell),
}

const Step = part({
  step_id: Figure,
  timestamp: Text,
  source: Text,
  metrics: part({ cost_usd: Figure }),
})
const Trajectory = part({
  session_id: Text,
  trajectory_id: Text,
  agent: part({ name: Text, version: Text, model_name: Text }),
  steps: list(Step),
  final_metrics: part({ total_cost_usd: Figure }),
})
const Raw = part({
  agent: z.unknown().optional(),
  steps: list(z.unknown()),
  final_metrics: z.unknown().optional(),
  subagent_trajectories: list(z.unknown()),
})

async function tell(document: unknown, source: Source): Promise<Found> {
  // Of a file within a trial, that of a sub-agent or of what was gone on with included.
  const trial = Trial.parse(await readBeside(source, '../result.json'))
  const { agent, steps, final_metrics, ...ids } = Trajectory.parse(document)
  const moments = steps.map(({ timestamp }) => isoInstant(timestamp)).filter((moment) => moment !== null)
  const ofTrial = trial.trial_name === null ? null : trial.id
  const key = ofTrial ?? ids.session_id ?? ids.trajectory_id ?? source.name
  const summed = summedUp(key, document)
  const run = {
    ...summed,
    task: taskOfInstance(trial.task_name, trial.source),
    agent: agent.name,
    agentVersion: agent.version === 'unknown' ? null : agent.version,
    model: summed.model ?? agent.model_name,
    steps: steps.filter(({ source }) => source === 'agent').length,
    startedAt: moments[0] ?? null,
    wallSeconds: moments.length > 1 ? secondsBetween(moments[0] ?? null, moments.at(-1) ?? null) : null,
    reportedUsd: decimalOf(final_metrics.total_cost_usd) ?? summed.reportedUsd,
    actions: actionsIn(document),
  }
  return foundRun(run)
}

/** Those of sub-agents behind those of the agent. */
function actionsIn(document: unknown): readonly Action[] {
  const { steps, subagent_trajectories } = Raw.parse(document)
  return [...atifActions(steps), ...subagent_trajectories.flatMap(actionsIn)]
}

const Trial = part({ id: Text, trial_name: Text, task_name: Text, source: Text })

/** Where the sums at the end tell of more than the steps do, they are those of the run. */
function summedUp(key: string, document: unknown): Run {
  atifCalls(document) // names whatever is wrong by its place in the whole document
  const { calls, whole } = tellings(document)
  const told = withRest(calls, whole)
  if (whole === null || told.length === calls.length) return runOf(key, calls)
  const run = runOfWhole(key, [whole])
  return { ...run, perCall: calls.length === 0 ? [] : told }
}

/** The calls of the steps, those of embedded sub-agents included, and what the sums at the end tell. */
function tellings(document: unknown): {
  readonly calls: readonly RecordedCall[]
  readonly whole: Call | null
} {
  const { agent, steps, final_metrics, subagent_trajectories } = Raw.parse(document)
  const { trajectory_id, session_id } = Trajectory.parse(document)
  const mark = trajectory_id ?? session_id
  const own = steps.flatMap((step) => {
    const { step_id, timestamp, metrics } = Step.parse(step)
    const id = mark === null || step_id === null ? null : `${mark}#${step_id}`
    const beside = { at: isoInstant(timestamp), reportedUsd: decimalOf(metrics.cost_usd) }
    return atifCalls({ agent, steps: [step] }).map((call) => recorded({ ...call, id }, beside))
  })
  const [whole = null] = atifCalls({ agent, steps: [], final_metrics })
  const delegated = subagent_trajectories.flatMap((each) => {
    const sub = tellings(each)
    return withRest(sub.calls, sub.whole)
  })
  return { calls: [...own, ...delegated], whole }
}

/** The calls, and one for what sums tell beyond them. */
function withRest(calls: readonly RecordedCall[], whole: Call | null): readonly RecordedCall[] {
  const rest = callsOrWhole(calls, whole).slice(calls.length)
  return [...calls, ...rest.map((call) => recorded(call))]
}
