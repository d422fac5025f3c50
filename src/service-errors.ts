/** What is told of a kind of failure. */
export interface ErrorEntry {
  /** HTTP status of the same failure in the service. */
  readonly status: number
  readonly exit: number
  readonly title: string
  /** What the user does next; shown after `→`. */
  readonly fix: string
}

/** The failures that only the service has: a part of the one catalogue, `ERRORS`. */
export const SERVICE_ERRORS = {
  'request-malformed': {
    status: 400,
    exit: 2,
    title: 'The request cannot be read',
    fix: 'correct what is named; see /docs',
  },
  'route-not-found': { status: 404, exit: 2, title: 'There is no such route', fix: 'see /docs' },
  'method-not-allowed': { status: 405, exit: 2, title: 'The route has no such method', fix: 'see /docs' },
  'body-too-large': {
    status: 413,
    exit: 2,
    title: 'The body is too large',
    fix: 'send less at once, or raise the limit in the settings of the service',
  },
  'media-type': {
    status: 415,
    exit: 2,
    title: 'The body is of another type',
    fix: 'send it with the Content-Type that /docs tells',
  },
  'idempotency-conflict': {
    status: 409,
    exit: 2,
    title: 'The same request is being answered',
    fix: 'wait for its answer, and ask again',
  },
  'idempotency-mismatch': {
    status: 422,
    exit: 2,
    title: 'The Idempotency-Key was used for another request',
    fix: 'use a new key for each new request; repeat a request only with the body it had',
  },
  'request-timeout': {
    status: 408,
    exit: 4,
    title: 'The request took too long to arrive',
    fix: 'send it at once, or raise the limit in the settings of the service',
  },
  'key-missing': {
    status: 401,
    exit: 2,
    title: 'An API key is needed',
    fix: 'send Authorization: Bearer KEY; keys are made with `foretoken keys create`',
  },
  'key-refused': {
    status: 401,
    exit: 2,
    title: 'The API key is not valid',
    fix: 'check it; it may be mistyped, revoked or out of date: see `foretoken keys list`',
  },
  'scope-missing': {
    status: 403,
    exit: 2,
    title: 'The API key may not do this',
    fix: 'make a key with the scope named, with `foretoken keys create --scope`',
  },
  'origin-refused': {
    status: 403,
    exit: 2,
    title: 'The request comes from another site',
    fix: 'use the address under which the service is known to itself',
  },
  'key-not-found': { status: 404, exit: 2, title: 'No such API key', fix: 'see `foretoken keys list`' },
  'rate-limited': {
    status: 429,
    exit: 4,
    title: 'Too many requests',
    fix: 'wait as long as Retry-After says',
  },
  'queue-full': {
    status: 429,
    exit: 4,
    title: 'Too many wait already',
    fix: 'wait as long as Retry-After says, or until some have ended',
  },
  'not-offered': {
    status: 404,
    exit: 2,
    title: 'The service does not offer this',
    fix: 'see what it does offer; it is named in the settings of the service',
  },
  'service-busy': {
    status: 503,
    exit: 4,
    title: 'The service is busy',
    fix: 'try again after as long as Retry-After says',
  },
  'repository-refused': {
    status: 403,
    exit: 2,
    title: 'The service does not read this repository',
    fix: 'name one that is registered, or an address that the settings of the service allow',
  },
  'repository-failed': {
    status: 502,
    exit: 4,
    title: 'The repository cannot be fetched',
    fix: 'check its address and access, and try again',
  },
  'estimate-not-found': {
    status: 404,
    exit: 2,
    title: 'No such estimate',
    fix: 'see GET /v1/estimates',
  },
  'job-not-found': { status: 404, exit: 2, title: 'No such job', fix: 'check the id that the 202 gave' },
  'job-ended': { status: 409, exit: 2, title: 'The run has ended', fix: 'start another' },
  'service-running': {
    status: 409,
    exit: 2,
    title: 'Another service uses this store',
    fix: 'end it first, or name another store with --db',
  },
  'service-malformed': {
    status: 400,
    exit: 2,
    title: 'The settings of the service cannot be used',
    fix: 'correct what is listed; see data/schemas/service-1.schema.json',
  },
} as const satisfies Record<string, ErrorEntry>
