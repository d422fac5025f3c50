import { type FollowedRun, followRuns } from '../forecast/follow-runs.ts'
import { type CalibrationTable, calibrationKey, type PairCalibration } from '../forecast/recalibrated.ts'
import type { Store } from './open-store.ts'
import {
  type FollowedBundle,
  followedRunsReader,
  type StoredPair,
  storedPairs,
} from './read-followed-runs.ts'

/** What the runs of a store tell of the forecasts of a bundle. */
export interface FollowedStore {
  readonly calibrations: CalibrationTable
  /** Pairs with runs that were forecast. */
  readonly histories: readonly (StoredPair & { readonly runs: readonly FollowedRun[] })[]
}

interface Known {
  readonly print: string
  readonly runs: readonly FollowedRun[]
  readonly calibration: PairCalibration | null
}

/** Newest runs of a pair that are looked at for a change: as many as are learnt from. */
const PRINTED = 1000

/**
 * Follows a store: each call gives what a fold over all of it would give, and reads only the pairs whose newest runs are not
 * what they were. Null = nothing has been written by anybody since the last call with this bundle.
 */
export function storeFollower(store: Store): (bundle: FollowedBundle) => FollowedStore | null {
  const { database } = store
  const read = followedRunsReader(store)
  const printOf = fingerprints(store)
  let known = new Map<string, Known>()
  let last = ''
  return (bundle) => {
    // SQLite's own count of what others have written; this connection writes nothing.
    const version = JSON.stringify([database.pragma('data_version', { simple: true }), bundle])
    if (version === last) return null
    const before = sameBundle(last, version) ? known : new Map<string, Known>()
    const now = new Map<string, Known>()
    for (const pair of storedPairs(store)) {
      const print = printOf(pair)
      const old = before.get(calibrationKey(pair.agent, pair.model))
      now.set(
        calibrationKey(pair.agent, pair.model),
        old?.print === print ? old : { print, ...foldOf(read(pair, bundle)) },
      )
    }
    known = now
    last = version
    return followedOf(now)
  }
}

const foldOf = (runs: readonly FollowedRun[]) => ({ runs, calibration: followRuns(runs) })

const sameBundle = (a: string, b: string): boolean => a.slice(a.indexOf(',')) === b.slice(b.indexOf(','))

function followedOf(known: ReadonlyMap<string, Known>): FollowedStore {
  const calibrations: Record<string, PairCalibration> = {}
  for (const [key, { calibration }] of known) if (calibration !== null) calibrations[key] = calibration
  const histories = [...known].flatMap(([key, { runs }]) => {
    const [agent, model] = JSON.parse(key) as [string, string]
    return runs.length === 0 ? [] : [{ agent, model, runs }]
  })
  return { calibrations, histories }
}

/** What changes when a run of a pair is added, grows, ends or is dropped. */
function fingerprints({ database }: Store): (pair: StoredPair) => string {
  const statement = database
    .prepare<StoredPair, string>(
      `SELECT json_array(count(*), max(row), max(started_at), total(input), total(cache_read), total(cache_write_5m),
         total(cache_write_1h), total(output), count(superseded_by), count(wall_seconds), count(outcome), sum(incomplete))
       FROM (SELECT * FROM runs WHERE lower(agent) = @agent AND model_key = @model AND started_at IS NOT NULL
         ORDER BY started_at DESC, row DESC LIMIT ${PRINTED})`,
    )
    .pluck()
  return (pair) => statement.get(pair) ?? ''
}
