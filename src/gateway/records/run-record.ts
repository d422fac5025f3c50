import type { ToldExchange } from '../../store/gateway-runs.ts'
import { conditionsIn } from '../../trajectory/conditions.ts'
import type { Run } from '../../trajectory/run.ts'
import { runOf } from '../../trajectory/run-of.ts'
import { NO_USAGE } from '../../usage/add-usage.ts'
import { callOf } from '../../usage/call.ts'
import { UNKNOWN_USAGE } from '../../usage/usage.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { exchangeRow } from './exchange-row.ts'
import type { BegunExchange, JournalEntry, RunEnd, RunMeta } from './journal-entry.ts'

/** What the journal has told of one run, and the store does not hold yet. */
export interface RunRecord {
  readonly meta: RunMeta
  readonly openedAt: string
  readonly open: Map<string, BegunExchange>
  readonly ended: Exchange[]
  /** Characters that came back from tools, by the id of the use. */
  readonly returned: Map<string, number>
  end: RunEnd | null
}

/** Takes an entry into account. */
export function note(runs: Map<string, RunRecord>, entry: JournalEntry): void {
  if (entry.say === 'opened') {
    if (!runs.has(entry.run.id)) runs.set(entry.run.id, newRecord(entry.run, entry.at))
    return
  }
  const record = runs.get(entry.say === 'closed' ? entry.run : entry.exchange.run)
  if (record === undefined) return
  if (entry.say === 'closed') record.end = entry
  else if (entry.say === 'begun') {
    record.open.set(entry.exchange.id, entry.exchange)
    for (const { id, chars } of entry.exchange.request.toolResults) record.returned.set(id, chars)
  } else {
    record.open.delete(entry.exchange.id)
    record.ended.push(entry.exchange)
  }
}

const newRecord = (meta: RunMeta, openedAt: string): RunRecord => ({
  meta,
  openedAt,
  open: new Map(),
  ended: [],
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

/** The run as the store keeps it, before it has made a call: it is known to have used nothing. */
export const runFrom = ({ meta, openedAt, end }: RunRecord): Run =>
  runOf(meta.key, [], {
    task: meta.task,
    agent: meta.agent,
    agentVersion: meta.agentVersion,
    model: meta.model ?? null,
    run: meta.repeat,
    usage: NO_USAGE,
    incomplete: false,
    calls: 0,
    steps: 0,
    outcome: end?.outcome ?? null,
    wallSeconds: end?.wallSeconds ?? null,
    startedAt: openedAt,
    reportedUsd: meta.replayed ? FREE : null,
    conditions: conditionsIn(meta),
    quality: 'provider',
  })

/** What a replay costs. */
const FREE = '0.00'

/** An exchange as the store keeps it. */
export const toldExchange = (exchange: Exchange, { replayed }: RunMeta): ToldExchange => ({
  row: exchangeRow(exchange),
  calls: exchange.calls.map((call) => ({ ...call, at: exchange.at, reportedUsd: replayed ? FREE : null })),
  actions: exchange.reply.actions,
  isStep: exchange.kind === 'generate' && exchange.ending === 'ok',
})
