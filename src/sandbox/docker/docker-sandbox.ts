import { notMade } from '../local/facts.ts'
import { thisOwner } from '../local/owner.ts'
import { claimSlot, FIRST_UID, releaseSlot, type Slot } from '../local/slot.ts'
import { handOver, ownerOfWorkspace, takeBack } from '../local/workspace.ts'
import type { SandboxBackend, SandboxFacts, SandboxSpec } from '../sandbox.ts'
import { containerOptions, type Place } from './container-options.ts'
import { reasonOf } from './engine.ts'
import { isYard, requirements, type Yard } from './requirements.ts'
import { removeContainer, runInContainer } from './run-in-container.ts'
import { OWNER_LABEL, PARENT_LABEL, RUN_LABEL, sweep } from './sweep.ts'

export interface DockerOptions {
  /** As `DOCKER_HOST`: `unix:///path/of/socket`; undefined = where the engine is by itself. */
  readonly host: string | undefined
  /** The control group that holds those of all sandboxes. */
  readonly parent: string
  /** Tells which users are taken, and by whom; readable for all, and gone with the machine. */
  readonly stateFolder: string
}

const DEFAULTS: DockerOptions = {
  host: undefined,
  parent: 'foretoken',
  stateFolder: '/run/foretoken/containers',
}

/** Sandboxes from images, by a Docker Engine of this machine. Images are never fetched: who plans runs has them there before. */
export function dockerSandbox(options: Partial<DockerOptions> = {}): SandboxBackend {
  const { host, parent, stateFolder } = { ...DEFAULTS, ...options }
  const look = () => requirements(host)
  return {
    name: 'docker',
    check: () => look().then((found) => (isYard(found) ? [] : found)),
    async run(spec, signal) {
      const yard = await look()
      if (!isYard(yard)) return notMade(`missing here: ${yard.map(({ missing }) => missing).join('; ')}`)
      if (spec.image === null) return notMade('the docker back end needs an image, and none is given')
      try {
        return await runIn({ spec, yard, image: spec.image, parent, stateFolder }, signal)
      } catch (error) {
        return notMade(reasonOf(error))
      }
    },
    async sweep() {
      const yard = await look()
      return isYard(yard) ? sweep({ yard, parent, stateFolder }) : []
    },
  }
}

interface Run {
  readonly spec: SandboxSpec
  readonly yard: Yard
  readonly image: string
  readonly parent: string
  readonly stateFolder: string
}

async function runIn(run: Run, signal: AbortSignal): Promise<SandboxFacts> {
  const { spec, stateFolder } = run
  const { workspace, id } = spec
  const owner = await thisOwner()
  const record = { id, owner, workspace, ...ownerOfWorkspace(spec) }
  const slot = await claimSlot(stateFolder, record, FIRST_UID.docker)
  const { facts, left } = await inContainer(run, slot, signal)
  // What still runs has the workspace and its user: this is for a sweep, once the engine answers.
  if (left !== null) return { ...facts, infraReason: facts.infraReason ?? left }
  await takeBack(slot)
  await releaseSlot(slot)
  return facts
}

/** What came of it, and why the container is still there; null = it is gone, or never was. */
async function inContainer(
  run: Run,
  slot: Slot,
  signal: AbortSignal,
): Promise<{ readonly facts: SandboxFacts; readonly left: string | null }> {
  const { spec, yard } = run
  const place = placeOf(run, slot)
  try {
    await handOver(spec, slot.uid)
    const container = await yard.engine.createContainer(containerOptions(spec, place))
    const facts = await runInContainer({ ...run, place, container }, signal)
    return { facts, left: await removeContainer(container) }
  } catch (error) {
    return { facts: notMade(reasonOf(error)), left: null }
  }
}

const placeOf = ({ spec, yard, image, parent }: Run, { uid, record }: Slot): Place => ({
  image,
  uid,
  cgroupParent: yard.driver === 'systemd' ? `${parent}.slice` : `/${parent}`,
  labels: { [RUN_LABEL]: spec.id, [OWNER_LABEL]: JSON.stringify(record.owner), [PARENT_LABEL]: parent },
})
