import { randomUUID } from 'node:crypto'
import { KnownError } from '../../errors.ts'
import type { ModelPrice } from '../../pricing/model-price.ts'
import { gatewayRunId } from '../../store/gateway-runs.ts'
import type { Outcome } from '../../trajectory/run.ts'
import { type Limits, NO_LIMITS } from '../budget/limits.ts'
import { timeMessage } from '../budget/message.ts'
import type { GatewayContext } from '../gateway-context.ts'
import type { RunMeta } from '../records/journal-entry.ts'
import { hashOfKey, newRunKey } from './identity.ts'
import { type Group, newGroup, newRun, type OpenRun } from './open-run.ts'

/** What a run is opened with; whatever is left out is not said, and not limited. */
export interface RunRequest extends Partial<Omit<RunMeta, 'id' | 'key' | 'replayed'>> {
  readonly limits?: Partial<Limits>
  /** What will be asked: a limit in dollars is refused at once where its price is not known. */
  readonly model?: string | null
  /** The name of a group that was opened. */
  readonly group?: string | null
  /** So long its key lives, and the run with it; null = until it is closed. */
  readonly keySeconds?: number | null
}

/** A run with the key that opens it. */
export interface KeyedRun {
  readonly run: OpenRun
  /** Known to who opened the run, and kept nowhere. */
  readonly key: string
}

/** The runs and groups of a gateway. */
export interface RunRegistry {
  readonly openGroup: (name: string, limits: Partial<Limits>) => Group
  /** @throws KnownError `bad-setting` for a group that is not open, `price-unknown` for a limit in dollars */
  readonly openRun: (request: RunRequest) => KeyedRun
  /** Ends what is in flight, and lets nothing further through. */
  readonly closeRun: (run: OpenRun, outcome?: Outcome | null) => void
  /** The open run that a key opens. */
  readonly find: (key: string) => OpenRun | null
  readonly runs: () => readonly OpenRun[]
  readonly groups: () => readonly Group[]
}

export function runRegistry(context: GatewayContext, replayed: boolean): RunRegistry {
  const byKey = new Map<string, OpenRun>()
  const hashes = new Map<OpenRun, string>()
  const timers = new Map<OpenRun, readonly NodeJS.Timeout[]>()
  const groups = new Map<string, Group>()
  const { nowMs, priceNow, record, tell } = context
  const closeRun = (run: OpenRun, outcome: Outcome | null = null): void => {
    const hash = hashes.get(run)
    if (hash === undefined) return
    hashes.delete(run)
    byKey.delete(hash)
    for (const timer of timers.get(run) ?? []) clearTimeout(timer)
    timers.delete(run)
    run.closed ??= 'the run is closed'
    for (const cut of [...run.open]) cut(run.closed)
    run.outcome ??= outcome
    const wallSeconds = (nowMs() - run.openedAtMs) / 1000
    record({ say: 'closed', run: run.meta.id, outcome: run.outcome, wallSeconds })
    tell({ kind: 'closed', run })
  }
  return {
    openGroup(name, limits) {
      if (groups.has(name))
        throw new KnownError('bad-setting', `the group ${JSON.stringify(name)} is open already`)
      const group = newGroup(name, { ...NO_LIMITS, ...limits }, { nowMs: nowMs(), priceNow })
      groups.set(name, group)
      return group
    },
    openRun({ limits: some, group: name = null, model = null, keySeconds = null, ...told }) {
      const group = name === null ? null : groups.get(name)
      if (group === undefined) {
        throw new KnownError('bad-setting', `there is no group ${JSON.stringify(name)}`, {
          fix: 'open the group first, or leave it out',
        })
      }
      const limits = { ...NO_LIMITS, ...some }
      const isInDollars = limits.usd !== null || (group !== null && group.limits.usd !== null)
      if (isInDollars && model !== null) checkPrice(priceNow(model))
      const meta = metaOf({ ...told, model }, replayed)
      const run = newRun(meta, { limits, group, nowMs: nowMs(), priceNow })
      const key = newRunKey()
      const hash = hashOfKey(key)
      byKey.set(hash, run)
      hashes.set(run, hash)
      const life = keySeconds === null ? null : after(keySeconds * 1000, () => closeRun(run))
      timers.set(
        run,
        [limitTime(run, group, tell), life].filter((timer) => timer !== null),
      )
      record({ say: 'opened', at: new Date(run.openedAtMs).toISOString(), run: meta })
      tell({ kind: 'opened', run })
      return { run, key }
    },
    closeRun,
    find: (key) => byKey.get(hashOfKey(key)) ?? null,
    runs: () => [...byKey.values()],
    groups: () => [...groups.values()],
  }
}

/** What costs nobody knows what cannot be held against a limit. */
function checkPrice(price: ModelPrice): void {
  if (price.kind === 'unknown') throw new KnownError('price-unknown', price.reason)
}

function metaOf({ model = null, ...told }: Partial<RunMeta>, replayed: boolean): RunMeta {
  const key = randomUUID()
  return {
    key,
    id: gatewayRunId(key),
    task: told.task ?? { id: null, benchmark: null, repository: null },
    agent: told.agent ?? null,
    agentVersion: told.agentVersion ?? null,
    repeat: told.repeat ?? null,
    host: told.host ?? null,
    multiplier: told.multiplier ?? null,
    concurrency: told.concurrency ?? null,
    model,
    isAttempt: told.isAttempt ?? false,
    replayed,
  }
}

/** Longer is not measured by a timer, and no run lasts as long. */
const MOST_MS = 2 ** 31 - 1

/** Ends what is in flight when the time of a run, or of its group, is up; null = it has no limit. */
function limitTime(run: OpenRun, group: Group | null, tell: GatewayContext['tell']): NodeJS.Timeout | null {
  const groupSeconds = group?.limits.seconds ?? null
  const ends = [
    { seconds: run.limits.seconds, fromMs: run.openedAtMs },
    { seconds: groupSeconds, fromMs: group?.openedAtMs ?? 0 },
  ].flatMap(({ seconds, fromMs }) => (seconds === null ? [] : [{ seconds, atMs: fromMs + seconds * 1000 }]))
  const [first] = ends.sort((a, b) => a.atMs - b.atMs)
  if (first === undefined) return null
  return after(first.atMs - run.openedAtMs, () => {
    const message = timeMessage(first.seconds)
    run.closed ??= message
    run.outcome = 'budget-exhausted'
    tell({ kind: 'over-budget', run, message })
    for (const cut of [...run.open]) cut(run.closed)
  })
}

/** Does something later, unless the process has nothing else to do by then. */
const after = (ms: number, work: () => void): NodeJS.Timeout | null =>
  ms > MOST_MS ? null : setTimeout(work, Math.max(0, ms)).unref()
