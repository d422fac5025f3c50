import type { JobState } from '../../store/jobs.ts'
import type { LoggedRun } from '../../store/read-run-log.ts'
import type { StoredRun } from '../../store/read-runs.ts'
import { ownPath } from './own-path.ts'
import type { PageAbout } from './page.ts'
import { type LiveEntry, type LiveView, liveView, type RunRow, runRow } from './runs-view.ts'

/** The page of one run as data: a stored one, or one that goes on; what the page's JSON twin prints. */
export interface RunView {
  readonly schema: 'page-run/1'
  readonly about: PageAbout
  readonly id: string
  /** Null = it is not kept yet. */
  readonly stored: StoredView | null
  /** Null = it has ended. */
  readonly live: LiveView | null
  /** A job that made no run, or several; null = it goes on, or is a run. */
  readonly ended: EndedView | null
  /** Where a form sends what stops it; null = it has ended, or who asks may not. */
  readonly cancelAction: string | null
}

/** A job of runs that has ended. */
export interface EndedJob {
  readonly state: JobState
  readonly task: string
  readonly agent: string
  readonly model: string
  /** Why it failed; null = it did not. */
  readonly failure: { readonly title: string; readonly detail: string; readonly fix: string } | null
  /** The runs it made. */
  readonly runs: readonly LoggedRun[]
}

/** The same, as it is shown. */
export interface EndedView extends Omit<EndedJob, 'runs'> {
  readonly runs: readonly RunRow[]
}

/** What is kept of a run. Null = not recorded. */
export interface StoredView {
  readonly run: RunRow
  readonly usage: StoredRun['usage']
  readonly calls: number | null
  readonly steps: number | null
  /** As its source tells it. */
  readonly reportedUsd: string | null
  readonly prices: string | null
  readonly quality: StoredRun['quality']
  /** `uncapped` where no cap was set: JSON has no infinity. */
  readonly multiplier: number | 'uncapped' | null
  readonly host: string | null
  readonly concurrency: number | null
  readonly agentVersion: string | null
  readonly source: string
  /** Id of the run that stands for it. */
  readonly supersededBy: string | null
}

/** The view of one run. */
export function runView(parts: {
  readonly about: PageAbout
  readonly id: string
  readonly stored: { readonly run: StoredRun; readonly logged: LoggedRun } | null
  readonly live: LiveEntry | null
  readonly ended?: EndedJob | null
  readonly mayCancel: boolean
}): RunView {
  const { about, id, stored, live, ended = null, mayCancel } = parts
  return {
    schema: 'page-run/1',
    about,
    id,
    stored: stored === null ? null : storedView(stored.run, stored.logged),
    live: live === null ? null : liveView(live),
    ended: ended === null ? null : { ...ended, runs: ended.runs.map(runRow) },
    cancelAction: live !== null && mayCancel ? ownPath('runs', id, 'cancel') : null,
  }
}

const storedView = (run: StoredRun, logged: LoggedRun): StoredView => ({
  run: runRow(logged),
  usage: run.usage,
  calls: run.calls,
  steps: run.steps,
  reportedUsd: run.reportedUsd,
  prices: run.prices,
  quality: run.quality,
  multiplier: run.conditions.multiplier === Number.POSITIVE_INFINITY ? 'uncapped' : run.conditions.multiplier,
  host: run.conditions.host,
  concurrency: run.conditions.concurrency,
  agentVersion: run.agentVersion,
  // Folders of this machine, or of an upload, are nobody's business.
  source: `${run.source.format}: ${run.source.name.split(/[\\/]/).at(-1)}`,
  supersededBy: run.supersededBy,
})
