import { KnownError } from '../../errors.ts'
import { readLoggedRun, readRunLog } from '../../store/read-run-log.ts'
import { ALL_RUNS, findRuns } from '../../store/read-runs.ts'
import { OUTCOMES, type Outcome } from '../../trajectory/run.ts'
import { isAllowed } from '../auth/principal.ts'
import { cursorOf } from '../http/cursor.ts'
import { runPage } from '../pages/run-page.ts'
import { runView } from '../pages/run-view.ts'
import { runsPage } from '../pages/runs-page.ts'
import { type RunsFilter, runsView } from '../pages/runs-view.ts'
import { placeIn } from '../routes/run-place.ts'
import { runJob } from '../routes/runs.ts'
import type { AskedPage, PageAnswer } from './asked-page.ts'
import { goesOn, liveEntry } from './live-entry.ts'

const PAGE = 50

/** `GET /runs`: actual against range, and what goes on. */
export function runsLog({ context, about, query }: AskedPage): PageAnswer {
  const filter = filterOf(query)
  const cursor = query.get('cursor') ?? undefined
  const exactly = (name: string): string | null => (name === '' ? null : name.replace(/[*?[]/g, '[$&]'))
  const { runs, next } = readRunLog(context.store, {
    filter: {
      ...ALL_RUNS,
      model: exactly(filter.model),
      agent: exactly(filter.agent),
      repository: exactly(filter.repository),
      outcome: filter.outcome === '' ? null : filter.outcome,
    },
    forecastOnly: filter.forecast,
    after: placeIn(cursor),
    limit: PAGE,
  })
  const isFirst = cursor === undefined
  const view = runsView({
    ...{ about, filter, runs, isContinued: !isFirst },
    live: isFirst
      ? context.jobs
          .open('run')
          .toReversed()
          .map((job) => liveEntry(context, job))
      : [],
    cursor: cursorOf(next === null ? null : [next.startedAt, next.row]),
  })
  return { status: 200, view, page: runsPage(view) }
}

function filterOf(query: URLSearchParams): RunsFilter {
  const outcome = query.get('outcome') ?? ''
  const name = (key: string): string => (query.get(key) ?? '').trim().slice(0, 200)
  return {
    model: name('model'),
    agent: name('agent'),
    repository: name('repository'),
    outcome: OUTCOMES.includes(outcome as Outcome) ? (outcome as Outcome) : '',
    forecast: query.get('forecast') === 'yes',
  }
}

/** `GET /runs/{id}`: one that goes on, or one of the store; one that was started here and has ended is the one it became. */
export function oneRunPage({ context, about, principal, id }: AskedPage): PageAnswer {
  const job = runJob(context, id)
  if (job !== null && goesOn(job)) {
    const mayCancel = isAllowed(principal, 'run')
    const view = runView({ about, id, stored: null, live: liveEntry(context, job), mayCancel })
    return { status: 200, view, page: runPage(view) }
  }
  if (job !== null) {
    const [kept] = keptRuns(job.answer)
    if (kept === undefined) throw endedWithout(id, job.failure)
    return { goTo: `/runs/${encodeURIComponent(kept)}` }
  }
  const [run, another] = findRuns(context.store, id)
  const logged = run === undefined ? null : readLoggedRun(context.store, run.id)
  if (run === undefined || another !== undefined || logged === null) throw new KnownError('run-not-found', id)
  const view = runView({ about, id: run.id, stored: { run, logged }, live: null, mayCancel: false })
  return { status: 200, view, page: runPage(view) }
}

/** The runs of the store that a job made. */
function keptRuns(answer: unknown): readonly string[] {
  const { results = [] } = (answer ?? {}) as { readonly results?: readonly { readonly run: string | null }[] }
  return results.flatMap(({ run }) => run ?? [])
}

function endedWithout(id: string, failure: unknown): KnownError {
  const { detail, fix } = (failure ?? {}) as { readonly detail?: string; readonly fix?: string }
  return new KnownError(
    'run-not-found',
    detail === undefined ? `${id} ended before anything was run` : `${id} failed: ${detail}`,
    fix === undefined ? {} : { fix },
  )
}

/** `POST /runs/{id}/cancel`. */
export function cancelRunForm({ context, principal, id }: AskedPage): PageAnswer {
  if (!isAllowed(principal, 'run')) throw new KnownError('scope-missing', '"run" is needed')
  const job = runJob(context, id)
  if (job === null) throw new KnownError('run-not-found', id)
  if (context.runs?.queue.cancel(id) !== true) throw new KnownError('job-ended', `${id} is ${job.state}`)
  return { goTo: '/runs' }
}
