import pino, { type Logger } from 'pino'
import type { LOG_LEVELS } from '../settings/service-defaults.ts'
import { withoutSecrets } from './without-secrets.ts'

/** What is told of a request that was answered. */
export interface LoggedRequest {
  readonly requestId: string
  readonly method: string
  /** Of the route, such as `/v1/runs/{id}`; null = there is none. Never the address itself: it holds what callers put in. */
  readonly route: string | null
  readonly status: number
  readonly ms: number
  /** Null = not known who. */
  readonly actor: string | null
  /** Sent, head and body; null = not known. */
  readonly bytes: number | null
  /** Of the trace it belongs to; null = it is not traced. */
  readonly traceId: string | null
}

/** The log of the service: a line of JSON each. */
export interface ServiceLog {
  request(told: LoggedRequest): void
  /** The text of an issue, where the settings allow it; else nothing. */
  issue(requestId: string, text: { readonly title: string | null; readonly body: string }): void
  /** `fields` are numbers, names and ids. */
  info(what: string, fields?: object): void
  warn(what: string, fields?: object): void
  /** Something that should not happen, with its stack. */
  bug(error: unknown, requestId: string | null): void
}

export interface LogOptions {
  readonly level: (typeof LOG_LEVELS)[number]
  readonly issueText: boolean
  readonly version: string
  readonly nowMs: () => number
  /** Takes a line, with its end. */
  readonly write: (line: string) => void
}

/** Of a text that was allowed, so much. */
const MOST_CHARS = 2000

/** Opens a log in which no credential stands, whatever is told. */
export function openLog({ level, issueText, version, nowMs, write }: LogOptions): ServiceLog {
  const logger: Logger = pino(
    {
      level,
      base: { service: 'foretoken', version },
      timestamp: () => `,"time":"${new Date(nowMs()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      messageKey: 'what',
      redact: { paths: SECRET_PATHS, censor: '…' },
      // Behind everything else: what a field is called does not matter here.
      hooks: { streamWrite: withoutSecrets },
    },
    { write },
  )
  return {
    // The health of a service is asked for every few seconds, and is told only to who wants to know all.
    request: (told) =>
      logger[told.status >= 500 ? 'error' : isProbe(told) ? 'debug' : 'info'](told, 'request'),
    issue: (requestId, { title, body }) => {
      if (issueText)
        logger.info({ requestId, title, body: body.slice(0, MOST_CHARS).toWellFormed() }, 'issue')
    },
    info: (what, fields = {}) => logger.info(fields, what),
    warn: (what, fields = {}) => logger.warn(fields, what),
    bug: (error, requestId) => logger.error({ requestId, ...faultOf(error) }, 'bug'),
  }
}

const SECRET_PATHS = ['authorization', 'cookie', 'key', 'token', 'secret', 'headers'].flatMap((name) => [
  name,
  `*.${name}`,
])

const isProbe = ({ route, status }: LoggedRequest): boolean =>
  status < 400 && ['/healthz', '/readyz', '/metrics'].includes(route ?? '')

const faultOf = (error: unknown): object =>
  error instanceof Error
    ? { error: error.name, message: error.message, stack: error.stack }
    : { error: typeof error, message: String(error) }
