import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { bundlePlace } from '../forecast/bundle-place.ts'
import type { Settings } from '../settings.ts'
import { answerReader } from '../store/answers.ts'
import { idempotentReader } from '../store/idempotent.ts'
import { jobReader } from '../store/jobs.ts'
import { type Access, openAccess } from './auth/open-access.ts'
import { mountDashboard } from './dashboard/dashboard.ts'
import { openWatch } from './following/open-watch.ts'
import { openForecasting } from './forecasting/open-forecasting.ts'
import { remember } from './forecasting/remembered.ts'
import { forgetHourly } from './forget-hourly.ts'
import { type AppOptions, appOf } from './http/app.ts'
import { listen } from './http/listen.ts'
import { rateLimiter } from './http/rate-limit.ts'
import type { Jobs } from './jobs/open-jobs.ts'
import { type Turns, turns } from './jobs/turns.ts'
import type { Learning } from './learning/open-learning.ts'
import { tellTraining } from './learning/tell-training.ts'
import type { TrainingTold } from './learning/training-told.ts'
import { openGoing } from './open-going.ts'
import { openKept } from './open-kept.ts'
import type { ForecastPool } from './pool/open-forecast-pool.ts'
import { ROUTES } from './routes/routes.ts'
import type { ServiceContext } from './service-context.ts'
import type { Closing, ServiceOptions } from './service-options.ts'
import type { ServiceSettings } from './settings/service-settings.ts'
import type { ServiceLog } from './telemetry/log.ts'
import { type Observed, openTelemetry } from './telemetry/open-telemetry.ts'
import type { Writer } from './writer/writer.ts'

/** A service that answers. */
export interface Service {
  readonly url: string
  readonly requiresKey: boolean
  /** Takes nothing new, finishes what is being answered, and keeps what goes on. */
  readonly close: () => Promise<void>
}

/** Requests that are being answered are waited for so long. */
const GRACE_MS = 10_000
/** Of forecasts that were asked for lately. */
const MOST_REMEMBERED_CHARS = 16_000_000
/** So many imports and reports wait for their turn. */
const MOST_IMPORTS = 50
const MOST_REPORTS = 10

/**
 * Opens the service, piece by piece; what is open is closed again where a later piece cannot be opened.
 * @throws KnownError store-*, bundle-*, prices-malformed, service-*, bad-setting
 */
