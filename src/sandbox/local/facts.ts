import type { SandboxFacts } from '../sandbox.ts'
import type { Counters } from './counters.ts'
import type { Ended } from './launch.ts'

const UNKNOWN: Counters = {
  oomKills: null,
  peakMemoryBytes: null,
  cpuSeconds: null,
  throttledSeconds: null,
}

/** What an end and the counters of its group tell together. */
export function factsOf(ended: Ended, counters: Counters): SandboxFacts {
  const { status, timedOut, stdout, stderr } = ended
  const started = hasStarted(ended)
  return {
    started,
    exit: status.exit,
    // It did not end by itself, and is gone.
    signal: started && status.exit === null ? 'SIGKILL' : null,
    timedOut: started && timedOut,
    ...counters,
    stdoutBytes: stdout.bytes,
    stderrBytes: stderr.bytes,
    infraReason: infraReason(ended, started),
  }
}

/** A sandbox that was never made. */
export const notMade = (reason: string): SandboxFacts => ({
  ...{ started: false, exit: null, signal: null, timedOut: false, ...UNKNOWN },
  ...{ stdoutBytes: null, stderrBytes: null, infraReason: reason },
})

/** Bubblewrap ends with a code of its own where it cannot start the command, and tells none of the command. */
function hasStarted({ status, code, trouble }: Ended): boolean {
  if (status.exit !== null) return true
  return status.childPid !== null && code === null && trouble === null
}

function infraReason(ended: Ended, started: boolean): string | null {
  const { status, code, timedOut, stopped, trouble, cutOff, stdout, stderr } = ended
  if (stopped) return 'the run was stopped'
  if (!started) {
    if (timedOut) return 'the sandbox did not start in time'
    // Bubblewrap that ends by itself says why, and takes the way to the gateway with it.
    if (trouble !== null && code === null) return trouble
    return stderr.head.trim().split('\n').at(-1) || `the sandbox could not be started (${code ?? 'killed'})`
  }
  if (status.exit === null && !timedOut) return 'the sandbox was killed from outside'
  return cutOff ? 'the way to the gateway was lost' : (stdout.trouble ?? stderr.trouble)
}
