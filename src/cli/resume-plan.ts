import { dirname, join, resolve } from 'node:path'
import { KnownError } from '../errors.ts'
import {
  continueJournal,
  isRun,
  type PlanJournal,
  type PlanState,
  readPlanState,
  unfinishedPlans,
} from '../runner/plan-journal.ts'
import { readSettings } from '../settings.ts'
import type { Invocation } from './command-line.ts'

/** A plan that is gone on with: nobody else runs it, until its journal is closed. */
export interface ResumedPlan {
  readonly state: PlanState
  readonly journal: PlanJournal
}

/** Where the journals of plans lie: beside the store. */
export const plansFolder = ({ app, settings }: Pick<Invocation, 'app' | 'settings'>): string =>
  join(dirname(resolve(app.cwd, settings.db.value)), 'plans')

/**
 * What is resumed goes on with the options that it was started with, but for those given now.
 * @param wanted the id of a plan, or true: the last one that was left unfinished
 * @throws KnownError nothing-to-resume, plan-busy
 */
export async function resumePlan(
  call: Invocation,
  wanted: string | true,
): Promise<{ readonly call: Invocation; readonly resumed: ResumedPlan }> {
  const folder = plansFolder(call)
  const { id, options: before, cwd, path } = (await chosen(call, folder, wanted)).start
  const journal = await continueJournal(folder, id)
  // It may have gone on until its runner was seen to be gone.
  const state = readPlanState(folder, id)
  if (state === null) throw new Error(`the journal of ${id} has no beginning`)
  const options: Record<string, unknown> = { ...before, ...call.options }
  const app = { ...call.app, cwd }
  // The store is where the plan was found.
  const db = { ...call.settings.db, value: resolve(call.app.cwd, call.settings.db.value) }
  const settings = { ...(await readSettings(app, options)), db }
  return { call: { ...call, app, settings, options, args: [path] }, resumed: { state, journal } }
}

async function chosen(call: Invocation, folder: string, wanted: string | true): Promise<PlanState> {
  const open = unfinishedPlans(folder)
  const [named] = call.args
  const path = named === undefined ? null : resolve(call.app.cwd, named)
  const meant = open.filter(
    ({ start }) => (wanted === true || start.id === wanted) && (path === null || start.path === path),
  )
  for (const state of meant) if (!(await isRun(folder, state.start.id))) return state
  const [busy] = meant
  if (busy !== undefined) return busy
  const ids = open.map(({ start }) => start.id)
  throw new KnownError(
    'nothing-to-resume',
    wanted === true ? 'no plan was left unfinished' : JSON.stringify(wanted),
    ids.length === 0 ? {} : { fix: `unfinished are ${ids.slice(0, 5).join(', ')}` },
  )
}
