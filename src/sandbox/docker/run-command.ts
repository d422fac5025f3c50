import type { Readable } from 'node:stream'
import type Docker from 'dockerode'
import { type Cgroup, terminate } from '../local/cgroup.ts'
import type { Counters } from '../local/counters.ts'
import { keepOutput } from '../local/keep-output.ts'
import { startOf } from '../local/owner.ts'
import type { SandboxFacts, SandboxSpec } from '../sandbox.ts'
import type { ContainerEvents } from './container-events.ts'
import { factsOf, type HowEnded, lostFacts } from './container-facts.ts'
import { countersSince } from './container-group.ts'
import { commandOptions, type Place } from './container-options.ts'
import { limitTime } from './container-time.ts'
import { isMissing, reasonOf } from './engine.ts'
import { splitOutputs } from './split-outputs.ts'

export interface CommandRun {
  readonly spec: SandboxSpec
  readonly place: Place
  readonly container: Docker.Container
  readonly group: Cgroup
  readonly events: ContainerEvents
  /** What it took to make the container. */
  readonly made: Counters
  /** The processes that keep the container. */
  readonly holder: readonly number[]
}

/** Runs the command to its end, reads what it took while nothing runs any more, and removes the container. */
export async function runCommand(run: CommandRun, signal: AbortSignal): Promise<SandboxFacts> {
  const { spec, container } = run
  const command = await container.exec(commandOptions(spec, run.place))
  const stream: Readable = await command.start({ Detach: false, Tty: false })
  const outputs = splitOutputs(stream)
  const kept = Promise.all([keepOutput(outputs.stdout, spec.stdout), keepOutput(outputs.stderr, spec.stderr)])
  const { timeoutMs, graceMs } = spec
  const request = () => requestEnd(run, command)
  const limit = limitTime({ timeoutMs, graceMs, request }, signal)
  try {
    const ends = [run.events.ended(command.id), limit.ended, endedUnseen(command, outputs.ended)]
    const first: HowEnded = await Promise.race(ends)
    // A container that is killed takes its command with it, and the engine may tell of that first.
    const how = first === 'command' && !run.holder.every(isRunning) ? 'container' : first
    const measured = await measure(run)
    const { Pid: pid, Running: running, ExitCode: code } = await command.inspect()
    // The outputs end with whatever holds them.
    await container.remove({ force: true, v: true })
    const [stdout, stderr] = await kept
    const told = { pid, code: running ? null : code, how, ...measured, stdout, stderr }
    return factsOf({ ...told, timedOut: limit.timedOut(), stopped: limit.stopped() })
  } catch (error) {
    stream.destroy()
    const [stdout, stderr] = await kept
    return lostFacts({ stdout, stderr, reason: reasonOf(error) })
  } finally {
    limit.end()
  }
}

/** Asks everything in the container to end; false = the command has ended, and the engine will say so. */
async function requestEnd({ group, holder }: CommandRun, command: Docker.Exec): Promise<boolean> {
  const { Pid } = await command.inspect()
  // The engine waits for outputs that are still held, for seconds, before it tells of the end.
  if (Pid > 0 && !isRunning(Pid)) return false
  await terminate(group, holder)
  return true
}

const isRunning = (pid: number): boolean => startOf(pid) !== null

/** A command that could not be started ends its outputs, and no event tells of it. */
async function endedUnseen(command: Docker.Exec, outputs: Promise<void>): Promise<HowEnded> {
  await outputs
  const { Running } = await command.inspect()
  return Running ? new Promise<never>(() => {}) : 'command'
}

/** Frozen, nothing changes while it is read. Of a container that is gone the engine knows a little. */
async function measure({
  container,
  group,
  made,
}: CommandRun): Promise<{ readonly counters: Counters; readonly engineSawOom: boolean }> {
  try {
    await container.pause()
  } catch (error) {
    // Of one that does not run any more: what can be read tells.
    if (isMissing(error) || !(error instanceof Error && 'statusCode' in error)) throw error
  }
  const counters = await countersSince(group, made)
  return { counters, engineSawOom: (await container.inspect()).State.OOMKilled }
}
