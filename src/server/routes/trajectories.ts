import { rename } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { KnownError } from '../../errors.ts'
import { failureIn, startProgram } from '../jobs/program.ts'
import { endOn } from '../jobs/run-work.ts'
import { json, route } from './route.ts'

const Told = z.object({ code: z.string(), title: z.string(), detail: z.string(), fix: z.string() })
const Tally = z.object({ added: z.int(), updated: z.int(), unchanged: z.int(), copy: z.int() })

const Source = z.object({
  name: z.string(),
  format: z.string(),
  known: z.boolean().meta({ description: 'the same was imported before, and was not read again' }),
  runs: Tally.meta({ description: 'runs: new, told further, as before, copies of others' }),
  models: z.record(z.string(), Tally),
  unreadable: z.array(z.object({ line: z.int().nullable(), error: Told })),
  nothing: z.array(z.string()),
})

/** The answer of `POST /v1/trajectories`. */
export const ImportAnswer = z
  .object({
    schema: z.literal('import/1'),
    dryRun: z.boolean(),
    sources: z.array(Source),
    skipped: z.array(
      z.object({
        name: z.string(),
        error: Told.nullable().meta({ description: 'null = it is of no known format' }),
      }),
    ),
  })
  .meta({ id: 'Import' })

export const UPLOAD_TYPES = [
  'application/json',
  'application/x-ndjson',
  'application/jsonl',
  'application/zip',
  'application/gzip',
  'application/octet-stream',
] as const

/** So long an import may take to come to an end when nobody waits for it any more. */
const GRACE_MS = 5_000

/** `POST /v1/trajectories`: takes in runs from a trajectory or log of any format. */
export const importTrajectory = route({
  method: 'post',
  path: '/v1/trajectories',
  access: 'import',
  tag: 'trajectories',
  summary: 'Take in runs from a trajectory or log',
  description:
    'One file of any format that `foretoken import` reads, also .gz and .zip. Each run is taken in once, however often it is sent; forecasts are matched with the runs that came of them.',
  query: z.strictObject({
    name: z
      .string()
      .regex(/^[\w][\w.-]{0,150}$/, 'expected the name of a file, without folders')
      .optional()
      .meta({ description: 'what the file is called: some formats are told apart by it, as result.json' }),
  }),
  bodyTypes: UPLOAD_TYPES,
  responses: { 200: { description: 'what was taken in, from what', schema: ImportAnswer } },
  async handle({ context, query, upload, signal }) {
    if (upload === null) throw new Error('the route takes a file')
    const release = await context.imports.take(signal)
    try {
      const file = join(upload.folder, query.name ?? basename(upload.file))
      if (file !== upload.file) await rename(upload.file, file)
      const program = startProgram(context.program, [
        'import',
        file,
        '--format=json',
        ...context.storeOptions,
      ])
      const stop = endOn(signal, program, GRACE_MS)
      try {
        const chunks: Buffer[] = []
        for await (const chunk of program.stdout) chunks.push(chunk as Buffer)
        await program.exit
        // The next forecast of who sent runs in follows them.
        await context.followRuns()
        const text = Buffer.concat(chunks).toString('utf8')
        return json(200, documentIn(text, { folder: upload.folder, complaint: program.complaint() }))
      } finally {
        stop()
      }
    } finally {
      release()
    }
  },
})

/** What it printed, without the folders of this machine. */
function documentIn(
  text: string,
  { folder, complaint }: { readonly folder: string; readonly complaint: string },
): object {
  if (text === '') throw new Error(`the import said nothing: ${complaint}`)
  const document: unknown = JSON.parse(text.replaceAll(JSON.stringify(`${folder}/`).slice(1, -1), ''))
  const failure = failureIn(document)
  if (failure !== null) throw failure
  if (typeof document !== 'object' || document === null) throw new Error('the import printed no document')
  const { sources, skipped } = document as z.infer<typeof ImportAnswer>
  if (sources.length === 0 && skipped.length > 0 && skipped.every(({ error }) => error === null)) {
    throw new KnownError('run-malformed', 'the file is of no known format', {
      fix: 'see the README for the formats; the name of the file helps with some: ?name=result.json',
    })
  }
  return document
}
