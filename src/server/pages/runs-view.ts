import type { Estimate } from '../../forecast/estimate.ts'
import type { LoggedRun } from '../../store/read-run-log.ts'
import type { Outcome } from '../../trajectory/run.ts'
import { type Against, againstRange, type Spent } from './against-range.ts'
import type { LiveProgress } from './live-progress.ts'
import { ownPath } from './own-path.ts'
import type { PageAbout } from './page.ts'
import type { RunFormView } from './run-input.ts'

/** The page of runs as data. What the page's JSON twin prints. */
export interface RunsView {
  readonly schema: 'page-runs/1'
  readonly about: PageAbout
  readonly filter: RunsFilter
  /** Runs that go on, newest first. */
  readonly live: readonly LiveView[]
  readonly runs: readonly RunRow[]
  /** Of a form that starts a run; null = none is offered here, or not to who asks. */
  readonly start: RunFormView | null
  /** Where the next page is; null = there is none. */
  readonly nextHref: string | null
  /** It is not the first page. */
  readonly isContinued: boolean
  /** Where this page is as JSON; null = it answers a form that was sent. */
  readonly jsonHref: string | null
}

/** The filters as they were typed; empty = all. */
export interface RunsFilter {
  readonly model: string
  readonly agent: string
  readonly repository: string
  readonly outcome: Outcome | ''
  /** Only runs that were forecast. */
  readonly forecast: boolean
}

export const NO_FILTER: RunsFilter = { model: '', agent: '', repository: '', outcome: '', forecast: false }

/** A stored run beside its forecast. Null = not known. */
export interface RunRow {
  readonly id: string
  readonly href: string
  readonly startedAt: string | null
  readonly task: string | null
  readonly repository: string | null
  readonly agent: string | null
  readonly model: string | null
  readonly outcome: Outcome | null
  readonly wallSeconds: number | null
  /** Amounts are "at least". */
  readonly incomplete: boolean
  readonly totalTokens: Spent & Against
  readonly outputTokens: Spent & Against
  /** In dollars, for comparison; exact in `costUsd`. */
  readonly cost: Spent & Against
  readonly costUsd: string | null
  readonly costReason: string | null
  /** Null = none was made before it began. */
  readonly forecast: {
    readonly id: string
    readonly madeAt: string
    /** Where its JSON is; null = the service did not give it. */
    readonly href: string | null
  } | null
}

/** A job of runs that goes on. */
export interface LiveEntry {
  readonly id: string
  readonly state: 'queued' | 'running'
  /** When it was asked for, ISO 8601. */
  readonly askedAt: string
  readonly agent: string | null
  readonly model: string | null
  readonly task: string | null
  /** How long it has been going on; null = it has not begun. */
  readonly seconds: number | null
  /** Null = it has not begun. */
  readonly progress: LiveProgress | null
  /** Of all its runs together. */
  readonly limits: readonly LimitAsked[]
}

/** What it is allowed: dollars as a decimal for `usd`, else whole numbers. */
export interface LimitAsked {
  readonly of: 'usd' | 'totalTokens' | 'outputTokens' | 'calls' | 'seconds'
  readonly limit: string
}

/** A job that goes on, as it is shown. */
export interface LiveView extends LiveEntry {
  readonly href: string
  /** Where its events come from. */
  readonly eventsHref: string
}

/** The view of the page of runs. */
export function runsView(parts: {
  readonly about: PageAbout
  readonly filter: RunsFilter
  readonly live: readonly LiveEntry[]
  readonly runs: readonly LoggedRun[]
  /** The opaque cursor of the next page; null = there is none. */
  readonly cursor: string | null
  readonly isContinued: boolean
  readonly start?: RunFormView | null
  /** The cursor of this page; null = it is the first. */
  readonly at?: string | null
}): RunsView {
  const { about, filter, live, runs, cursor, isContinued, start = null, at = null } = parts
  const isAnswer = start !== null && start.errors.length > 0
  return {
    schema: 'page-runs/1',
    about,
    filter,
    live: live.map(liveView),
    runs: runs.map(runRow),
    start,
    nextHref: cursor === null ? null : `/runs?${queryOf(filter, { cursor })}`,
    isContinued,
    jsonHref: isAnswer ? null : `/runs?${queryOf(filter, { cursor: at ?? '', format: 'json' })}`,
  }
}

function queryOf(filter: RunsFilter, more: Readonly<Record<string, string>>): string {
  const asked = Object.entries({ ...filter, forecast: filter.forecast ? 'yes' : '', ...more })
  return new URLSearchParams(asked.filter(([, value]) => value !== '')).toString()
}

/** A stored run as it is shown. */
export function runRow(run: LoggedRun): RunRow {
  const { id, place, forecast, outcome, incomplete, costUsd } = run
  const estimate = forecast?.estimate ?? null
  const dollars = estimate?.costUsd ?? null
  const against = (actual: number | null, range: Estimate['totalTokens'] | null) => {
    const spent = { actual, p10: range?.p10 ?? null, p50: range?.p50 ?? null, p90: range?.p90 ?? null }
    return { ...spent, ...placed(spent, { outcome, incomplete }) }
  }
  return {
    id,
    href: ownPath('runs', id),
    startedAt: place.startedAt,
    task: run.task,
    repository: run.repository,
    agent: run.agent,
    model: run.model,
    outcome,
    wallSeconds: run.wallSeconds,
    incomplete,
    totalTokens: against(run.totalTokens, estimate?.totalTokens ?? null),
    outputTokens: against(run.outputTokens, estimate?.outputTokens ?? null),
    cost: against(costUsd === null ? null : Number(costUsd), dollars === null ? null : numbers(dollars)),
    costUsd,
    costReason: run.costReason,
    forecast: forecast === null ? null : forecastRow(forecast),
  }
}

const forecastRow = ({ id, madeAt, answer }: NonNullable<LoggedRun['forecast']>): RunRow['forecast'] => ({
  id,
  madeAt,
  href: answer === null ? null : ownPath('v1', 'estimates', answer),
})

const placed = (spent: Spent, ending: Parameters<typeof againstRange>[1]): Against =>
  spent.p10 === null ? { place: null, reason: null } : againstRange(spent, ending)

const numbers = ({
  mean,
  p10,
  p50,
  p80,
  p90,
}: NonNullable<Estimate['costUsd']>): Estimate['totalTokens'] => ({
  mean: Number(mean),
  p10: Number(p10),
  p50: Number(p50),
  p80: Number(p80),
  p90: Number(p90),
})

/** A job that goes on, as it is shown. */
export const liveView = (entry: LiveEntry): LiveView => ({
  ...entry,
  href: ownPath('runs', entry.id),
  eventsHref: ownPath('v1', 'runs', entry.id, 'events'),
})
