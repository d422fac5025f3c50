import type { Action } from '../trajectory/action.ts'
import { NO_CONDITIONS } from '../trajectory/conditions.ts'
import type { RecordedCall, Run } from '../trajectory/run.ts'
import { runOf } from '../trajectory/run-of.ts'
import { NO_USAGE } from '../usage/add-usage.ts'
import { callOf } from '../usage/call.ts'
import { UNKNOWN_USAGE } from '../usage/usage.ts'
import type { Exchange } from './exchange.ts'
import type { BegunExchange, JournalEntry, RunEnd, RunMeta } from './journal-entry.ts'

/** What the journal has told of one run so far. */
export interface RunRecord {
  readonly meta: RunMeta
  readonly openedAt: string
  readonly open: Map<string, BegunExchange>
  readonly ended: Exchange[]
  readonly endedIds: Set<string>
  /** Characters that came back from tools, by the id of the use. */
  readonly returned: Map<string, number>
  end: RunEnd | null
}

/** Takes an entry into account. Every entry may come twice: it counts once. */
export function note(runs: Map<string, RunRecord>, entry: JournalEntry): void {
  if (entry.say === 'opened') {
    if (runs.has(entry.run.id)) return
    runs.set(entry.run.id, newRecord(entry.run, entry.at))
    return
  }
  const record = runs.get(entry.say === 'closed' ? entry.run : entry.exchange.run)
  if (record === undefined) return
  if (entry.say === 'closed') record.end = entry
  else if (record.endedIds.has(entry.exchange.id)) return
  else if (entry.say === 'begun') record.open.set(entry.exchange.id, entry.exchange)
  else if (record.open.delete(entry.exchange.id)) {
    record.ended.push(entry.exchange)
    record.endedIds.add(entry.exchange.id)
    for (const { id, chars } of entry.exchange.request.toolResults) {
      if (!record.returned.has(id)) record.returned.set(id, chars)
    }
  }
}

const newRecord = (meta: RunMeta, openedAt: string): RunRecord => ({
  meta,
  openedAt,
  open: new Map(),
  ended: [],
  endedIds: new Set(),
  returned: new Map(),
  end: null,
})

/** What was open when a gateway was killed: what it cost is unknown. */
export function abandon(record: RunRecord): void {
  for (const begun of record.open.values()) record.ended.push(unfinished(begun))
  record.open.clear()
}

const unfinished = (begun: BegunExchange): Exchange => ({
  ...begun,
  ending: 'unfinished',
  status: null,
  reply: { stopReason: null, actions: [] },
  replyBytes: 0,
  latencyMs: 0,
  firstByteMs: null,
  calls: isBilled(begun)
    ? [callOf('provider', UNKNOWN_USAGE, { model: begun.request.model, incomplete: true })]
    : [],
})

/** Whether a provider charges for what is asked. */
export const isBilled = ({ kind }: Pick<Exchange, 'kind'>): boolean => kind === 'generate' || kind === 'embed'

/** The run as the store keeps it. Without a call it is known to have used nothing. */
export function runFrom({ meta, openedAt, ended, returned, end }: RunRecord): Run {
  const perCall = recordedCalls(ended, meta)
  const nothing = perCall.length === 0 ? { usage: NO_USAGE, incomplete: false } : {}
  return runOf(meta.key, perCall, {
    task: meta.task,
    agent: meta.agent,
    agentVersion: meta.agentVersion,
    run: meta.repeat,
    calls: perCall.length,
    steps: ended.filter(({ kind, ending }) => kind === 'generate' && ending === 'ok').length,
    outcome: end?.outcome ?? null,
    wallSeconds: end?.wallSeconds ?? null,
    startedAt: openedAt,
    reportedUsd: meta.replayed ? '0.00' : null,
    conditions: { ...NO_CONDITIONS, host: meta.host },
    quality: 'provider',
    actions: ended.flatMap((exchange) => actionsOf(exchange, returned)),
    ...nothing,
  })
}

/**
 * Each with an id of its own: on the wire every exchange is billed, whatever ids a server gives. Some give none, or the
 * same again.
 */
function recordedCalls(ended: readonly Exchange[], { replayed }: RunMeta): readonly RecordedCall[] {
  const seen = new Set<string>()
  return ended.flatMap(({ id, at, calls }) =>
    calls.map((call, i) => {
      const own = `${id}#${i + 1}`
      const name = call.id === null || seen.has(call.id) ? own : call.id
      seen.add(name)
      return { ...call, id: name, at, reportedUsd: replayed ? '0.00' : null }
    }),
  )
}

/** The call whose reply asked for it is the first of its exchange. */
const actionsOf = (
  { id, calls, reply }: Exchange,
  returned: ReadonlyMap<string, number>,
): readonly Action[] =>
  reply.actions.map((action) => ({
    ...action,
    call: calls[0]?.id ?? `${id}#1`,
    returnedChars: action.id === null ? null : (returned.get(action.id) ?? null),
  }))
