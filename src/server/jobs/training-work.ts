import { type BundlePlace, ownFolder } from '../../forecast/bundle-place.ts'
import { parseJson } from '../../json.ts'
import { putInForce } from '../../learn/put-in-force.ts'
import { type TrainingAnswer, TrainingDocument } from '../schemas/training.ts'
import type { JobAtWork, JobResult } from './job-queue.ts'
import { lowerPriority } from './lower-priority.ts'
import { failureIn, type Program, type ProgramPlace, startProgram } from './program.ts'
import { endOn } from './run-work.ts'
import type { KeptTraining } from './taken-training.ts'

/** How bundles are made. */
export interface TrainingWork {
  readonly place: ProgramPlace
  /** Where bundles are. */
  readonly models: BundlePlace
  /** The file of the store. */
  readonly database: string
  /** Puts in force what a restart would take; gives its id. */
  readonly reload: () => Promise<string>
  /** The bundle that forecasts. */
  readonly current: () => string
  readonly nowMs: () => number
  readonly graceMs: number
}

/** Makes a bundle in a process of its own, to which everything else goes before. */
export const trainingWork =
  (work: TrainingWork) =>
  async ({ job, signal }: JobAtWork): Promise<JobResult> => {
    const asked = job.asked as KeptTraining
    const isFromStore = asked.from === 'store'
    const args = isFromStore ? fromStore(work, asked) : fromTables(work, asked)
    const program = startProgram(work.place, args)
    const stop = endOn(signal, program, work.graceMs)
    try {
      if (program.pid !== null) lowerPriority(program.pid)
      const [exit, told] = await Promise.all([program.exit, textOf(program)])
      if (signal.aborted) return { state: 'interrupted' }
      return isFromStore
        ? await compared(work, { program, exit, told })
        : await made(work, { program, exit, asked })
    } finally {
      stop()
    }
  }

const fromTables = ({ models }: TrainingWork, { id, seed }: KeptTraining): readonly string[] => [
  'train',
  `--id=${id}`,
  `--seed=${seed ?? 1}`,
  `--models=${ownFolder(models)}`,
]

const fromStore = (work: TrainingWork, { id, seed, force }: KeptTraining): readonly string[] => [
  ...['train', '--from-store', '--format=json', `--db=${work.database}`],
  // Where none is named, the program finds the same by itself: its own, and those that are shipped.
  ...(typeof work.models === 'string' ? [`--models=${work.models}`] : []),
  ...(id == null ? [] : [`--id=${id}`]),
  ...(seed == null ? [] : [`--seed=${seed}`]),
  ...(force === true ? ['--force'] : []),
]

/** No document is longer. */
const MOST_CHARS = 4_000_000

async function textOf({ stdout }: Program): Promise<string> {
  let text = ''
  for await (const part of stdout.setEncoding('utf8')) if (text.length < MOST_CHARS) text += part
  return text
}

interface Ended {
  readonly program: Program
  readonly exit: number | null
}

async function made(
  { models, reload, nowMs }: TrainingWork,
  { program, exit, asked }: Ended & { readonly asked: KeptTraining },
): Promise<JobResult> {
  if (exit !== 0) throw failed({ program, exit })
  const bundle = asked.id ?? ''
  if (asked.force === true)
    await putInForce(models, {
      bundle,
      by: 'train',
      forced: true,
      why: 'made from the tables',
      atMs: nowMs(),
    })
  return { state: 'done', answer: { bundle, current: await reload(), training: null } }
}

/** Of a training that was done to its end, whichever bundle is better. */
const DONE: readonly (number | null)[] = [0, 3]

async function compared(
  { reload, current }: TrainingWork,
  { program, exit, told }: Ended & { readonly told: string },
): Promise<JobResult> {
  const document = told.trim() === '' ? null : parseJson(told, 'what the training told', 'data-malformed')
  const failure = failureIn(document)
  if (failure !== null) return { state: 'failed', failure }
  if (!DONE.includes(exit)) throw failed({ program, exit })
  const training = TrainingDocument.parse(document)
  const answer: TrainingAnswer = {
    bundle: training.bundle,
    current: training.promoted ? await reload() : current(),
    training,
  }
  return { state: 'done', answer }
}

const failed = ({ program, exit }: Ended): Error =>
  new Error(`the training ended with ${exit ?? 'a signal'}: ${program.complaint()}`)
