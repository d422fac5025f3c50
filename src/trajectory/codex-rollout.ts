import { z } from 'zod'
import { codexCalls } from '../usage/codex-calls.ts'
import { parseCodexRollout } from '../usage/codex-rollout.ts'
import { type CodexItems, codexItems } from './codex-actions.ts'
import type { Format, Found, Source } from './format.ts'
import { isoInstant, secondsBetween } from './instant.ts'
import { headObjects, type Members } from './json-head.ts'
import { part, Text } from './lenient.ts'
import { reading } from './malformed.ts'
import { foundRun } from './one-document.ts'
import { readJsonLines } from './read-json-lines.ts'
import type { Run } from './run.ts'
import { recorded, runOf } from './run-of.ts'
import { stemOf } from './source-name.ts'

/** Threads of Codex, `~/.codex/sessions/**\/rollout-*.jsonl`. */
export const codexRollout: Format = {
  name: 'codex-rollout',
  version: 1,
  // The same thread may be told by `codex exec --json` as well.
  identity: 'codex',
  what: 'Codex, a thread in ~/.codex/sessions (rollout-*.jsonl)',
  detect: ({ head }) => (headObjects(head).some(isLine) ? 2 : 0),
  read: readThread,
}

const KINDS: ReadonlySet<unknown> = new Set([
  'session_meta',
  'turn_context',
  'event_msg',
  'response_item',
  'compacted',
  'token_usage_record',
])

const isLine = ({ type, payload }: Members): boolean =>
  KINDS.has(type) && typeof payload === 'object' && payload !== null

const Line = part({ type: Text, timestamp: Text, payload: part({ type: Text }) })
const Meta = part({
  id: Text,
  cli_version: Text,
  timestamp: Text,
  git: part({ repository_url: Text }),
})

interface Thread {
  /** Those that tell of usage, without what they say beside it. */
  readonly lines: unknown[]
  readonly items: CodexItems
  meta: z.infer<typeof Meta> | null
  first: string | null
  last: string | null
  missed: number
}

async function* readThread(source: Source, signal: AbortSignal): AsyncGenerator<Found> {
  const thread: Thread = { lines: [], items: codexItems(), meta: null, first: null, last: null, missed: 0 }
  for await (const { number, value, error } of readJsonLines(source, signal)) {
    if (error === null) add(thread, value)
    else {
      thread.missed++
      yield { kind: 'unreadable', error, line: number }
    }
  }
  const run = reading(source.name, () => runOfThread(thread, source.name))
  yield run === null ? { kind: 'nothing', reason: 'it tells no usage' } : foundRun(run)
}

function add(thread: Thread, value: unknown): void {
  const { type, timestamp, payload } = Line.parse(value)
  const at = isoInstant(timestamp)
  thread.first ??= at
  thread.last = at ?? thread.last
  if (type === 'session_meta') thread.meta ??= Meta.parse(part({ payload: Meta }).parse(value).payload)
  if (type === 'response_item') thread.items.add((value as Members).payload)
  const isTelling = type !== 'response_item' && (type !== 'event_msg' || TELLING.has(payload.type))
  if (isTelling) thread.lines.push(slim(value))
}

/** The events of which the accounting knows. */
const TELLING: ReadonlySet<string | null> = new Set([
  'token_count',
  'task_started',
  'turn_started',
  'task_complete',
  'turn_complete',
  'turn_aborted',
])

/** A line without the instructions, messages and histories that some carry. */
const slim = (value: unknown): unknown => Slim.parse(value)

const Slim = part({
  type: Text,
  timestamp: Text,
  payload: part({
    type: Text,
    id: Text,
    forked_from_id: Text,
    parent_thread_id: Text,
    source: z.unknown().optional(),
    model: Text,
    turn_id: Text,
    info: z.unknown().optional(),
    response_id: Text,
    usage: z.unknown().optional(),
    compaction_response_id: Text,
  }),
})

function runOfThread(thread: Thread, name: string): Run | null {
  const rollout = parseCodexRollout(thread.lines)
  const calls = codexCalls(rollout, null).map((call) => recorded(call, { at: isoInstant(call.at) }))
  if (calls.length === 0) return null
  const { meta } = thread
  const run = runOf(rollout.thread ?? `${stemOf(name)}@${thread.first}`, calls)
  return {
    ...run,
    task: { ...run.task, repository: repositoryOf(meta?.git.repository_url ?? null) },
    agent: 'codex',
    agentVersion: meta?.cli_version ?? null,
    incomplete: run.incomplete || thread.missed > 0,
    startedAt: isoInstant(meta?.timestamp) ?? thread.first,
    wallSeconds: secondsBetween(thread.first, thread.last),
    actions: thread.items.actions(),
  }
}

/** `owner/name` of a remote such as `https://github.com/owner/name.git` or `git@github.com:owner/name.git`. */
function repositoryOf(url: string | null): string | null {
  return /[/:]([^/:]+\/[^/:]+?)(\.git)?\/?$/.exec(url ?? '')?.[1] ?? null
}
