import { z } from 'zod'
import { parseWire } from '../usage/wire-count.ts'
import { isoInstant, secondsBetween } from './instant.ts'
import { isMembers } from './json-head.ts'
import { Answer, Figure, list, part, Text, Whole } from './lenient.ts'
import { openhandsActions } from './openhands-actions.ts'
import { type BesideOutput, Metadata } from './openhands-beside.ts'
import { toldByMetrics } from './openhands-metrics.ts'
import type { Outcome, Run } from './run.ts'
import { runOf, runOfWhole, type Told } from './run-of.ts'
import { nameParts } from './source-name.ts'
import { taskOfInstance } from './task-of-instance.ts'

const Report = part({ resolved: Answer, error_eval: Answer })

const Line = part({
  instance_id: Text,
  attempt: Whole,
  report: Report,
  test_result: part({ report: Report, resolved: Answer, acp_agent_name: Text, acp_agent_version: Text }),
  metadata: Metadata,
  history: list(z.unknown()),
  error: Text,
  instance: part({ repo: Text }),
  /** Of the resolver, which works on issues of GitHub. */
  issue: part({ owner: Text, repo: Text, number: Figure }),
})
type Line = z.infer<typeof Line>

/**
 * The run of a line of `output.jsonl`; null for one without any call of a model. `name` is that of the source.
 * https://github.com/All-Hands-AI/OpenHands/blob/main/evaluation/utils/shared.py
 * https://github.com/OpenHands/benchmarks/blob/main/benchmarks/utils/models.py
 * @throws KnownError `usage-malformed`
 */
export function runOfOutput(value: unknown, name: string, beside: BesideOutput): Run | null {
  const line = parseWire(Line, value, 'a line of output.jsonl')
  const metadata = isMembers(value) && isMembers(value.metadata) ? line.metadata : beside.metadata
  const isSession =
    metadata.agent_type?.startsWith('acp-') === true || line.test_result.acp_agent_name !== null
  const { calls, sum, reportedUsd, isUnused } = toldByMetrics(
    isMembers(value) ? value.metrics : null,
    isSession,
  )
  if (isUnused) return null
  const task = taskOf(line, metadata)
  const moments = momentsIn(line.history)
  const told: Told = {
    task,
    ...agentOf(line, metadata, isSession),
    run: line.attempt === 0 ? null : line.attempt,
    outcome: outcomeOf(line, beside.resolved.get(task.id ?? '')),
    startedAt: moments[0] ?? null,
    wallSeconds: moments.length > 1 ? secondsBetween(moments[0] ?? null, moments.at(-1) ?? null) : null,
    reportedUsd,
    actions: openhandsActions(line.history),
  }
  const folder =
    metadata.eval_output_dir?.replace(/(?<!\/)\/+$/, '') ?? nameParts(name).slice(1).toReversed().join('/')
  // The folder is named alike wherever the same is tried again; the first reply is not.
  const mark = calls.find(({ id }) => id !== null)?.id ?? ''
  const key = [folder, task.id ?? name, line.attempt ?? 1, mark].filter((part) => part !== '').join('/')
  const run = sum === null ? runOf(key, calls, told) : runOfWhole(key, [sum], told)
  return { ...run, model: run.model ?? modelOf(metadata) }
}

/** Whether a line only tells how a run was graded that another file tells of. */
export function isGrade(value: unknown): boolean {
  if (!isMembers(value) || isMembers(value.metrics) || typeof value.error === 'string') return false
  const { history, test_result } = value
  const isShort = !Array.isArray(history) || history.length === 0
  return isShort && isMembers(test_result) && isMembers(test_result.report)
}

function taskOf({ instance_id, instance, issue }: Line, { dataset }: Metadata): Run['task'] {
  const benchmark = benchmarkOf(dataset)
  if (instance_id !== null) {
    const task = taskOfInstance(instance_id, benchmark)
    return { ...task, repository: instance.repo ?? task.repository }
  }
  const { owner, repo, number } = issue
  if (owner === null || repo === null || number === null) return { id: null, benchmark, repository: null }
  return { id: `${owner}/${repo}#${number}`, benchmark, repository: `${owner}/${repo}` }
}

/** `princeton-nlp/SWE-bench_Verified`, or with its split `princeton-nlp__SWE-bench_Verified-test`. */
function benchmarkOf(dataset: string | null): string | null {
  const [name = ''] = dataset?.split(/\/|__/).slice(-1) ?? []
  const plain = name
    .replace(/-(test|train|dev|validation)$/, '')
    .toLowerCase()
    .replaceAll('_', '-')
  return plain === '' ? null : plain
}

/** OpenHands works with agents of its own, and evaluates those of others. */
function agentOf(
  { test_result }: Line,
  { agent_class, agent_type, acp_agent_name, acp_agent_version, openhands_sdk_version, git_commit }: Metadata,
  isSession: boolean,
): Pick<Run, 'agent' | 'agentVersion'> {
  if (isSession) {
    const agent = test_result.acp_agent_name ?? acp_agent_name ?? agent_type
    return { agent, agentVersion: test_result.acp_agent_version ?? acp_agent_version }
  }
  const isUsual = agent_class === null || agent_class === 'CodeActAgent'
  const agent = isUsual ? 'openhands' : `openhands (${agent_class})`
  return { agent, agentVersion: openhands_sdk_version ?? git_commit }
}

const modelOf = ({ llm_config, llm }: Metadata): string | null => llm_config.model ?? llm.model

/** Of the events, which in old files stand in pairs. */
function momentsIn(history: readonly unknown[]): readonly string[] {
  const moments = history.flat().map((event) => isoInstant(isMembers(event) ? event.timestamp : null))
  return moments.filter((moment) => moment !== null).sort()
}

/** The tests decide, then what stopped the run. */
function outcomeOf({ report, test_result, error }: Line, told: boolean | undefined): Outcome | null {
  const reports = [report, test_result.report].filter(({ error_eval }) => error_eval !== true)
  const grades = [...reports.map(({ resolved }) => resolved), test_result.resolved, told ?? null]
  const isResolved = grades.find((grade) => grade !== null) ?? null
  if (isResolved === true) return 'resolved'
  return stoppedBy(error) ?? (isResolved === null ? null : 'failed')
}

/** Which errors there are: `AgentController`, and `_process_instance_wrapper` of the evaluation. */
function stoppedBy(error: string | null): Outcome | null {
  if (error === null) return null
  if (/reached maximum (iteration|budget)/i.test(error)) return 'budget-exhausted'
  if (/^Timeout after \d/.test(error)) return 'timed-out'
  return /^(Maximum retries \(|Instance failed after|AgentRuntime\w*Error)/.test(error)
    ? 'infra-error'
    : 'failed'
}
