import type { Call } from '../usage/call.ts'
import { distinctCalls } from '../usage/distinct-calls.ts'
import { type ToolBlocks, toolBlocks } from './claude-actions.ts'
import { decimalOf } from './decimal-of.ts'
import { isoInstant, secondsBetween } from './instant.ts'
import { Figure, part, Text } from './lenient.ts'
import type { RecordedCall, Run } from './run.ts'
import { recorded, runOf } from './run-of.ts'
import { stemOf } from './source-name.ts'

/** A line of a session, and the calls it tells. */
export interface SessionLine {
  readonly value: unknown
  readonly calls: readonly Call[]
}

/** Gathers what the lines of one file tell of the sessions they belong to. */
export interface Gathering {
  add(line: SessionLine): void
  /** A line could not be read. */
  miss(): void
  /** The sessions in which a model replied. */
  runs(): readonly Run[]
}

interface Session {
  calls: RecordedCall[]
  readonly tools: ToolBlocks
  version: string | null
  first: string | null
  last: string | null
}

const newSession = (): Session => ({
  calls: [],
  tools: toolBlocks(),
  version: null,
  first: null,
  last: null,
})

const Line = part({ sessionId: Text, timestamp: Text, version: Text, costUSD: Figure })

/** An empty gathering of the file with this name. */
export function claudeSession(name: string): Gathering {
  const sessions = new Map<string | null, Session>()
  let isWhole = true
  return {
    add({ value, calls }) {
      const line = Line.parse(value)
      const at = isoInstant(line.timestamp)
      // What names no session tells nothing either, but in exports that name none at all.
      if (line.sessionId === null && at === null && calls.length === 0) return
      const session = sessions.get(line.sessionId) ?? newSession()
      sessions.set(line.sessionId, session)
      session.version = line.version ?? session.version
      session.first ??= at
      session.last = at ?? session.last
      session.tools.add(value)
      session.calls.push(...calls.map((call) => recorded(call, { at, reportedUsd: decimalOf(line.costUSD) })))
    },
    miss() {
      isWhole = false
    },
    runs: () =>
      [...sessions]
        .filter(([, { calls }]) => calls.length > 0)
        .map(([id, session]) => runOfSession(id ?? `${stemOf(name)}@${session.first}`, session, isWhole)),
  }
}

function runOfSession(key: string, session: Session, isWhole: boolean): Run {
  const run = runOf(key, billedOnce(session.calls))
  return {
    ...run,
    agent: 'claude-code',
    agentVersion: session.version,
    incomplete: run.incomplete || !isWhole,
    startedAt: session.first,
    wallSeconds: secondsBetween(session.first, session.last),
    actions: session.tools.actions(),
  }
}

/** Each reply once, with the time of its first line. */
function billedOnce(calls: readonly RecordedCall[]): readonly RecordedCall[] {
  const first = new Map<string, string | null>()
  for (const { id, at } of calls) if (id !== null && !first.has(id)) first.set(id, at)
  const distinct = distinctCalls(calls) as readonly RecordedCall[]
  return distinct.map((call) => (call.id === null ? call : { ...call, at: first.get(call.id) ?? call.at }))
}
