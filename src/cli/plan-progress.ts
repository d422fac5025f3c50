import type { App } from '../app.ts'
import { liveRun } from '../gateway/runs/live.ts'
import type { RunRegistry } from '../gateway/runs/run-registry.ts'
import { planLiveText } from '../report/plan-run/plan-live-text.ts'
import type { SpendForecast } from '../report/plan-run/plan-run-document.ts'
import { endedLine } from '../report/plan-run/plan-run-text.ts'
import type { AttemptRecord } from '../runner/attempt/attempt-record.ts'
import type { BegunAttempt } from '../runner/plan-journal.ts'
import { showSafely } from './escape.ts'
import { liveScreen } from './live-screen.ts'
import type { PreparedPlan } from './prepare-plan.ts'

/** Shows how a plan goes on: a screen that changes on a terminal, elsewhere a line for each run that ended. */
export interface PlanProgress {
  readonly began: (attempt: BegunAttempt) => void
  readonly ended: (record: AttemptRecord, retried: boolean) => void
  readonly end: () => void
}

interface Shown {
  readonly prepared: PreparedPlan
  readonly forecast: SpendForecast
  /** Of the plan so far; grows. */
  readonly records: readonly AttemptRecord[]
  readonly registry: RunRegistry
}

const EVERY_MS = 500

export function planProgress(app: App, { prepared, forecast, records, registry }: Shown): PlanProgress {
  const running = new Map<string, BegunAttempt>()
  const screen = liveScreen(app.note, app.stderrIsTty)
  const startMs = app.now()
  const before = records.length
  const show = (): void => {
    const live = new Map(registry.runs().map((run) => [run.meta.id, run]))
    const nowMs = app.now()
    screen.show(
      planLiveText({
        ...{ planned: prepared.runs.length, records, forecast, columns: app.columns },
        sinceStart: { ended: records.length - before, ms: nowMs - startMs },
        running: [...running.values()].map(({ planned, run, startedAt }) => {
          const found = live.get(run)
          const costUsd = found === undefined ? null : liveRun(found, nowMs).costUsd
          return { planned, costUsd, seconds: (nowMs - Date.parse(startedAt)) / 1000 }
        }),
      }),
    )
  }
  const timer = app.stderrIsTty ? setInterval(show, EVERY_MS) : undefined
  const interrupted = (): void =>
    app.note('\nnothing further is started; what runs is awaited and recorded (Ctrl-C again ends it)\n')
  const killed = (): void => app.note('\nwhat runs is ended, and recorded as interrupted\n')
  app.signal.addEventListener('abort', interrupted, { once: true })
  app.kill.addEventListener('abort', killed, { once: true })
  return {
    began: ({ id, ...attempt }) => void running.set(id, { id, ...attempt }),
    ended(record, retried) {
      running.delete(record.id)
      if (app.stderrIsTty) return show()
      const ended = new Set(records.filter(({ interrupted }) => !interrupted).map(({ planned }) => planned))
        .size
      const place = `${ended}/${prepared.runs.length}`
      app.note(showSafely(`${endedLine(record, place)}${retried ? ', tried again' : ''}\n`))
    },
    end() {
      clearInterval(timer)
      app.signal.removeEventListener('abort', interrupted)
      app.kill.removeEventListener('abort', killed)
      if (app.stderrIsTty) app.note('\n')
    },
  }
}