export async function openService(options: ServiceOptions): Promise<Service> {
  const ends: (() => unknown)[] = []
  const close = async (): Promise<void> => {
    for (let end = ends.pop(); end !== undefined; end = ends.pop()) await end()
  }
  try {
    return { ...(await assemble(options, (end) => void ends.push(end))), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function assemble(options: ServiceOptions, closing: Closing): Promise<Omit<Service, 'close'>> {
  const { service, resumes } = options
  const parts = await openParts(options, closing)
  const { context, access, going, learning, state, uploads } = parts
  const app = appOf(ROUTES, appOptions(parts, service))
  const { host, port, limits } = service
  const listening = await listen(app, { host, port, mostConnections: limits.connections })
  closing(() => rm(uploads, { recursive: true, force: true }))
  closing(async () => {
    state.isClosing = true
    going.listeners.wake()
    await listening.close(GRACE_MS)
  })
  if (resumes) {
    await going.resume()
    learning.begin()
  }
  forgetHourly(context, service, closing)
  return { url: listening.url, requiresKey: access.requiresKey }
}

/** How the service stands. */
interface State {
  isClosing: boolean
}

/** Who is told what nobody asked about. */
interface Told {
  warn: ServiceLog['warn']
  training: (told: TrainingTold) => void
}

interface Parts {
  readonly context: ServiceContext
  readonly access: Access
  readonly observed: Observed
  readonly going: Jobs
  readonly learning: Learning
  readonly state: State
  readonly uploads: string
}

async function openParts(options: ServiceOptions, closing: Closing): Promise<Parts> {
  const { app, settings, service, version, command } = options
  const { cwd, env, now: nowMs } = app
  // What goes wrong before there is a log is told by what it is thrown into.
  const told: Told = { warn: () => {}, training: () => {} }
  const onTrouble = (message: string): void => told.warn('trouble', { message })
  const database = resolve(cwd, settings.db.value)
  const kept = await openKept(database, options.resumes, closing)
  const { store, writer, folder } = kept
  const forecasting = await openForecasting(options, { folder, onTrouble }, closing)
  const { held, pool, repositories } = forecasting
  const watch = await openWatch(
    { held, settings, service, database, folder, isSending: options.resumes, nowMs, onTrouble },
    closing,
  )
  const reload = async (): Promise<string> => {
    const id = await forecasting.reload()
    await watch.followRuns()
    return id
  }
  const jobs = jobReader(store)
  const models = bundlePlace(cwd, settings.models)
  const storeOptions = storeOptionsOf(settings, database)
  const program = { command, cwd, env }
  const onTraining: Told['training'] = (training) => told.training(training)
  const parts = { kept, database, storeOptions, program, models, forecasting, read: jobs, onTraining }
  const { jobs: going, learning } = await openGoing(options, { ...parts, onTrouble }, closing)
  const imports = turns({ atOnce: 1, mostWaiting: MOST_IMPORTS })
  const reports = turns({ atOnce: 1, mostWaiting: MOST_REPORTS })
  const queues = queuesOf({ pool, going, imports, reports, writer })
  const watched = { calibrations: () => held.now().calibrations, alarms: watch.alarms.now }
  const observed = await openTelemetry({
    ...{ store, service, env, version, nowMs, write: app.note, queues, watched },
    learning: () => {
      const { id, sinceMs } = held.now()
      return { bundle: id, sinceMs, nowMs: nowMs(), ...learning.facts() }
    },
  })
  closing(observed.close)
  told.warn = observed.log.warn
  told.training = (training) => tellTraining(observed, training)
  const onFailure = (error: unknown): void =>
    onTrouble(error instanceof Error ? error.message : String(error))
  const access = openAccess({ store, service, nowMs, onFailure })
  closing(access.close)
  const state: State = { isClosing: false }
  const context: ServiceContext = {
    ...{ store, jobs, writer, pool, repositories, version, models, program, storeOptions, imports, reports },
    ...{ runs: going.runs, trainings: going.trainings, listeners: going.listeners },
    ...{ newRuns: learning.newRuns, reload },
    ...{ metrics: observed.metrics, tracing: observed.tracing, nowMs, inForce: held.now },
    ...watch,
    answers: answerReader(store),
    idempotents: idempotentReader(store),
    remembered: remember(held.now, nowMs, { mostChars: MOST_REMEMBERED_CHARS }),
    registered: Object.keys(service.repositories.registered),
    agent: settings.agent.value,
    mostIssueBytes: service.limits.issueBytes,
    isClosing: () => state.isClosing,
  }
  return { context, access, observed, going, learning, state, uploads: join(folder, 'uploads', randomUUID()) }
}

interface Queues {
  readonly pool: ForecastPool
  readonly going: Jobs
  readonly imports: Turns
  readonly reports: Turns
  readonly writer: Writer
}

/** How many wait, by the names that the metrics tell. */
const queuesOf = ({ pool, going, imports, reports, writer }: Queues) => ({
  forecasts: () => pool.waiting(),
  runs: () => going.runs?.queue.waiting() ?? 0,
  trainings: () => going.trainings.waiting(),
  imports: imports.waiting,
  reports: reports.waiting,
  writes: writer.waiting,
})

/** What names the store and the prices to this program, when it is started once more. */
const storeOptionsOf = ({ prices }: Settings, database: string): readonly string[] => [
  `--db=${database}`,
  ...(prices.value === null ? [] : [`--prices=${prices.value}`]),
]

function appOptions({ context, access, observed, uploads }: Parts, service: ServiceSettings): AppOptions {
  const { limits, trustProxy } = service
  const timeoutMs = limits.requestTimeoutSeconds * 1000
  const options: AppOptions = {
    context,
    limits: { bodyBytes: limits.bodyBytes, bodyTimeoutMs: timeoutMs, answerMs: timeoutMs },
    uploads: { folder: uploads, mostBytes: limits.uploadBytes, mostAtOnce: MOST_IMPORTS + 1 },
    authenticate: access.authenticate,
    admit: rateLimiter(limits.requestsPerMinute),
    begin: observed.telemetry.begin,
    trustProxy,
    onAnswer(told) {
      observed.telemetry.answered(told)
      access.note(told)
    },
    onBug: observed.telemetry.bug,
    mount: (app) => mountDashboard(app, { ...options, authenticator: access.authenticator }),
  }
  return options
}
