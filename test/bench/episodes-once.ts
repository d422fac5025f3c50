/**
 * Reads a store as columns, and the calls of some of its runs, and prints how long that took and what memory, as JSON:
 * `episodes-once.ts FILE`. A process of its own, so that its peak memory is of nothing else.
 */
import { openStore } from '../../src/store/open-store.ts'
import { readCallTraces } from '../../src/store/read-call-traces.ts'
import { readEpisodes } from '../../src/store/read-episodes.ts'
import { ALL_RUNS } from '../../src/store/read-runs.ts'

/** What it took. */
export interface EpisodesRead {
  readonly runs: number
  readonly ms: number
  /** Peak memory beside that of the columns, in bytes. */
  readonly beside: number
  readonly traced: number
  readonly tracesMs: number
}

const store = openStore(process.argv[2] ?? '', { create: false })
const before = process.resourceUsage().maxRSS
const start = performance.now()
const episodes = readEpisodes(store, ALL_RUNS)
const ms = performance.now() - start
const columns = Object.values(episodes).map((column) =>
  typeof column === 'number' ? 0 : 'codes' in column ? column.codes.byteLength : column.byteLength,
)
const taken = (process.resourceUsage().maxRSS - before) * 1024
const beside = taken - columns.reduce((sum, bytes) => sum + bytes, 0)
const startTraces = performance.now()
const traces = readCallTraces(store, episodes, { book: null })
const read: EpisodesRead = {
  runs: episodes.size,
  ms,
  beside,
  traced: traces.runs.length,
  tracesMs: performance.now() - startTraces,
}
store.close()
process.stdout.write(JSON.stringify(read))
