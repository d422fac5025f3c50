import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { App } from '../app.ts'
import type { Settings } from '../settings.ts'
import { answerReader } from '../store/answers.ts'
import { holdAlone } from '../store/hold-alone.ts'
import { idempotentReader } from '../store/idempotent.ts'
import { jobReader } from '../store/jobs.ts'
import { openStore } from '../store/open-store.ts'
import { openAccess } from './auth/open-access.ts'
import { mountDashboard } from './dashboard/dashboard.ts'
import { type AppOptions, appOf } from './http/app.ts'
import { type Listening, listen } from './http/listen.ts'
import { rateLimiter } from './http/rate-limit.ts'
import { holdInForce } from './in-force.ts'
import { openJobs } from './jobs/open-jobs.ts'
import { turns } from './jobs/turns.ts'
import { openForecastPool } from './pool/open-forecast-pool.ts'
import { remember } from './remembered.ts'
import { openServedRepositories } from './repositories/open-served-repositories.ts'
import { ROUTES } from './routes/routes.ts'
import type { ServiceContext } from './service-context.ts'
import type { ServiceSettings } from './service-settings.ts'
import { openTelemetry } from './telemetry/open-telemetry.ts'
import { openWriter } from './writer/writer.ts'

/** What a service is opened with. */
export interface ServiceOptions {
  readonly app: Pick<App, 'cwd' | 'env' | 'now' | 'note'>
  readonly settings: Settings
  readonly service: ServiceSettings
  readonly version: string
  /** How this program is started once more. */
  readonly command: readonly string[]
  /** Whether it is the service of its store, and goes on with runs that were left when one ended; else it only answers. */
  readonly resumes: boolean
}

/** A service that answers. */
export interface Service {
  readonly url: string
  readonly requiresKey: boolean
  /** Takes nothing new, finishes what is being answered, and keeps what goes on. */
  readonly close: () => Promise<void>
}

/** Requests that are being answered are waited for so long. */
const GRACE_MS = 10_000
const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
/** Of forecasts that were asked for lately. */
const MOST_REMEMBERED_CHARS = 16_000_000
/** So many forecasts wait for a thread, imports and reports for their turn. */
const MOST_WAITING = { forecasts: 200, imports: 50, reports: 10 }

/**
 * Opens the service, piece by piece; what is open is closed again where a later piece cannot be opened.
 * @throws KnownError store-*, bundle-*, prices-malformed, service-malformed, bad-setting
 */
