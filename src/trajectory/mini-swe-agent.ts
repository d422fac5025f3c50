import { z } from 'zod'
import { miniSweAgentCalls } from '../usage/mini-swe-agent.ts'
import { decimalOf } from './decimal-of.ts'
import type { Format, Found, Source } from './format.ts'
import { isoInstant, secondsBetween } from './instant.ts'
import { headDocuments, isMembers } from './json-head.ts'
import { Figure, list, part, Text } from './lenient.ts'
import { miniActions } from './mini-actions.ts'
import { foundRun, oneDocument } from './one-document.ts'
import type { Outcome, RecordedCall } from './run.ts'
import { recorded, runOf } from './run-of.ts'
import { stemOf } from './source-name.ts'
import { instanceOfStem, taskOfInstance } from './task-of-instance.ts'
import type { Wanted } from './wanted.ts'

const MESSAGE: Wanted = {
  role: true,
  object: true,
  id: true,
  model: true,
  usage: true,
  created_at: true,
  content: true,
  output: true,
  tool_call_id: true,
  call_id: true,
  extra: {
    actions: true,
    cost: true,
    timestamp: true,
    response: { id: true, model: true, usage: true, created: true, created_at: true, object: true },
  },
}

/** mini-swe-agent's `.traj.json`, 1.x and 2.x, or only its messages. */
export const miniSweAgent: Format = {
  name: 'mini-swe-agent',
  version: 1,
  what: 'mini-swe-agent, a .traj.json file',
  detect: ({ name, head }) => {
    const [top] = headDocuments(head)
    if (isMembers(top)) return isTrajectory(top) ? 2 : 0
    const [first] = Array.isArray(top) ? top : []
    const isChat = isMembers(first) && first.role === 'system' && 'content' in first
    return isChat && /\.traj\.json(\.gz|\.zst)?$/.test(name) ? 1 : 0
  },
  read: oneDocument(
    {
      '*': MESSAGE,
      messages: { '*': MESSAGE },
      info: {
        exit_status: true,
        mini_version: true,
        model_stats: true,
        config: { model: { model_name: true } },
      },
      trajectory_format: true,
      instance_id: true,
    },
    tell,
  ),
}

function isTrajectory({ trajectory_format, info, messages }: Readonly<Record<string, unknown>>): boolean {
  if (typeof trajectory_format === 'string') return trajectory_format.startsWith('mini-swe-agent')
  return isMembers(info) && 'mini_version' in info && (messages === undefined || Array.isArray(messages))
}

const Message = part({
  role: Text,
  created_at: Figure,
  extra: part({
    cost: Figure,
    timestamp: Figure,
    response: part({ created: Figure, created_at: Figure, usage: part({ cost: Figure }) }),
  }),
})
type Message = z.infer<typeof Message>

const Document = part({
  instance_id: Text,
  info: part({
    exit_status: Text,
    mini_version: Text,
    model_stats: part({ instance_cost: Figure, api_calls: Figure }),
    config: part({ model: part({ model_name: Text }) }),
  }),
  messages: list(Message),
})

function tell(document: unknown, source: Source): Found {
  const whole = Array.isArray(document) ? { messages: document } : document
  const { info, messages, instance_id } = Document.parse(whole)
  const perCall = callsOf(whole, messages)
  const id = instance_id ?? idOfName(source.name)
  const startedAt = messages.map(startOf).find((moment) => moment !== null) ?? null
  const endedAt = messages.map(endOf).findLast((moment) => moment !== null) ?? null
  const { instance_cost, api_calls } = info.model_stats
  // The file has no id of its run; that of its first reply is in no other.
  const mark = perCall.find((call) => call.id !== null)?.id ?? [instance_cost, api_calls].join(':')
  const summed = runOf(id === null && mark === ':' ? source.name : `${id}:${mark}`, perCall)
  const run = {
    ...summed,
    task: taskOfInstance(id),
    agent: 'mini-swe-agent',
    agentVersion: info.mini_version,
    model: summed.model ?? info.config.model.model_name,
    calls: api_calls ?? summed.calls,
    steps: messages.filter(({ role }) => role === 'assistant').length,
    outcome: outcomeOf(info.exit_status),
    startedAt,
    wallSeconds: startedAt === endedAt ? null : secondsBetween(startedAt, endedAt),
    reportedUsd: decimalOf(instance_cost) ?? summed.reportedUsd,
    actions: miniActions(Raw.parse(whole).messages),
  }
  return foundRun(run)
}

/** The name of a file tells its task only by SWE-bench's naming. */
function idOfName(name: string): string | null {
  const task = taskOfInstance(instanceOfStem(stemOf(name)))
  return task.repository === null ? null : task.id
}

const Raw = part({ info: z.unknown().optional(), messages: list(z.unknown()) })

/** Each call with what its message tells beside it; what no message tells stands at the end. */
function callsOf(document: unknown, messages: readonly Message[]): readonly RecordedCall[] {
  const raw = Raw.parse(document)
  const all = miniSweAgentCalls(raw)
  const tellers = messages.flatMap((message, i) =>
    miniSweAgentCalls({ messages: [raw.messages[i]] }).map(() => message),
  )
  return all.map((call, i) => {
    const message = tellers[i]
    if (message === undefined) return recorded(call)
    return recorded(call, { at: startOf(message), reportedUsd: decimalOf(costOf(message)) })
  })
}

const costOf = ({ extra }: Message): number | null => extra.cost ?? extra.response.usage.cost

/** When a reply was begun, else when the message was made. */
const startOf = (message: Message): string | null => createdOf(message) ?? isoInstant(message.extra.timestamp)

/** When a message was done, else when the reply was begun. */
const endOf = (message: Message): string | null => isoInstant(message.extra.timestamp) ?? createdOf(message)

const createdOf = ({ extra, created_at }: Message): string | null =>
  isoInstant(extra.response.created ?? extra.response.created_at ?? created_at)

/** https://github.com/SWE-agent/mini-swe-agent/blob/main/src/minisweagent/agents/default.py */
function outcomeOf(status: string | null): Outcome | null {
  if (status === null || status === 'Submitted') return null
  if (status === 'LimitsExceeded') return 'budget-exhausted'
  return status === 'TimeExceeded' ? 'timed-out' : 'failed'
}
