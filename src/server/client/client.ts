import type { Asking, ClientOptions, Doing, Named, TrajectoryBody } from './asking.ts'
import { type Call, call, type Place, segment, type Value } from './call.ts'
import type {
  Estimate,
  EstimateFilter,
  EstimatePage,
  EstimateRequest,
  Import,
  Models,
  Prices,
  Promotion,
  PromotionRequest,
  Readiness,
  Report,
  ReportName,
  ReportRequest,
  RollbackRequest,
  RunFilter,
  RunJob,
  RunPage,
  RunRequest,
  StoredRun,
  TrainingJob,
  TrainingRequest,
  Verdict,
  VerdictRequest,
} from './documents.ts'
import { followRun } from './follow-run.ts'

export type * from './asking.ts'
export type * from './documents.ts'
export type { RunEvent } from './follow-run.ts'
export { ProblemError } from './problem-error.ts'

/** A client of the service. Every method throws a `ProblemError` where the service refuses. */
export type Client = ReturnType<typeof createClient>

/**
 * A client of the service at `url`. It needs a platform with `fetch`: a browser, or Node.
 *
 * @example
 * import { createClient, ProblemError } from 'foretoken/client'
 *
 * const foretoken = createClient('http://127.0.0.1:4142')
 * try {
 *   const { forecasts } = await foretoken.estimate({ issue: { title: 'Crash on empty input' }, models: ['gpt-5'] })
 *   console.log(forecasts[0]?.costUsd?.p90 ?? forecasts[0]?.costReason)
 * } catch (error) {
 *   if (!(error instanceof ProblemError)) throw error
 *   console.error(error.message, error.requestId)
 * }
 */
