import { iccOf } from '../../metrics/icc.ts'
import type { Plan } from '../../runner/plan.ts'
import { attempt } from '../cells.ts'
import type { Subject } from '../subject.ts'
import { agreementOf } from './agreement.ts'
import type { PlannedForecast } from './knowledge.ts'
import type { Family, PlannedSystem } from './planned.ts'
import { type Recorded, type Rows, recordedOf } from './recorded.ts'

/** A figure that a plan is judged by, and where it comes from. */
export interface Assumed {
  readonly value: number
  readonly basis: 'runs' | 'forecast' | 'plan' | 'guess'
  /** For the reader: `240 runs of 80 tasks`. */
  readonly from: string
}

/** How the runs of a system are taken to end. */
export interface Outlook {
  readonly system: PlannedSystem
  readonly recorded: Recorded
  readonly rate: Assumed
  /** ICC of outcomes. */
  readonly consistency: Assumed
  /** Null: nothing tells of it. */
  readonly infra: Assumed | null
}

/** A rate of fewer runs, or of fewer tasks, is worth less than a guess. */
const FEWEST_RUNS = 20
const FEWEST_TASKS = 5
/** Repeats beyond the first run of each task, for the ICC. */
const FEWEST_REPEATS = 20
/** Repeats that all ended alike so far need not always. */
const HIGHEST_ICC = 0.95

/** Nothing says more of an agent, a model and tasks that are not known. */
const GUESSED_RATE: Assumed = { value: 0.5, basis: 'guess', from: 'a guess' }
/** The median of 17 systems with repeats on SWE-bench Lite, Terminal-Bench and others is .69. */
const GUESSED_ICC: Assumed = { value: 0.6, basis: 'guess', from: 'a guess' }
/** The median of 78 pairs of systems on Terminal-Bench, five runs a task, is .68. */
const GUESSED_AGREEMENT: Assumed = { value: 0.7, basis: 'guess', from: 'a guess' }
/** The same agent and model under other resources, or again: every task is affected alike. */
const SAME_SYSTEM: Assumed = { value: 1, basis: 'guess', from: 'the same system' }

/** Of recorded runs first, then of forecasts, then as the plan says, then a guess. */
export function outlookOf(
  { assume }: Plan,
  system: PlannedSystem,
  { subject, forecasts }: { readonly subject: Subject; readonly forecasts: readonly PlannedForecast[] },
): Outlook {
  const recorded = recordedOf(subject, system)
  const said = (value: number | null): Assumed | null =>
    value === null ? null : { value, basis: 'plan', from: 'the plan' }
  return {
    system,
    recorded,
    rate:
      recordedRate(recorded.resolved) ??
      forecastRate(forecasts) ??
      said(assume.resolutionRate) ??
      GUESSED_RATE,
    consistency: recordedIcc(recorded.resolved) ?? said(assume.consistency) ?? GUESSED_ICC,
    infra: recordedRate(recorded.infra) ?? said(assume.infraErrorRate),
  }
}

/** How far what is hard for one arm is hard for the others: the mean over pairs of systems. */
export function agreementIn(family: Family, outlooks: readonly Outlook[]): Assumed {
  const members = outlooks.filter(({ system }) => family.systems.some(({ name }) => name === system.name))
  if (members.length < 2) return SAME_SYSTEM
  const pairs = members.flatMap((a, i) => members.slice(i + 1).map((b) => [a, b] as const))
  const known = pairs.flatMap(([a, b]) => agreementOf(a.recorded.resolved, b.recorded.resolved) ?? [])
  if (known.length === 0) return GUESSED_AGREEMENT
  const value = known.reduce((sum, each) => sum + each, 0) / known.length
  const from = known.length === 1 ? 'the tasks both ran' : `tasks of ${known.length} pairs`
  return { value, basis: 'runs', from }
}

/** Whether there are runs enough to go by. */
export const isTold = ({ values, codes }: Rows): boolean =>
  values.length >= FEWEST_RUNS && new Set(codes).size >= FEWEST_TASKS

/** `240 runs of 80 tasks`. */
export const runsSaid = ({ values, codes }: Rows): string => {
  const count = (value: number) => value.toLocaleString('en-US')
  return `${count(values.length)} runs of ${count(new Set(codes).size)} tasks`
}

/** `3 forecasts`. */
export const issuesForecast = (issues: number): string =>
  issues === 1 ? 'a forecast' : `${issues} forecasts`

function recordedRate(rows: Rows): Assumed | null {
  if (!isTold(rows)) return null
  const value = rows.values.reduce((sum, one) => sum + one, 0) / rows.values.length
  return { value, basis: 'runs', from: runsSaid(rows) }
}

function forecastRate(forecasts: readonly PlannedForecast[]): Assumed | null {
  const told = forecasts.flatMap(({ resolved }) => resolved ?? [])
  if (told.length === 0) return null
  const value = told.reduce((sum, one) => sum + one, 0) / told.length
  return {
    value,
    basis: 'forecast',
    from: issuesForecast(told.length),
  }
}

function recordedIcc(rows: Rows): Assumed | null {
  const tasks = new Set(rows.codes).size
  if (!isTold(rows) || rows.values.length - tasks < FEWEST_REPEATS) return null
  const found = attempt(() => iccOf(rows.values, rows.codes).estimate)
  if (typeof found !== 'number') return null
  return { value: Math.min(HIGHEST_ICC, Math.max(0, found)), basis: 'runs', from: runsSaid(rows) }
}
