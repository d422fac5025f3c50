import type { KnownError } from '../../errors.ts'
import type { RunAsked } from '../schemas/run-asked.ts'
import type { JobAtWork, JobResult } from './job-queue.ts'
import { eachLine, failureIn, type Program, type ProgramPlace, startProgram } from './program.ts'

/** How runs are made. */
export interface RunWork {
  readonly place: ProgramPlace
  /** Writes the plan of a run; gives its file. */
  readonly planFile: (id: string, asked: RunAsked) => Promise<string>
  /** Of every run: back end, store, prices, cassette. */
  readonly options: readonly string[]
  /** The plan that a job was working on when the service ended; null = none. */
  readonly planOf: (job: string) => string | null
  /** So long a run may take to come to an end when it is told to. */
  readonly graceMs: number
}

/** Runs a task in a process of its own, and tells what happens there. */
export const runWork =
  (work: RunWork) =>
  async ({ job, signal, happened, stands }: JobAtWork): Promise<JobResult> => {
    const asked = job.asked as RunAsked
    const plan = work.planOf(job.id)
    const program = startProgram(work.place, [
      'run',
      ...(plan === null ? [await work.planFile(job.id, asked), ...secondsOf(asked)] : [`--resume=${plan}`]),
      '--yes',
      '--format=jsonl',
      ...work.options,
    ])
    const stop = endOn(signal, program, work.graceMs)
    const found: { answer?: unknown; failure?: KnownError } = {}
    try {
      const exit = await eachLine(program, (line) => {
        const failure = failureIn(line)
        if (failure !== null) found.failure = failure
        const { schema: _, at: __, event, ...data } = line as { schema: string; at: string; event?: string }
        if (event === 'spend') stands(event, data)
        else if (event === 'done')
          found.answer = withoutPlaces((data as { document: Record<string, unknown> }).document)
        else if (event !== undefined) happened(event, data)
      })
      return resultOf(found, { exit, isStopped: signal.aborted, program })
    } finally {
      stop()
    }
  }

const secondsOf = ({ limits }: RunAsked): readonly string[] =>
  limits?.seconds == null ? [] : [`--max-seconds=${limits.seconds}`]

interface Ended {
  readonly exit: number | null
  readonly isStopped: boolean
  readonly program: Program
}

function resultOf(
  { answer, failure }: { readonly answer?: unknown; readonly failure?: KnownError },
  { exit, isStopped, program }: Ended,
): JobResult {
  if (isStopped) return { state: 'interrupted', ...(answer === undefined ? {} : { answer }) }
  if (failure !== undefined) return { state: 'failed', failure }
  if (answer !== undefined) return { state: 'done', answer }
  throw new Error(`the run ended with ${exit ?? 'a signal'}: ${program.complaint()}`)
}

/** Callers are not told where things lie on the machine of the service. */
const withoutPlaces = ({ plan: _, store: __, ...answer }: Record<string, unknown>): object => answer

/** Lets it come to an end of its own; who takes too long is killed. */
export function endOn(signal: AbortSignal, program: Program, graceMs: number): () => void {
  let timer: NodeJS.Timeout | undefined
  const end = (): void => {
    program.interrupt()
    timer = setTimeout(() => program.kill(), graceMs)
  }
  if (signal.aborted) end()
  signal.addEventListener('abort', end, { once: true })
  return () => {
    clearTimeout(timer)
    signal.removeEventListener('abort', end)
  }
}
