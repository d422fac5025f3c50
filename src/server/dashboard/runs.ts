import { KnownError } from '../../errors.ts'
import type { Job } from '../../store/jobs.ts'
import { readLoggedRun, readRunLog } from '../../store/read-run-log.ts'
import { ALL_RUNS, findRuns } from '../../store/read-runs.ts'
import { OUTCOMES, type Outcome } from '../../trajectory/run.ts'
import { isAllowed } from '../auth/principal.ts'
import { cursorOf } from '../http/cursor.ts'
import { EMPTY_RUN, type RunFormView } from '../pages/run-input.ts'
import { runPage } from '../pages/run-page.ts'
import { type EndedJob, runView } from '../pages/run-view.ts'
import { runsPage } from '../pages/runs-page.ts'
import { type RunsFilter, runsView } from '../pages/runs-view.ts'
import { placeIn } from '../routes/run-place.ts'
import { runJob } from '../routes/runs.ts'
import type { RunAsked } from '../schemas/run-asked.ts'
import type { ServiceContext } from '../service-context.ts'
import type { AskedPage, PageAnswer } from './asked-page.ts'
import { goesOn, liveEntry } from './live-entry.ts'

const PAGE = 50

/** `GET /runs`: actual against range, and what goes on. @param sent the form that starts a run, with what is wrong in it */
export function runsLog(
  { context, about, query, principal }: AskedPage,
  sent: Pick<RunFormView, 'input' | 'errors'> = { input: EMPTY_RUN, errors: [] },
): PageAnswer {
  const filter = filterOf(query)
  const cursor = query.get('cursor') ?? undefined
  const { runs, next } = readRunLog(context.store, {
    filter: {
      ...ALL_RUNS,
      model: likeThat(filter.model),
      agent: likeThat(filter.agent),
      repository: likeThat(filter.repository),
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
    at: cursor ?? null,
    start: isAllowed(principal, 'run') ? startForm(context, sent) : null,
  })
  return { status: sent.errors.length === 0 ? 200 : 422, view, page: runsPage(view) }
}

/** `*` stands for any characters, and nothing else for anything but itself. */
const likeThat = (name: string): string | null => (name === '' ? null : name.replace(/[?[]/g, '[$&]'))

function startForm(
  { runs, inForce }: ServiceContext,
  sent: Pick<RunFormView, 'input' | 'errors'>,
): RunFormView | null {
  if (runs === null) return null
  const { tasks, agents, isReplayed } = runs
  const models = [...new Set(inForce().forecaster.bundle.pairs.map(({ model }) => model))].sort()
  return { ...sent, choices: { tasks, agents, models, isReplayed } }
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
    const [kept, another] = keptRuns(job.answer)
    if (kept !== undefined && another === undefined) return { goTo: `/runs/${encodeURIComponent(kept)}` }
    const view = runView({
      about,
      id,
      stored: null,
      live: null,
      ended: endedJob(context, job),
      mayCancel: false,
    })
    return { status: 200, view, page: runPage(view) }
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

/** A job that made no run, or several. */
function endedJob({ store }: ServiceContext, { state, asked, answer, failure }: Job): EndedJob {
  const { task, agent, model } = asked as RunAsked
  return {
    ...{ state, task, model, agent: agent ?? 'builtin' },
    failure: (failure ?? null) as EndedJob['failure'],
    runs: keptRuns(answer).flatMap((id) => readLoggedRun(store, id) ?? []),
  }
}

/** `POST /runs/{id}/cancel`. */
export function cancelRunForm({ context, principal, id }: AskedPage): PageAnswer {
  if (!isAllowed(principal, 'run')) throw new KnownError('scope-missing', '"run" is needed')
  const job = runJob(context, id)
  if (job === null) throw new KnownError('run-not-found', id)
  if (context.runs?.queue.cancel(id) !== true) throw new KnownError('job-ended', `${id} is ${job.state}`)
  return { goTo: '/runs' }
}