// One list, as long as the service has operations.
export function createClient(url: string | URL, options: ClientOptions = {}) {
  const place = placeOf(url, options)
  const get = <T>(path: string, query: Call['query'] = {}, { signal }: Asking = {}): Promise<T> =>
    call(place, { method: 'GET', path, query, signal, isRepeatable: true }, json<T>)
  const post = <T>(path: string, body: object, doing: Doing = {}): Promise<T> =>
    call(
      place,
      { ...posted(path, doing, 'application/json'), body: JSON.stringify(body), isRepeatable: true },
      json<T>,
    )
  return {
    /** Forecasts what an agent will spend on an issue. */
    estimate: (asked: EstimateRequest, doing?: Doing) => post<Estimate>('v1/estimates', asked, doing),
    /** An estimate that was made. */
    getEstimate: (id: string, asking?: Asking) => get<Estimate>(`v1/estimates/${segment(id)}`, {}, asking),
    /** The estimates that were made, the newest first, page by page. */
    estimates: (filter: EstimateFilter = {}, asking?: Asking) =>
      pages((cursor) => get<EstimatePage>('v1/estimates', { ...filter, cursor }, asking)),
    /** Holds forecasts of tasks against a budget. */
    verdict: (asked: VerdictRequest, doing?: Doing) => post<Verdict>('v1/verdicts', asked, doing),
    /** Has an agent run on a task that is registered on the service. */
    startRun: (asked: RunRequest, doing?: Doing) => post<RunJob>('v1/runs', asked, doing),
    /** A run that was started on the service, or one of its store. */
    run: (id: string, asking?: Asking) => get<RunJob | StoredRun>(`v1/runs/${segment(id)}`, {}, asking),
    /** The runs of the store, the newest first, page by page. */
    runs: (filter: RunFilter = {}, asking?: Asking) =>
      pages((cursor) => get<RunPage>('v1/runs', { ...filter, cursor }, asking)),
    /** What happens in a run that was started on the service, from its beginning or behind an event, to its end. */
    events: (id: string, { after = 0, signal }: Asking & { readonly after?: number } = {}) =>
      followRun(place, { id, after, signal }),
    /** Ends a run that was started on the service. */
    cancelRun: (id: string, { signal }: Asking = {}): Promise<RunJob> =>
      call(
        place,
        { method: 'DELETE', path: `v1/runs/${segment(id)}`, signal, isRepeatable: false },
        json<RunJob>,
      ),
    /** Takes in runs from a trajectory or log. A stream is sent once, whatever happens. */
    importTrajectory: (body: TrajectoryBody, { name, type, ...doing }: Named = {}): Promise<Import> =>
      call(
        place,
        {
          ...posted('v1/trajectories', doing, type ?? 'application/octet-stream'),
          ...{ query: { name }, body, isRepeatable: !(body instanceof ReadableStream) },
        },
        json<Import>,
      ),
    /** What agents spend, with error bars: JSON, or the text of the form that is asked for. */
    report: <const Format extends ReportRequest['format'] = 'json'>(
      name: ReportName,
      asked: ReportRequest & { readonly format?: Format } = {},
      { signal }: Asking = {},
    ): Promise<Report<Format>> =>
      call(
        place,
        { method: 'GET', path: `v1/reports/${segment(name)}`, query: asked, signal, isRepeatable: true },
        async (response) => {
          const isJson = asked.format === undefined || asked.format === 'json'
          return (isJson ? await response.json() : await response.text()) as Report<Format>
        },
      ),
    /** The bundle that forecasts, and the agents and models it knows. */
    models: (asking?: Asking) => get<Models>('v1/models', {}, asking),
    /** Puts a bundle in force. */
    promote: (id: string, asked: PromotionRequest = {}, doing?: Doing) =>
      post<Promotion>(`v1/models/${segment(id)}/promote`, asked, doing),
    /** Puts the bundle before in force again; done twice, it goes back two. */
    rollBack: (asked: RollbackRequest = {}, doing?: Doing) =>
      post<Promotion>('v1/models/rollback', asked, doing),
    /** The prices in force, of all models that the bundle knows or of one. */
    prices: (asked: { readonly model?: string } = {}, asking?: Asking) =>
      get<Prices>('v1/prices', asked, asking),
    /** Has a bundle made. */
    train: (asked: TrainingRequest, doing?: Doing) => post<TrainingJob>('v1/trainings', asked, doing),
    /** How a training stands. */
    training: (id: string, asking?: Asking) => get<TrainingJob>(`v1/trainings/${segment(id)}`, {}, asking),
    /** Whether the process answers. */
    health: (asking?: Asking) => get<{ readonly status: 'ok' }>('healthz', {}, asking),
    /** Whether an estimate would be answered and kept now; it is asked once. */
    ready: ({ signal }: Asking = {}): Promise<Readiness> =>
      call(
        place,
        { method: 'GET', path: 'readyz', signal, isRepeatable: false, isAnswer: isReadiness },
        json<Readiness>,
      ),
    /** What the service counts, in the text format of Prometheus. */
    metrics: ({ signal }: Asking = {}): Promise<string> =>
      call(place, { method: 'GET', path: 'metrics', signal, isRepeatable: true }, (response) =>
        response.text(),
      ),
    /** The OpenAPI document. */
    openApi: (asking?: Asking) => get<Readonly<Record<string, unknown>>>('openapi.json', {}, asking),
  }
}

function placeOf(url: string | URL, options: ClientOptions): Place {
  const base = new URL(url)
  if (!base.pathname.endsWith('/')) base.pathname += '/'
  return {
    base,
    key: options.key ?? null,
    fetch: options.fetch ?? fetch,
    patience: { retries: options.retries ?? 3, mostWaitMs: options.mostWaitMs ?? 60_000 },
  }
}

/** With a key, so that it may be sent again. */
const posted = (path: string, { idempotencyKey, signal }: Doing, type: string) => ({
  ...{ method: 'POST' as const, path, signal },
  headers: { 'Content-Type': type, 'Idempotency-Key': idempotencyKey ?? ownKey() },
})

/** Of 128 random bits; `randomUUID` is not there on pages that came by http. */
const ownKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  )

const json = async <T>(response: Response): Promise<T> => (await response.json()) as T

const isReadiness = ({ status, headers }: Response): boolean =>
  status === 503 && /^application\/json\b/.test(headers.get('content-type') ?? '')

/** Every page, each by the cursor of the one before. */
async function* pages<P extends { readonly next: string | null }>(
  page: (cursor: Value) => Promise<P>,
): AsyncGenerator<P, void, void> {
  let cursor: string | null = null
  do {
    const got: P = await page(cursor)
    yield got
    cursor = got.next
  } while (cursor !== null)
}
