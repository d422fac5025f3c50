import type { AttemptRecord } from '../../runner/attempt/attempt-record.ts'
import type { Outcome } from '../../trajectory/run.ts'
import { shortUsd } from '../../units.ts'
import { oneLine } from '../estimate-notes.ts'
import { shortTime } from '../run-bill-text.ts'
import { cut } from '../text-layout.ts'
import { type SpendForecast, sumOf } from './plan-run-document.ts'
import { OUTCOME_WORDS } from './plan-run-text.ts'

/** A plan while it is run. */
export interface LivePlan {
  readonly planned: number
  readonly records: readonly AttemptRecord[]
  readonly forecast: SpendForecast
  readonly running: readonly {
    readonly planned: string
    /** A decimal; null = not known. */
    readonly costUsd: string | null
    readonly seconds: number
  }[]
  /** Attempts that ended since this runner started, and how long that is. */
  readonly sinceStart: { readonly ended: number; readonly ms: number }
  readonly columns: number
}

/** More rows than this are not read. */
const MOST_RUNNING = 12

/** How a plan stands, in a few lines. */
export function planLiveText(plan: LivePlan): string {
  const { running, columns } = plan
  const rows = running.slice(0, MOST_RUNNING).map(({ planned, costUsd, seconds }) => {
    const cost = costUsd === null ? '' : `  ${shortUsd(Number(costUsd))}`
    return `  ${oneLine(planned)}  ${shortTime(seconds)}${cost}`
  })
  const more = running.length > MOST_RUNNING ? [`  and ${running.length - MOST_RUNNING} more`] : []
  return `${[countsLine(plan), spendLine(plan), ...rows, ...more].map((line) => cut(line, columns)).join('\n')}\n`
}

function countsLine({ planned, records, running }: LivePlan): string {
  const last = new Map(records.map((record) => [record.planned, record]))
  const ended = [...last.values()].filter(({ interrupted }) => !interrupted)
  const count = (outcome: Outcome): number => ended.filter((record) => record.outcome === outcome).length
  const told = (['resolved', 'failed', 'budget-exhausted', 'timed-out'] as const).filter(
    (outcome, i) => i < 2 || count(outcome) > 0,
  )
  const infra = records.filter(({ outcome, interrupted }) => outcome === 'infra-error' && !interrupted).length
  const parts = told.map((outcome) => `${count(outcome)} ${OUTCOME_WORDS[outcome]}`)
  return `${ended.length} of ${planned} done: ${parts.join(', ')} · ${infra} infra ${infra === 1 ? 'error' : 'errors'} · ${running.length} running`
}

function spendLine({ records, running, forecast, planned, sinceStart }: LivePlan): string {
  const past = sumOf(records).usd
  const now = running.map(({ costUsd }) => costUsd)
  const isKnown = past !== null && !now.includes(null)
  const spent = isKnown ? shortUsd(Number(past) + now.reduce((sum, usd) => sum + Number(usd), 0)) : 'unknown'
  const foreseen = forecast.usd === null ? '' : ` of ${shortUsd(forecast.usd.p50)} forecast`
  const left = planned - new Set(records.map((record) => record.planned)).size
  const perAttempt = sinceStart.ended === 0 ? null : sinceStart.ms / sinceStart.ended / 1000
  const time = perAttempt === null || left === 0 ? '' : ` · about ${shortTime(perAttempt * left)} left`
  return `spent ${spent}${foreseen}${time}`
}
