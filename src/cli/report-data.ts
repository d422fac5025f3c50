import type { ReportData } from '../report/make-report.ts'
import { readEpisodes } from '../store/read-episodes.ts'
import type { Invocation } from './command-line.ts'
import type { ReportOptions } from './report.ts'
import { filterOf } from './run-filter.ts'
import { withStore } from './runs.ts'

/** The runs that a report is about: of a corpus, of files, or of the store. */
export const readReportData = (call: Invocation, _options: ReportOptions): Promise<ReportData> =>
  withStore(call, (store) => ({ episodes: readEpisodes(store, filterOf(call), call.app.signal) }))
