import { randomInt } from 'node:crypto'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { InfraError } from './infra-error.ts'
import type { Owner } from './owner.ts'

/**
 * A user of its own for one run, and what has to be undone after it. The folder of that number is the claim: it is renamed
 * into place whole and goes last, so whatever a killed runner leaves has a folder that tells of it.
 */
export interface Slot {
  readonly uid: number
  readonly folder: string
  readonly record: SlotRecord
}

const SlotRecord = z.object({
  id: z.string(),
  owner: z.object({ pid: z.number(), startTicks: z.number(), pidNamespace: z.string() }),
  workspace: z.string(),
  /** Whose the workspace was. */
  uid: z.number(),
  gid: z.number(),
})
export type SlotRecord = Readonly<z.infer<typeof SlotRecord>>

/** In the folder: where the workspace is mounted, in a namespace of the run's own, for its user to reach it. */
export const STAGE = 'workspace'

const UIDS = 10_000

/** Numbers that nobody else gives out: systemd, containers and `/etc/subuid` all stay below. Each back end has its own. */
export const FIRST_UID = { local: 1_900_000_000, docker: 1_900_000_000 + UIDS } as const

/** Takes a number that no other run has. These are few files in memory: to hand each to another thread takes longer. */
export async function claimSlot(
  state: string,
  record: SlotRecord,
  firstUid: number = FIRST_UID.local,
): Promise<Slot> {
  mkdirSync(state, { recursive: true, mode: 0o755 })
  const draft = mkdtempSync(join(state, `draft-${record.owner.pid}-${record.owner.startTicks}-`))
  try {
    writeFileSync(join(draft, 'record.json'), JSON.stringify(record), { mode: 0o600 })
    mkdirSync(join(draft, STAGE))
    // Whatever the mask of this process: the run's user has to pass.
    for (const each of [draft, join(draft, STAGE)]) chmodSync(each, 0o711)
    const uid = place(draft, state, firstUid)
    return { uid, folder: join(state, String(uid)), record }
  } catch (error) {
    rmSync(draft, { recursive: true, force: true })
    throw error
  }
}

function place(draft: string, state: string, firstUid: number): number {
  const taken = new Set(readdirSync(state))
  // A number that was just released is best not given at once: whoever still sweeps it would take the new run for the old.
  const first = randomInt(UIDS)
  for (let tried = 0; tried < UIDS; tried++) {
    const uid = firstUid + ((first + tried) % UIDS)
    if (taken.has(String(uid))) continue
    if (isPlaced(draft, join(state, String(uid)))) return uid
  }
  throw new InfraError(`all ${UIDS} users of sandboxes are taken`)
}

/** False = somebody else was quicker. */
function isPlaced(draft: string, folder: string): boolean {
  try {
    renameSync(draft, folder)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && /^(ENOTEMPTY|EEXIST)$/.test(String(error.code)))
      return false
    throw error
  }
}

/** Gives the number back. Who is killed in between leaves a claim, or what looks like one that was only begun. */
export async function releaseSlot({ folder, uid, record: { owner } }: Slot): Promise<void> {
  // This refuses where something is mounted there, of which nothing may be removed.
  try {
    rmdirSync(join(folder, STAGE))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
  const draft = join(dirname(folder), `draft-${owner.pid}-${owner.startTicks}-${uid}`)
  renameSync(folder, draft)
  rmSync(draft, { recursive: true, force: true })
}

/** Every claim there is, with whose it is. */
export async function readSlots(state: string): Promise<readonly Slot[]> {
  const names = await readdir(state).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  })
  const slots = names.filter((name) => /^\d+$/.test(name)).map((name) => readSlot(state, name))
  return (await Promise.all(slots)).filter((slot) => slot !== null)
}

/** Null = it has just been released. */
async function readSlot(state: string, name: string): Promise<Slot | null> {
  const folder = join(state, name)
  try {
    const record = SlotRecord.parse(JSON.parse(await readFile(join(folder, 'record.json'), 'utf8')))
    return { uid: Number(name), folder, record }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/** Claims that were not finished, with whose they were. */
export async function readDrafts(
  state: string,
): Promise<readonly (Pick<Owner, 'pid' | 'startTicks'> & { folder: string })[]> {
  const names = await readdir(state).catch(() => [])
  return names.flatMap((name) => {
    const [, pid, startTicks] = /^draft-(\d+)-(\d+)-/.exec(name) ?? []
    return pid === undefined
      ? []
      : [{ pid: Number(pid), startTicks: Number(startTicks), folder: join(state, name) }]
  })
}
