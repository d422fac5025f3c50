import { once } from 'node:events'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { KnownError } from '../../errors.ts'
import { startProgram } from '../jobs/program.ts'
import { endOn } from '../jobs/run-work.ts'
import { Name } from '../schemas/names.ts'
import { route } from './route.ts'

/** What is reported on. */
export const ReportName = z.enum(['budget', 'consumption', 'forecast', 'noise', 'all'])

const TYPES = {
  json: 'application/json',
  html: 'text/html; charset=utf-8',
  markdown: 'text/markdown; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
} as const

const Pattern = Name.optional()

/** The query of `GET /v1/reports/{name}`. */
export const ReportAsked = z.strictObject({
  format: z.enum(['json', 'html', 'markdown', 'csv']).default('json'),
  benchmark: Pattern,
  task: Pattern,
  repository: Pattern,
  agent: Pattern,
  model: Pattern,
  from: z.iso.date().optional(),
  before: z.iso.date().optional(),
})
const GRACE_MS = 1_000

/** `GET /v1/reports/{name}`: what agents spend, with error bars, of the runs of the store. */
export const report = route({
  method: 'get',
  path: '/v1/reports/{name}',
  access: 'any-key',
  tag: 'reports',
  summary: 'What agents spend, with error bars',
  description: 'The same as `foretoken report`. `*` in a filter stands for any characters.',
  params: z.object({ name: ReportName }),
  query: ReportAsked,
  responses: {
    200: {
      description: 'the report',
      types: ['application/json', 'text/html', 'text/markdown', 'text/csv'],
      schema: z.unknown(),
    },
  },
  async handle({ context, params, query, signal }) {
    const { format, ...filters } = query
    const release = await context.reports.take(signal)
    const said = Object.entries(filters).flatMap(([name, value]) =>
      value === undefined ? [] : [`--${name}=${value}`],
    )
    const program = startProgram(context.program, [
      ...['report', params.name, `--format=${format}`],
      ...said,
      ...context.storeOptions,
    ])
    const stop = endOn(signal, program, GRACE_MS)
    const end = (): void => {
      stop()
      release()
    }
    // Whether there is a report is known with its first byte.
    const isThere = await Promise.race([
      once(program.stdout, 'readable').then(() => program.stdout.readableLength > 0),
      program.exit.then(() => program.stdout.readableLength > 0),
    ])
    if (!isThere) {
      const exit = await program.exit
      end()
      if (signal.aborted) throw signal.reason
      throw refused(exit, program.complaint())
    }
    return {
      async stream(response) {
        response.setHeader('Content-Type', TYPES[format])
        if (format === 'html') response.setHeader('Content-Security-Policy', REPORT_POLICY)
        try {
          // Who does not read it keeps others waiting for their turn.
          await pipeline(program.stdout, response, { signal })
        } finally {
          end()
        }
      },
    }
  },
})

/** A report is one file, with its style and figures in it; it has no script. */
const REPORT_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"

/** The exit codes of the program that are not of its own making. */
function refused(exit: number | null, complaint: string): Error {
  const [, title = '', fix = ''] = /^error: (.*)\n→ (.*)$/m.exec(complaint) ?? []
  if (exit === 2 || exit === 3) return new KnownError('too-little-data', title, fix === '' ? {} : { fix })
  return new Error(`the report ended with ${exit ?? 'a signal'}: ${complaint}`)
}
