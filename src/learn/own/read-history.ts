import { decodeFeatures } from '../../features/feature-code.ts'
import type { Features } from '../../features/features.ts'
import { modelKey } from '../../forecast/model-key.ts'
import { agentKey } from '../../forecast/pair.ts'
import type { Store } from '../../store/open-store.ts'
import { keptFeatures, ownRuns, type StoredRun } from '../../store/read-own-runs.ts'
import type { Pair } from '../dataset.ts'
import type { OwnHistory, OwnRun, OwnTask, Telling } from './history.ts'

/** Why runs of the store are not learnt from. */
export const LEFT_OUT = ['no-tokens', 'no-agent', 'no-model', 'repeated'] as const
export type LeftOut = Readonly<Record<(typeof LEFT_OUT)[number], number>>

/** The runs of a store as numbers, and how many were left out. */
export interface ReadHistory {
  readonly history: OwnHistory
  readonly leftOut: LeftOut
  /** There are more runs, older ones, than were read. */
  readonly cut: boolean
}

export interface ReadOptions {
  /** The newest so many runs are learnt from. */
  readonly mostRuns: number
  /** Tasks of the tables, by id. */
  readonly tables: ReadonlyMap<string, Features>
}

/** With a half-life of months older runs weigh nothing; the figure bounds memory. */
export const MOST_RUNS = 1_000_000

/** How far counts are trusted: the wire, what a provider said, a client's log, a local tokenizer. */
const TRUST = { metered: 1, provider: 0.9, log: 0.7, estimate: 0.3 } as const

/** Reads the runs of a store to learn from, the oldest first. Runs that were cut short tell "at least so much". */
export function readHistory(store: Store, { mostRuns, tables }: ReadOptions): ReadHistory {
  const builder = new HistoryBuilder(keptFeatures(store), tables)
  let read = 0
  for (const run of ownRuns(store, mostRuns + 1)) if (++read <= mostRuns) builder.add(run)
  return { ...builder.finish(), cut: read > mostRuns }
}

class HistoryBuilder {
  readonly #find: ReturnType<typeof keptFeatures>
  readonly #tables: ReadonlyMap<string, Features>
  readonly #taskAt = new Map<string, number>()
  readonly #pairAt = new Map<string, number>()
  readonly #seen = new Set<string>()
  readonly #tasks: OwnTask[] = []
  readonly #pairs: Pair[] = []
  readonly #runs: OwnRun[] = []
  readonly #leftOut = { 'no-tokens': 0, 'no-agent': 0, 'no-model': 0, repeated: 0 }

  constructor(find: ReturnType<typeof keptFeatures>, tables: ReadonlyMap<string, Features>) {
    this.#find = find
    this.#tables = tables
  }

  add(stored: StoredRun): void {
    const { agent, model } = stored
    const tokens = tokensOf(stored)
    if (agent === null) this.#leftOut['no-agent']++
    else if (model === null) this.#leftOut['no-model']++
    else if (tokens === null) this.#leftOut['no-tokens']++
    else if (this.#isRepeated(stored)) this.#leftOut.repeated++
    else
      this.#runs.push(
        ownRun(stored, tokens, { task: this.#task(stored), pair: this.#pair({ agent, model }) }),
      )
  }

  finish(): Omit<ReadHistory, 'cut'> {
    const history = { tasks: this.#tasks, pairs: this.#pairs, runs: this.#runs.reverse() }
    return { history: inOrder(history), leftOut: this.#leftOut }
  }

  /** Runs of one task that are alike to the token tell no more than one, if they are not one that was told twice. */
  #isRepeated(run: StoredRun): boolean {
    const { task, repository, agent, model, input, cacheRead, cacheWrite, output } = run
    const key = JSON.stringify([
      task ?? run.id,
      repository,
      agent,
      model,
      input,
      cacheRead,
      cacheWrite,
      output,
    ])
    if (this.#seen.has(key)) return true
    this.#seen.add(key)
    return false
  }

  #pair(pair: Pair): number {
    const key = `${agentKey(pair.agent)} ${modelKey(pair.model)}`
    const known = this.#pairAt.get(key)
    if (known !== undefined) return known
    this.#pairAt.set(key, this.#pairs.length)
    return this.#pairs.push(pair) - 1
  }

  /** A run of no named task stands for a task of its own. */
  #task({ id, task, repository }: StoredRun): number {
    const key = task === null ? `run ${id}` : `task ${task} ${repository ?? ''}`
    const known = this.#taskAt.get(key)
    if (known !== undefined) return known
    const code = task === null ? null : this.#find(task, repository)
    const inTables = task === null ? null : (this.#tables.get(task) ?? null)
    const features = () => (code === null ? null : decodeFeatures(code)) ?? inTables
    const fingerprint = features()?.fingerprint ?? null
    this.#taskAt.set(key, this.#tasks.length)
    return this.#tasks.push({ id: task ?? id, repository, features, fingerprint }) - 1
  }
}

/** log10 of what a run took; null = not known, or nothing, which has no logarithm. */
function tokensOf({ input, cacheRead, cacheWrite, output }: StoredRun) {
  if (input === null || output === null) return null
  const total = input + (cacheRead ?? 0) + (cacheWrite ?? 0) + output
  return output > 0 && total > 0 ? { output: Math.log10(output), total: Math.log10(total) } : null
}

/** What ended a run before its own end says no more than what it took until then. */
const CUT_SHORT = new Set<StoredRun['outcome']>(['budget-exhausted', 'timed-out', 'infra-error'])

function ownRun(
  stored: StoredRun,
  tokens: { readonly output: number; readonly total: number },
  places: { readonly task: number; readonly pair: number },
): OwnRun {
  const { outcome, input, cacheRead, cacheWrite, calls, incomplete, metered, quality } = stored
  const all = (input ?? 0) + (cacheRead ?? 0) + (cacheWrite ?? 0)
  const share = (count: number | null) => (count === null || all === 0 ? null : count / all)
  const telling: Telling = incomplete || CUT_SHORT.has(outcome) ? 'at-least' : 'whole'
  return {
    ...places,
    ...tokens,
    atMs: Date.parse(stored.at),
    telling,
    trust: metered ? TRUST.metered : TRUST[quality],
    cacheReadShare: share(cacheRead),
    cacheWriteShare: share(cacheWrite),
    calls,
    infraError: outcome === 'infra-error',
    resolved:
      outcome === 'resolved' ? true : outcome === 'failed' || outcome === 'budget-exhausted' ? false : null,
  }
}

/** Tasks and pairs in the order in which the oldest runs name them, whatever was read first. */
function inOrder({ tasks, pairs, runs }: OwnHistory): OwnHistory {
  const order = (of: (run: OwnRun) => number) => [...new Set(runs.map(of))]
  const [taskOrder, pairOrder] = [order(({ task }) => task), order(({ pair }) => pair)]
  const placeOf = (order: readonly number[]) => {
    const places = new Int32Array(order.length)
    for (const [place, old] of order.entries()) places[old] = place
    return places
  }
  const [taskPlace, pairPlace] = [placeOf(taskOrder), placeOf(pairOrder)]
  return {
    tasks: taskOrder.map((task) => tasks[task] as OwnTask),
    pairs: pairOrder.map((pair) => pairs[pair] as Pair),
    runs: runs.map((run) => ({
      ...run,
      task: taskPlace[run.task] as number,
      pair: pairPlace[run.pair] as number,
    })),
  }
}