export async function openService(options: ServiceOptions): Promise<Service> {
  const ends: (() => unknown)[] = []
  const close = async (): Promise<void> => {
    for (let end = ends.pop(); end !== undefined; end = ends.pop()) await end()
  }
  try {
    const { url, requiresKey } = await assemble(options, ends)
    return { url, requiresKey, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** `ends` grows: what was opened last is ended first. */
async function assemble(
  options: ServiceOptions,
  ends: (() => unknown)[],
): Promise<Listening & { readonly requiresKey: boolean }> {
  const { app, settings, service, version } = options
  const { cwd, env, now } = app
  const database = resolve(cwd, settings.db.value)
  const folder = dirname(database)
  const log: { warn: (what: string, fields?: object) => void } = { warn: () => {} }
  const onTrouble = (message: string): void => log.warn('trouble', { message })
  const onFailure = (error: unknown): void =>
    onTrouble(error instanceof Error ? error.message : String(error))

  if (options.resumes) {
    mkdirSync(folder, { recursive: true })
    ends.push(holdAlone(join(folder, 'service.lock'), database))
    // What a killed one was being sent.
    await rm(join(folder, 'uploads'), { recursive: true, force: true })
  }
  const writer = await openWriter(database)
  ends.push(writer.close)
  const store = openStore(database, { create: true })
  ends.push(() => store.close())
  const held = await holdInForce(settings, cwd)
  const pool = await openForecastPool({
    ...{ threads: service.threads, mostWaiting: MOST_WAITING.forecasts, settings, cwd, now, onTrouble },
  })
  ends.push(() => pool.close())
  const repositories = await openServedRepositories({
    registered: service.repositories.registered,
    allowed: service.repositories.allowed,
    folder: join(folder, 'repositories'),
    ...service.repositories.cache,
    fetchTimeoutMs: service.repositories.fetchTimeoutSeconds * 1000,
    mostAtOnce: service.repositories.mostFetches,
  })
  ends.push(() => repositories.close())
  const jobs = jobReader(store)
  const models = resolve(cwd, settings.models.value)
  const storeOptions = storeOptionsOf(settings, database)
  const program = { command: options.command, cwd, env }
  const reload = async (): Promise<string> => {
    await pool.reload()
    return held.reload()
  }
  const going = await openJobs({
    ...{ service, writer, jobs, place: program, storeOptions, models, reload, nowMs: now, onTrouble },
    folder: join(folder, 'jobs'),
  })
  ends.push(going.close)
  const imports = turns({ atOnce: 1, mostWaiting: MOST_WAITING.imports })
  const reports = turns({ atOnce: 1, mostWaiting: MOST_WAITING.reports })
  const observed = await openTelemetry({
    ...{ store, service, env, version, nowMs: now, write: app.note },
    queues: {
      forecasts: () => pool.waiting(),
      runs: () => going.runs?.queue.waiting() ?? 0,
      trainings: () => going.trainings.waiting(),
      imports: imports.waiting,
      reports: reports.waiting,
      writes: writer.waiting,
    },
  })
  ends.push(observed.close)
  log.warn = observed.log.warn
  const access = openAccess({ store, service, nowMs: now, onFailure })
  ends.push(access.close)

  const state = { isClosing: false, open: 0 }
  const context: ServiceContext = {
    ...{ store, jobs, writer, pool, repositories, version, models, program, storeOptions, imports, reports },
    ...{ runs: going.runs, trainings: going.trainings, listeners: going.listeners },
    ...{ metrics: observed.metrics, tracing: observed.tracing, nowMs: now },
    answers: answerReader(store),
    idempotents: idempotentReader(store),
    inForce: held.now,
    remembered: remember(held.now, now, { mostChars: MOST_REMEMBERED_CHARS }),
    registered: Object.keys(service.repositories.registered),
    agent: settings.agent.value,
    isClosing: () => state.isClosing,
    open: () => state.open,
  }
  const uploads = join(folder, 'uploads', randomUUID())
  ends.push(() => rm(uploads, { recursive: true, force: true }))
  const listening = await listen(
    appOf(ROUTES, appOptions({ context, service, uploads, access, observed, state })),
    {
      host: service.host,
      port: service.port,
      mostConnections: service.limits.connections,
    },
  )
  ends.push(async () => {
    state.isClosing = true
    going.listeners.wake()
    await listening.close(GRACE_MS)
  })
  if (options.resumes) await going.resume()
  ends.push(everyHour(forgetting(context, service)))
  return { ...listening, requiresKey: access.requiresKey }
}

/** What names the store and the prices to this program, when it is started once more. */
const storeOptionsOf = ({ prices }: Settings, database: string): readonly string[] => [
  `--db=${database}`,
  ...(prices.value === null ? [] : [`--prices=${prices.value}`]),
]

interface Assembled {
  readonly context: ServiceContext
  readonly service: ServiceSettings
  readonly uploads: string
  readonly access: ReturnType<typeof openAccess>
  readonly observed: Awaited<ReturnType<typeof openTelemetry>>
  readonly state: { open: number }
}

function appOptions({ context, service, uploads, access, observed, state }: Assembled): AppOptions {
  const { limits, trustProxy } = service
  const timeoutMs = limits.requestTimeoutSeconds * 1000
  const options: AppOptions = {
    context,
    limits: { bodyBytes: limits.bodyBytes, bodyTimeoutMs: timeoutMs, answerMs: timeoutMs },
    uploads: { folder: uploads, mostBytes: limits.uploadBytes, mostAtOnce: MOST_WAITING.imports + 1 },
    authenticate: access.authenticate,
    admit: rateLimiter(limits.requestsPerMinute),
    begin(request, response, next) {
      state.open++
      response.on('close', () => {
        state.open--
      })
      observed.telemetry.begin(request, response, next)
    },
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

/** Drops what was kept for requests that are sent again, once they are too old for that. */
const forgetting =
  ({ writer, nowMs }: ServiceContext, { retention }: ServiceSettings) =>
  (): void => {
    const before = new Date(nowMs() - retention.idempotencyDays * DAY_MS).toISOString()
    // What fails now is done an hour later.
    writer.write({ forgetBefore: before }).catch(() => {})
  }

function everyHour(work: () => void): () => void {
  const timer = setInterval(work, HOUR_MS)
  return () => clearInterval(timer)
}
