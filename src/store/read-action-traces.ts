import { ACTION_KINDS } from '../trajectory/action.ts'
import { drawRuns } from './draw-runs.ts'
import type { Episodes } from './episodes.ts'
import type { Store } from './open-store.ts'
import type { ActionRow } from './run-row.ts'

/** What agents did with tools in some runs, as columns, in order. */
export interface ActionTraces {
  /** Places in the episodes, rising. */
  readonly runs: Int32Array
  /** The actions of `runs[i]` are those from `start[i]` to before `start[i + 1]`. */
  readonly start: Int32Array
  /** How many runs there were to draw from. */
  readonly drawnFrom: number
  readonly tools: readonly string[]
  /** Places in ACTION_KINDS. */
  readonly kinds: Uint8Array
  /** Files; null = none, or not told. */
  readonly targets: readonly (string | null)[]
  /** Characters that came back; NaN = not told. */
  readonly returnedChars: Float64Array
}

/** The actions of some runs, drawn by the seed and the ids of the runs where there are more than `maxRuns`. */
export function readActionTraces(
  store: Store,
  episodes: Episodes,
  { maxRuns = 5000, seed = 1 }: { readonly maxRuns?: number; readonly seed?: number } = {},
): ActionTraces {
  const read = () => {
    const { places, of } = drawRuns(store, episodes, { table: 'actions', maxRuns, seed })
    const rows = places.map((place) => episodes.row[place] as number)
    return { runs: Int32Array.from(places), drawnFrom: of, ...readActions(store, rows) }
  }
  return store.database.transaction(read).deferred()
}

function readActions({ database }: Store, rows: readonly number[]) {
  const select = database.prepare<[number], ActionRow>('SELECT * FROM actions WHERE run = ? ORDER BY place')
  const start = new Int32Array(rows.length + 1)
  const [tools, targets]: [string[], (string | null)[]] = [[], []]
  const [kinds, returned]: [number[], number[]] = [[], []]
  for (const [i, row] of rows.entries()) {
    for (const { tool, kind, target, returned_chars } of select.iterate(row)) {
      tools.push(tool)
      kinds.push(ACTION_KINDS.indexOf(kind))
      targets.push(target)
      returned.push(returned_chars ?? Number.NaN)
    }
    start[i + 1] = tools.length
  }
  return { start, tools, targets, kinds: Uint8Array.from(kinds), returnedChars: Float64Array.from(returned) }
}
