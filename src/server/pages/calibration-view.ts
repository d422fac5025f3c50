import type { Alarm } from '../../learn/alarm.ts'
import { newcombeDifference } from '../../metrics/newcombe.ts'
import { wilsonInterval } from '../../metrics/wilson.ts'
import { quantile } from '../../regress/quantile.ts'
import type { Calibration, CalibrationRow } from '../../store/read-calibration.ts'
import { type LeftOut, leftOut } from './against-range.ts'
import type { PageAbout } from './page.ts'

/** The page of calibration as data. What the page's JSON twin prints. */
export interface CalibrationView {
  readonly schema: 'page-calibration/1'
  readonly about: PageAbout
  /** Runs begun since, ISO 8601. */
  readonly since: string
  /** Only the newest were read. */
  readonly cut: boolean
  /** Runs that were forecast, counted or not. */
  readonly runs: number
  /** Forecast runs that say nothing on the forecast, by why. */
  readonly leftOut: readonly { readonly reason: LeftOut; readonly runs: number }[]
  /** Of total tokens. Null = no run counts. */
  readonly all: GroupView | null
  /** Of dollars, where both are known. */
  readonly cost: GroupView | null
  /** Oldest first, weeks without a run among them. */
  readonly weeks: readonly GroupView[]
  readonly models: readonly GroupView[]
  readonly repositories: readonly GroupView[]
  readonly drift: DriftView
  /** What somebody should look at. */
  readonly alarms: readonly Alarm[]
}

/** How well forecasts of some runs held. */
export interface GroupView {
  readonly name: string
  readonly runs: number
  readonly inside: number
  readonly below: number
  readonly above: number
  /** Share inside, with Wilson's 95 % interval; null = no run. */
  readonly coverage: { readonly estimate: number; readonly low: number; readonly high: number } | null
  /** The median of |log10(actual / forecast)|, as a factor: half of the runs are within it. */
  readonly error: number | null
  /** The median of actual / forecast. */
  readonly bias: number | null
}

/** Whether the newest weeks are unlike those before them. */
export interface DriftView {
  readonly kind: 'too-few' | 'steady' | 'worse' | 'better'
  /** In so many weeks. */
  readonly weeks: number
  readonly recent: GroupView
  readonly before: GroupView
  /** Coverage of late less that of before, with Newcombe's 95 % interval. */
  readonly difference: { readonly estimate: number; readonly low: number; readonly high: number } | null
}

const RECENT_WEEKS = 4
/** Fewer runs on a side tell nothing. */
const FEWEST = 20
const MOST_GROUPS = 20
const WEEK_MS = 7 * 86_400_000
/** 1970 began on a Thursday: weeks begin on Mondays. */
const MONDAY_MS = 4 * 86_400_000

/** The view of the page of calibration. */
export function calibrationView(parts: {
  readonly about: PageAbout
  readonly calibration: Calibration
  readonly since: string
  readonly alarms?: readonly Alarm[]
}): CalibrationView {
  const { about, calibration, since, alarms = [] } = parts
  const { rows, cut } = calibration
  const whys = rows.map((row) => leftOut(row.totalTokens, row))
  const kept = rows.filter((_, i) => whys[i] === null)
  const reasons = Map.groupBy(
    whys.filter((why) => why !== null),
    (why) => why,
  )
  const priced = kept.filter(({ costUsd: { actual, p10 } }) => actual !== null && p10 !== null && p10 > 0)
  return {
    schema: 'page-calibration/1',
    about,
    since,
    cut,
    runs: rows.length,
    leftOut: [...reasons].map(([reason, of]) => ({ reason, runs: of.length })),
    all: kept.length === 0 ? null : group('all runs', kept),
    cost: priced.length === 0 ? null : group('all runs, cost', priced, 'costUsd'),
    weeks: weeksOf(kept),
    models: groupsBy(kept, ({ agent, model }) => `${model} · ${agent}`),
    repositories: groupsBy(kept, ({ repository }) => repository ?? 'not recorded'),
    drift: driftOf(kept),
    alarms,
  }
}

function group(
  name: string,
  rows: readonly CalibrationRow[],
  quantity: 'totalTokens' | 'costUsd' = 'totalTokens',
): GroupView {
  let [inside, below, above] = [0, 0, 0]
  const logs: number[] = []
  for (const row of rows) {
    const { actual, p10, p50, p90 } = row[quantity]
    if (actual === null || p10 === null || p50 === null || p90 === null) continue
    if (actual < p10) below++
    else if (actual > p90) above++
    else inside++
    if (actual > 0 && p50 > 0) logs.push(Math.log10(actual / p50))
  }
  const runs = inside + below + above
  const middle = (values: readonly number[]) =>
    values.length === 0 ? null : 10 ** quantile(Float64Array.from(values), 0.5)
  return {
    name,
    runs,
    inside,
    below,
    above,
    coverage: runs === 0 ? null : { estimate: inside / runs, ...wilsonInterval(inside, runs) },
    error: middle(logs.map(Math.abs)),
    bias: middle(logs),
  }
}

/** The largest first. */
function groupsBy(
  rows: readonly CalibrationRow[],
  nameOf: (row: CalibrationRow) => string,
): readonly GroupView[] {
  const groups = [...Map.groupBy(rows, nameOf)].map(([name, own]) => group(name, own))
  return groups.sort((a, b) => b.runs - a.runs || (a.name < b.name ? -1 : 1)).slice(0, MOST_GROUPS)
}

const weekOf = ({ startedAt }: CalibrationRow): number =>
  Math.floor((Date.parse(startedAt) - MONDAY_MS) / WEEK_MS)

function weeksOf(rows: readonly CalibrationRow[]): readonly GroupView[] {
  const weeks = Map.groupBy(rows, weekOf)
  if (weeks.size === 0) return []
  const numbers = [...weeks.keys()]
  const [first, last] = [Math.min(...numbers), Math.max(...numbers)]
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const from = new Date((first + i) * WEEK_MS + MONDAY_MS).toISOString().slice(0, 10)
    return group(from, weeks.get(first + i) ?? [])
  })
}

/** The newest weeks that have runs in them or between them, against all before: worse or better where chance alone would seldom make such a difference. */
function driftOf(rows: readonly CalibrationRow[]): DriftView {
  const newest = rows.reduce((last, row) => Math.max(last, weekOf(row)), Number.NEGATIVE_INFINITY)
  const isRecent = (row: CalibrationRow) => weekOf(row) > newest - RECENT_WEEKS
  const recent = group(`the newest ${RECENT_WEEKS} weeks`, rows.filter(isRecent))
  const before = group(
    'before',
    rows.filter((row) => !isRecent(row)),
  )
  const sides = { weeks: RECENT_WEEKS, recent, before }
  if (recent.runs < FEWEST || before.runs < FEWEST) return { kind: 'too-few', ...sides, difference: null }
  const { estimate, low, high } = newcombeDifference(trialsOf(before), trialsOf(recent))
  const kind = high < 0 ? 'worse' : low > 0 ? 'better' : 'steady'
  return { kind, ...sides, difference: { estimate, low, high } }
}

const trialsOf = ({ inside, runs }: GroupView) => ({ successes: inside, trials: runs })
