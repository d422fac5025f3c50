import type { Format } from '../trajectory/format.ts'
import type { RecordedCall, Run } from '../trajectory/run.ts'
import type { RunCost } from '../trajectory/run-cost.ts'
import { exactUsd } from '../units.ts'
import { combined, trustOf, withCalls } from './combine-runs.ts'
import type { Store } from './open-store.ts'
import { referenceRows } from './reference-rows.ts'
import { contentOf, runId } from './run-identity.ts'
import { type KeptRun, type RunColumns, runTable } from './run-table.ts'

/**
 * What became of a run: new; known, and told further; known already; or nothing but calls that another run has
 * (a session that was resumed or forked takes its history along).
 */
export const WRITTEN = ['added', 'updated', 'unchanged', 'copy'] as const
export type Written = (typeof WRITTEN)[number]

/** Where a run comes from. */
export interface RunOrigin {
  readonly format: Pick<Format, 'name' | 'identity'>
  /** Row of the source. */
  readonly source: number
  /** When it was read, in milliseconds since the epoch: the day of its prices where it does not tell its own. */
  readonly atMs: number
}

export interface RunWriter {
  /** To be called when a transaction was undone: what was remembered of it is not there. */
  forget(): void
  /** Within a transaction of the caller: it keeps what another run told, moves it, or throws, in one step. */
  write(run: Run, origin: RunOrigin): Written
}

/** The format of records that our own gateway writes: nothing is trusted more. */
export const GATEWAY_FORMAT = 'gateway'

/** Writes runs, each told once, whatever is read again. */
export function runWriter(store: Store, price: (run: Run, atMs: number) => RunCost): RunWriter {
  const table = runTable(store)
  const rows = referenceRows(store)
  const columnsFor = (run: Run, { id, content, source, atMs }: Telling): RunColumns => {
    const { cost, price: paid } = price(run, atMs)
    return {
      id,
      content,
      source,
      task: rows.task(run.task),
      costUsd: cost.kind === 'unknown' ? null : exactUsd(cost.amount),
      costReason: cost.kind === 'unknown' ? cost.reason : null,
      price: paid === null ? null : rows.price(paid),
    }
  }
  const save = (kept: KeptRun | null, run: Run, about: Telling): number => {
    const columns = columnsFor(run, about)
    if (kept === null) return table.insert(run, columns)
    table.replace(kept.row, run, columns)
    return kept.row
  }

  /** Takes a call away from the runs that only copied it, and out of the run where another has it by right. */
  const share = (told: Run, id: string, format: string, own: number | null) => {
    const mine: RecordedCall[] = []
    const losing = new Map<number, Set<string>>()
    const rivals = new Map<number, KeptRun>()
    for (const call of told.perCall) {
      const holders = call.id === null ? [] : table.runsWithCall(call.id).filter((row) => row !== own)
      let keep = true
      for (const row of holders) {
        const other = rivals.get(row) ?? table.load(row)
        rivals.set(row, other)
        if (trust(other.run, other.format) !== trust(told, format)) continue
        if (isBefore(other.run, other.id, told, id)) keep = false
        else losing.set(row, (losing.get(row) ?? new Set()).add(call.id as string))
      }
      if (keep) mine.push(call)
    }
    return { run: mine.length === told.perCall.length ? told : withCalls(told, mine), losing, rivals }
  }

  return {
    forget: () => rows.forget(),
    write(told, origin) {
      const id = runId(origin.format, told.key)
      const content = contentOf(told)
      const found = table.find(id)
      if (found?.content.equals(content)) return 'unchanged'
      const kept = found === undefined ? null : table.load(found.row)
      const whole = kept === null ? told : combined(kept.run, told)
      const { run, losing, rivals } = share(whole, id, origin.format.name, kept?.row ?? null)
      if (kept !== null && contentOf(kept.run).equals(contentOf(run))) return 'unchanged'
      if (run.perCall.length === 0 && whole.perCall.length > 0 && kept === null) return 'copy'
      const about = { id, content, source: origin.source, atMs: origin.atMs }
      const row = save(kept, run, about)
      for (const [other, ids] of losing) lose(other, ids, row, origin.atMs)
      settleTrust(run, { row, format: origin.format.name }, rivals)
      return kept === null ? 'added' : 'updated'
    },
  }

  function lose(other: number, ids: ReadonlySet<string>, to: number, atMs: number): void {
    const kept = table.load(other)
    const rest = kept.run.perCall.filter(({ id }) => id === null || !ids.has(id))
    const run = withCalls(kept.run, rest)
    table.replace(other, run, {
      ...columnsFor(run, { id: kept.id, content: kept.content, source: rows.sourceOf(other), atMs }),
    })
    if (rest.length === 0) table.supersede(other, to)
  }

  /** Of two tellings of the same calls the one that is trusted less is kept, and not counted. */
  function settleTrust(
    run: Run,
    own: { readonly row: number; readonly format: string },
    rivals: ReadonlyMap<number, KeptRun>,
  ): void {
    for (const [row, other] of rivals) {
      const [mine, theirs] = [trust(run, own.format), trust(other.run, other.format)]
      if (mine > theirs) table.supersede(row, own.row)
      if (mine < theirs) table.supersede(own.row, row)
    }
  }
}

/** Who told of a run, and what. */
interface Telling {
  readonly id: string
  readonly content: Buffer
  readonly source: number
  readonly atMs: number
}

const trust = ({ quality }: Run, format: string): number =>
  trustOf(quality) + (format === GATEWAY_FORMAT ? 1 : 0)

/** Of runs that tell the same calls, the one that began first made them. */
function isBefore(a: Run, aId: string, b: Run, bId: string): boolean {
  const [left, right] = [a.startedAt ?? '~', b.startedAt ?? '~']
  return left === right ? aId < bId : left < right
}
