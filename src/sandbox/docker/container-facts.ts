import type { Counters } from '../local/counters.ts'
import { notMade } from '../local/facts.ts'
import type { KeptOutput } from '../local/keep-output.ts'
import type { SandboxFacts } from '../sandbox.ts'

/** By itself, with its container before it, or since it was made to. */
export type HowEnded = 'command' | 'container' | 'force'

export interface ContainerEnd {
  /** Of the command; 0 = the engine could not start it. */
  readonly pid: number
  /** Null = it was still running. */
  readonly code: number | null
  readonly how: HowEnded
  readonly timedOut: boolean
  readonly stopped: boolean
  readonly counters: Counters
  /** Of a container whose counters went with it: it does not say how often. */
  readonly engineSawOom: boolean
  readonly stdout: KeptOutput
  readonly stderr: KeptOutput
}

/** What the engine and the counters tell together; a code is taken only from a command that ended by itself. */
export function factsOf(end: ContainerEnd): SandboxFacts {
  const { pid, code, how, counters, engineSawOom, stdout, stderr } = end
  if (pid === 0) return { ...notMade(end.stopped ? STOPPED : engineWords(stdout)), ...counters }
  const exit = how === 'command' ? code : null
  return {
    started: true,
    exit,
    signal: exit === null ? 'SIGKILL' : null,
    timedOut: end.timedOut,
    ...counters,
    oomKills: counters.oomKills ?? (engineSawOom ? 1 : null),
    ...{ stdoutBytes: stdout.bytes, stderrBytes: stderr.bytes },
    infraReason: infraReason(end),
  }
}

/** Of a command of which nothing more can be known. */
export const lostFacts = (known: {
  readonly stdout: KeptOutput
  readonly stderr: KeptOutput
  readonly reason: string
}): SandboxFacts => ({
  ...notMade(known.reason),
  started: true,
  stdoutBytes: known.stdout.bytes,
  stderrBytes: known.stderr.bytes,
})

const STOPPED = 'the run was stopped'

function infraReason({ how, stopped, timedOut, stdout, stderr }: ContainerEnd): string | null {
  if (stopped) return STOPPED
  if (how === 'container' && !timedOut) return 'the sandbox was killed from outside'
  return stdout.trouble ?? stderr.trouble
}

/** Of a command that it could not start the engine tells in the place of the output. */
const engineWords = ({ head }: KeptOutput): string =>
  head.trim().split('\n').at(-1) || 'the command could not be started'
