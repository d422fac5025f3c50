import { type CgroupLayout, layOut } from '../local/cgroup-layout.ts'
import { readHierarchies, userComplaints } from '../local/requirements.ts'
import type { Complaint } from '../sandbox.ts'
import { connectTo, type Engine, engineSocket, reasonOf } from './engine.ts'

/** What containers are made with here. */
export interface Yard {
  readonly engine: Engine
  readonly layout: CgroupLayout
  /** Who makes control groups: the engine itself, or systemd for it, which has names of its own for them. */
  readonly driver: 'cgroupfs' | 'systemd'
}

/** Of Docker 20.10, the first that knows control groups of version 2. */
const OLDEST_API = 1.41

const INSTALL = 'install Docker Engine 20.10 or newer (`apt-get install docker.io`) and start it'

/** Looks for an engine that can be used, or says everything that is missing. */
export async function requirements(host: string | undefined): Promise<Yard | readonly Complaint[]> {
  const users = userComplaints()
  const socket = engineSocket(host)
  if (socket === null)
    return [...users, { missing: `an engine of this machine (DOCKER_HOST is ${host})`, fix: SAME_MACHINE }]
  try {
    const engine = await connectTo(socket)
    const { ApiVersion, Version, Components } = await engine.version()
    const wrong = engineComplaints({ api: Number(ApiVersion), version: Version, parts: Components ?? [] })
    if (users.length + wrong.length > 0) return [...users, ...wrong]
    const { CgroupDriver, CgroupVersion } = (await engine.info()) as Info
    const layout = await layoutOf(CgroupVersion ?? '1')
    if (!('memory' in layout)) return layout
    return { engine, layout, driver: CgroupDriver === 'systemd' ? 'systemd' : 'cgroupfs' }
  } catch (error) {
    return [...users, { missing: `Docker at ${socket} (${reasonOf(error)})`, fix: INSTALL }]
  }
}

export const isYard = (found: Yard | readonly Complaint[]): found is Yard => 'engine' in found

const SAME_MACHINE = 'unset DOCKER_HOST, or let it name the socket of an engine of this machine (unix://…)'

interface Info {
  readonly CgroupDriver?: string
  readonly CgroupVersion?: string
}

interface Told {
  readonly api: number
  readonly version: string
  readonly parts: readonly { readonly Name: string }[]
}

/** What speaks the same language need not tell the same truth. */
export function engineComplaints({ api, version, parts }: Told): readonly Complaint[] {
  if (parts.some(({ Name }) => /podman/i.test(Name)))
    return [{ missing: 'Docker (Podman answers, which tells of no OOM kill)', fix: INSTALL }]
  return api >= OLDEST_API ? [] : [{ missing: `Docker 20.10 or newer (this is ${version})`, fix: INSTALL }]
}

/** Counters are read where the engine has them counted. */
async function layoutOf(version: string): Promise<CgroupLayout | readonly Complaint[]> {
  const mounted = await readHierarchies()
  return layOut(version === '2' ? mounted.filter((each) => each.version === 2) : mounted)
}
