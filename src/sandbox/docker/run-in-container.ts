import { availableParallelism } from 'node:os'
import type Docker from 'dockerode'
import { makeParent, processes } from '../local/cgroup.ts'
import { notMade } from '../local/facts.ts'
import { startForwarder } from '../local/forwarder.ts'
import { parentWrites } from '../local/limits.ts'
import type { SandboxFacts, SandboxSpec } from '../sandbox.ts'
import { containerEvents } from './container-events.ts'
import { containerGroup, groupCounters } from './container-group.ts'
import type { Place } from './container-options.ts'
import { isMissing, reasonOf } from './engine.ts'
import type { Yard } from './requirements.ts'
import { runCommand } from './run-command.ts'

export interface ContainerRun {
  readonly spec: SandboxSpec
  readonly yard: Yard
  readonly place: Place
  readonly container: Docker.Container
  /** The control group that holds those of all sandboxes. */
  readonly parent: string
}

/** An engine that takes longer is out of order. */
const START_WITHIN_MS = 60_000

/** Starts the container, opens its way to the gateway, and only then begins the command. Never throws what the engine did. */
export async function runInContainer(run: ContainerRun, signal: AbortSignal): Promise<SandboxFacts> {
  const { spec, container } = run
  try {
    const pid = await start(run, signal)
    const at = spec.gateway === null ? null : { pid, socket: spec.gateway.socket, uid: run.place.uid }
    const forwarder = at === null ? null : await startForwarder(at, signal)
    try {
      const facts = await inGroup(run, pid, signal)
      const cutOff = (await forwarder?.stop()) === false
      return cutOff
        ? { ...facts, infraReason: facts.infraReason ?? 'the way to the gateway was lost' }
        : facts
    } finally {
      await forwarder?.stop()
    }
  } catch (error) {
    await removeContainer(container)
    return notMade(signal.aborted ? 'the run was stopped' : reasonOf(error))
  }
}

/** Gives the first process of the container, as this machine numbers it. */
async function start({ container, yard, parent }: ContainerRun, signal: AbortSignal): Promise<number> {
  const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(START_WITHIN_MS)])
  await container.start({ abortSignal })
  // Systemd sees to its own groups. The engine removes an empty one at any time, and leaves it once there is something in it.
  if (yard.driver === 'cgroupfs')
    await makeParent({ layout: yard.layout, path: parent }, parentWrites(availableParallelism(), yard.layout))
  return (await container.inspect({ abortSignal })).State.Pid
}

async function inGroup(run: ContainerRun, pid: number, signal: AbortSignal): Promise<SandboxFacts> {
  const { container, yard } = run
  const group = await containerGroup({ id: container.id, pid }, yard.layout)
  const events = await containerEvents(yard.engine, container.id)
  try {
    const [made, holder] = await Promise.all([groupCounters(group), processes(group)])
    return await runCommand({ ...run, group, events, made, holder }, signal)
  } finally {
    events.close()
  }
}

/** Why it could not be; null = it is gone. */
export async function removeContainer(container: Docker.Container): Promise<string | null> {
  try {
    await container.remove({ force: true, v: true })
    return null
  } catch (error) {
    return isMissing(error) ? null : `the container could not be removed: ${reasonOf(error)}`
  }
}
