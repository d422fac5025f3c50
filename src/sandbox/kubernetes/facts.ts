import type { V1ContainerStateTerminated } from '@kubernetes/client-node'
import { notMade } from '../local/facts.ts'
import type { SandboxFacts, SandboxSpec } from '../sandbox.ts'
import { isStartError } from './pod-state.ts'
import type { Told } from './told.ts'

/** How a run in a pod ended. */
export interface PodEnd {
  /** As the engine tells; null = it did not see an end. */
  readonly how: V1ContainerStateTerminated | null
  /** The time of the command was over, and the pod did not end it. */
  readonly overdue: boolean
  /** Null = nothing could be fetched. */
  readonly told: Told | null
}

const SILENT = { bytes: null, trouble: null }

/**
 * The engine decides: about memory by its reason, never by the code 137; about the end of the command by the code of its
 * container; about time by its clock, since what is told inside could be the command's own word.
 */
export function factsOf({ how, overdue, told }: PodEnd, spec: SandboxSpec): SandboxFacts {
  const started = hasStarted(how, told)
  const { stdout, stderr } = told ?? { stdout: SILENT, stderr: SILENT }
  return {
    started,
    exit: started && how !== null ? how.exitCode : null,
    // It is ended with its pod.
    signal: started && how === null ? 'SIGKILL' : null,
    timedOut: started && (overdue || (told?.late === true && hadItsTime(how, spec))),
    ...counters(how, told),
    stdoutBytes: stdout.bytes,
    stderrBytes: stderr.bytes,
    infraReason: started ? (stdout.trouble ?? stderr.trouble) : whyNotStarted(how, told),
  }
}

/** A run of which nothing is known but why. */
export const lostRun = (reason: string, begun: boolean): SandboxFacts => ({
  ...notMade(reason),
  started: begun,
  timedOut: begun && reason.startsWith('DeadlineExceeded'),
})

/** Without a word from inside, a container that ended has begun: memory may have run out before it could be fetched. */
function hasStarted(how: V1ContainerStateTerminated | null, told: Told | null): boolean {
  if (how !== null && isStartError(how)) return false
  return told === null ? how !== null : told.begun && told.notStarted === null
}

function whyNotStarted(how: V1ContainerStateTerminated | null, told: Told | null): string {
  if (told?.notStarted) return told.notStarted
  const code = how === null ? 'it did not begin' : `${how.reason ?? 'ended'}, ${how.exitCode}`
  return how?.message?.trim() || `the command could not be started (${code})`
}

/** The engine counts whole seconds. */
function hadItsTime(how: V1ContainerStateTerminated | null, { timeoutMs }: SandboxSpec): boolean {
  if (how?.startedAt === undefined || how.finishedAt === undefined) return true
  return how.finishedAt.getTime() - how.startedAt.getTime() + 1000 >= timeoutMs
}

/** That memory ran out is the engine's word, how often the kernel's: at least once, then. */
function counters(how: V1ContainerStateTerminated | null, told: Told | null): Told['counters'] {
  const counted = told?.counters ?? {
    peakMemoryBytes: null,
    cpuSeconds: null,
    throttledSeconds: null,
    oomKills: null,
  }
  if (how === null) return counted
  return { ...counted, oomKills: how.reason === 'OOMKilled' ? Math.max(1, counted.oomKills ?? 1) : 0 }
}
