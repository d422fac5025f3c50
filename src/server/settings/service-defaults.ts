/** What holds where the file, or a part of it, says nothing. */
export const SERVICE_DEFAULTS = {
  host: '127.0.0.1',
  port: 4142,
  threads: 2,
  telemetry: true,
  repositories: { fetchTimeoutSeconds: 120, mostFetches: 4 },
  cache: { mostBytes: 10 * 2 ** 30, mostBytesEach: 2 * 2 ** 30 },
  limits: {
    bodyBytes: 2 ** 20,
    issueBytes: 512 * 2 ** 10,
    uploadBytes: 256 * 2 ** 20,
    requestsPerMinute: 600,
    requestTimeoutSeconds: 30,
    connections: 1024,
  },
  runs: { backend: 'local', concurrency: 1, mostWaiting: 100 },
  learning: { automatic: true, everyRuns: 50, atMostEveryHours: 24 },
  log: { level: 'info', issueText: false },
  retention: { idempotencyDays: 1 },
  alarms: { timeoutSeconds: 10, tries: 5 },
} as const

/** How much is told, from the most to nothing. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
