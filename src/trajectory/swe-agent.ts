import { z } from 'zod'
import { sweAgentCalls } from '../usage/swe-agent.ts'
import { type Action, shellAction } from './action.ts'
import { decimalOf } from './decimal-of.ts'
import type { Format, Found, Source } from './format.ts'
import { headObjects, isMembers } from './json-head.ts'
import { Figure, list, part, Text } from './lenient.ts'
import { foundRun, oneDocument } from './one-document.ts'
import { lengthOf } from './returned-length.ts'
import type { Outcome } from './run.ts'
import { runOfWhole } from './run-of.ts'
import { nameParts, stemOf } from './source-name.ts'
import { instanceOfStem, taskOfInstance } from './task-of-instance.ts'

/** SWE-agent's `.traj`, 0.x to 1.x, and those of agents built on it. */
export const sweAgent: Format = {
  name: 'swe-agent',
  version: 1,
  what: 'SWE-agent, a .traj file',
  detect: ({ head }) => {
    const marks = headObjects(head).filter((top) => 'trajectory' in top && !('trajectory_format' in top))
    if (marks.some(({ environment, history }) => typeof environment === 'string' && Array.isArray(history))) {
      return 2
    }
    return marks.some(({ trajectory }) => isTurns(trajectory)) ? 1 : 0
  },
  read: oneDocument(
    {
      environment: true,
      instance_id: true,
      replay_config: true,
      info: { exit_status: true, model_stats: true, swe_agent_version: true },
      trajectory: { '*': { action: true, observation: true } },
    },
    tell,
  ),
}

const isTurns = (trajectory: unknown): boolean =>
  Array.isArray(trajectory) &&
  trajectory.some((turn) => isMembers(turn) && 'action' in turn && 'state' in turn)

const Document = part({
  instance_id: Text,
  replay_config: Text,
  info: part({
    exit_status: Text,
    swe_agent_version: Text,
    model_stats: z.unknown().optional(),
  }),
  trajectory: list(z.unknown()),
})
const Stats = part({ instance_cost: Figure, total_cost: Figure, tokens_sent: Figure, api_calls: Figure })
const Replay = part({
  agent: part({ model: part({ name: Text }) }),
  problem_statement: part({ id: Text }),
  env: part({ repo: part({ github_url: Text }) }),
})

function tell(document: unknown, source: Source): Found {
  const { info, trajectory, ...top } = Document.parse(document)
  const calls = sweAgentCalls(info.model_stats ?? {})
  if (calls.length === 0) return { kind: 'nothing', reason: 'it made no call' }
  const stats = Stats.parse(info.model_stats)
  const replay = Replay.parse(parsed(top.replay_config))
  const id = top.instance_id ?? replay.problem_statement.id ?? instanceOfStem(stemOf(source.name))
  const [whole] = calls
  // The file has no id of its run; the same task, cost and counts twice is the same run twice.
  const key = [
    id,
    stats.instance_cost,
    stats.total_cost,
    stats.tokens_sent,
    whole?.usage.output,
    stats.api_calls,
  ]
  const run = runOfWhole(key.join(':'), calls, {
    task: taskOfInstance(id),
    agent: 'swe-agent',
    agentVersion: info.swe_agent_version,
    model: replay.agent.model.name ?? modelOfFolder(source.name),
    steps: trajectory.length,
    outcome: outcomeOf(info.exit_status),
    reportedUsd: decimalOf(stats.instance_cost),
    actions: onOpenFile(trajectory.flatMap(actionOf)),
  })
  return foundRun(run)
}

const Turn = part({ action: z.unknown().optional(), observation: z.unknown().optional() })

/** A turn is one command and what it printed; one without a command is none. */
function actionOf(turn: unknown): readonly Action[] {
  const { action, observation } = Turn.parse(turn)
  if (typeof action !== 'string' || action.trim() === '') return []
  return [shellAction(action, { returnedChars: lengthOf(observation) })]
}

/** Its editor works on the file that was opened or created last. */
function onOpenFile(actions: readonly Action[]): readonly Action[] {
  let open: string | null = null
  return actions.map((action) => {
    if (action.target !== null) open = action.target
    return action.kind === 'view' || action.kind === 'edit'
      ? { ...action, target: action.target ?? open }
      : action
  })
}

/** Since 1.0 the settings stand in the file, as a text of JSON. */
function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null')
  } catch {
    return null // only names are taken from it
  }
}

/**
 * The folder of a run is named after its settings: `<model>__<data>__<config>__t-…` up to 0.7, then
 * `<config>__<model>__t-…___<data>` with `--` for a slash.
 * https://github.com/SWE-agent/SWE-agent/blob/v0.7.0/run.py
 * https://github.com/SWE-agent/SWE-agent/blob/main/sweagent/run/run_batch.py
 */
function modelOfFolder(name: string): string | null {
  for (const folder of nameParts(name).slice(1, 4)) {
    const [, settings, rest] = /^(.+?)__t-[\d.]+__p-[\d.]+__c-[\d.]+(.*)$/.exec(folder) ?? []
    const parts = settings?.split('__') ?? []
    if (rest?.startsWith('___')) return parts.at(-1)?.replaceAll('--', '/') ?? null
    if (parts.length > 2) return parts[0] ?? null
  }
  return null
}

/** A submission says nothing of whether it is right. https://github.com/SWE-agent/SWE-agent/blob/main/sweagent/agent/agents.py */
function outcomeOf(status: string | null): Outcome | null {
  const exit = /exit_\w+|early_exit/.exec(status ?? '')?.[0]
  if (exit === undefined) return null
  return OUTCOME_OF_EXIT[exit] ?? 'failed'
}

const OUTCOME_OF_EXIT: Readonly<Record<string, Outcome>> = {
  exit_cost: 'budget-exhausted',
  exit_total_execution_time: 'timed-out',
  exit_command_timeout: 'timed-out',
  exit_api: 'infra-error',
  exit_environment_error: 'infra-error',
}
