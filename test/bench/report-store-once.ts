/**
 * Makes a store of runs for measuring, and prints what it holds and how long that took, as JSON:
 * `report-store-once.ts FILE RUNS`. A process of its own: what memory it takes is not that of what is measured.
 */
import { makeReportStore, type ReportStoreSize } from './report-store.ts'

export interface ReportStoreMade extends ReportStoreSize {
  readonly ms: number
}

const [file = '', runs = ''] = process.argv.slice(2)
const start = performance.now()
const size = makeReportStore(file, Number(runs))
process.stdout.write(JSON.stringify({ ...size, ms: performance.now() - start } satisfies ReportStoreMade))
