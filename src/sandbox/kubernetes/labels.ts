import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { isAlive, type Owner, thisOwner } from '../local/owner.ts'

/** On everything that runs make. */
export const MANAGED = { 'app.kubernetes.io/managed-by': 'foretoken' } as const

/** Whose a run is: one label to find it by, and who that is in full. */
export interface OwnerMark {
  /** Where numbers of processes mean something: a machine since it was started. */
  readonly place: string
  readonly owner: Owner
}

const PLACE = 'foretoken-place'
const RUN = 'foretoken-run'
const OWNER = 'foretoken-owner'
const ID = 'foretoken-id'

/** This process, as others on this machine find it. */
export async function thisMark(): Promise<OwnerMark> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8')
  return { place: digest(boot.trim()), owner: await thisOwner() }
}

/** The name of a run's Job and of all that belongs to it (RFC 1123): two ids never share one. */
export function nameOf(id: string): string {
  const readable = id.toLowerCase().replace(/[^a-z0-9]+/g, '-')
  return `foretoken-${readable.slice(0, 30)}-${digest(id)}`.replace(/-{2,}/g, '-')
}

export const labelsOf = (name: string, { place }: OwnerMark): Record<string, string> => ({
  ...MANAGED,
  [PLACE]: place,
  [RUN]: name,
})

export const annotationsOf = (id: string, { owner }: OwnerMark): Record<string, string> => ({
  [ID]: id,
  [OWNER]: JSON.stringify(owner),
})

/** What belongs to a run, and what belongs to the runners of this machine. */
export const ofRun = (name: string): Record<string, string> => ({ [RUN]: name })
export const ofPlace = ({ place }: OwnerMark): Record<string, string> => ({ ...MANAGED, [PLACE]: place })

/** The run that something belongs to, whose it is, and whether that still lives; null = it is not ours. */
export async function markOf(
  annotations: Readonly<Record<string, string>> | undefined,
): Promise<{ readonly id: string; readonly owner: Owner; readonly alive: boolean } | null> {
  const [id, text] = [annotations?.[ID], annotations?.[OWNER]]
  if (id === undefined || text === undefined) return null
  const owner = JSON.parse(text) as Owner
  return { id, owner, alive: await isAlive(owner) }
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)
