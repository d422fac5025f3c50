import type { App } from '../app.ts'
import { liveRun } from '../gateway/runs/live.ts'
import type { RunRegistry } from '../gateway/runs/run-registry.ts'
import type { PlanRunDocument, SpendForecast } from '../report/plan-run/plan-run-document.ts'
import type { AttemptRecord } from '../runner/attempt/attempt-record.ts'
import type { PlanProgress } from './plan-progress.ts'
import type { PreparedPlan } from './prepare-plan.ts'

/** What happens while a plan goes on, for programs: a line of `run --format jsonl` each. */
export type PlanEvent =
  | {
      readonly event: 'planned'
      readonly plan: string
      readonly runs: readonly string[]
      readonly forecast: SpendForecast
    }
  | {
      readonly event: 'began'
      readonly planned: string
      /** In the store, once it has ended. */
      readonly run: string
      readonly attempt: number
    }
  | { readonly event: 'spend'; readonly runs: readonly RunSpend[] }
  | ({ readonly event: 'ended'; readonly retried: boolean } & Pick<
      AttemptRecord,
      'planned' | 'run' | 'outcome' | 'infraReason' | 'spent'
    >)
  | { readonly event: 'done'; readonly document: PlanRunDocument }

/** What a run has spent so far. */
export interface RunSpend {
  readonly run: string
  readonly planned: string
  readonly seconds: number
  readonly calls: number
  readonly totalTokens: number
  readonly outputTokens: number
  /** Some calls told less than they used. */
  readonly atLeast: boolean
  /** A decimal; null = a price is not known. */
  readonly costUsd: string | null
}

const EVERY_MS = 1000

/** Prints an event as a line. */
export const tellEvent = (app: Pick<App, 'print' | 'now'>, event: PlanEvent): void =>
  app.print(
    `${JSON.stringify({ schema: 'plan-event/1', at: new Date(app.now()).toISOString(), ...event })}\n`,
  )

/** Tells how a plan goes on in events; what was spent each second in which it has changed. */
export function planEvents(app: App, { registry }: { readonly registry: RunRegistry }): PlanProgress {
  const running = new Map<string, { readonly planned: string; readonly run: string }>()
  let last = ''
  const spend = (): void => {
    const live = new Map(registry.runs().map((run) => [run.meta.id, run]))
    const runs = [...running.values()].flatMap(({ planned, run }): RunSpend[] => {
      const found = live.get(run)
      if (found === undefined) return []
      const { seconds, calls, tokens, costUsd } = liveRun(found, app.now())
      const { total, output } = tokens
      const counts = { calls: calls.amount, totalTokens: total.amount, outputTokens: output.amount }
      return [{ run, planned, seconds, ...counts, atLeast: total.atLeast || output.atLeast, costUsd }]
    })
    const spent = JSON.stringify(runs.map(({ seconds, ...rest }) => rest))
    if (spent === last || runs.length === 0) return
    last = spent
    tellEvent(app, { event: 'spend', runs })
  }
  const timer = setInterval(spend, EVERY_MS)
  return {
    began({ id, planned, run, place }) {
      running.set(id, { planned, run })
      tellEvent(app, { event: 'began', planned, run, attempt: place })
    },
    ended({ id, planned, run, outcome, infraReason, spent }, retried) {
      running.delete(id)
      tellEvent(app, { event: 'ended', planned, run, outcome, infraReason, spent, retried })
    },
    end: () => clearInterval(timer),
  }
}

/** What is told before anything is started. */
export const plannedEvent = ({ id, runs }: PreparedPlan, forecast: SpendForecast): PlanEvent => ({
  event: 'planned',
  plan: id,
  runs: runs.map(({ key }) => key),
  forecast,
})
