import { followRuns } from '../forecast/follow-runs.ts'
import { type CalibrationTable, calibrationKey, type PairCalibration } from '../forecast/recalibrated.ts'
import type { Store } from './open-store.ts'
import { type FollowedBundle, followedRunsReader, type StoredPair } from './read-followed-runs.ts'

/**
 * What the runs of a store tell of forecasts of a bundle, for each pair that tells anything. A fold over what is there:
 * the same store, the same answer, and nothing of it is kept.
 */
export function readCalibrations(
  store: Store,
  pairs: Iterable<StoredPair>,
  bundle: FollowedBundle,
): CalibrationTable {
  const read = followedRunsReader(store)
  const table: Record<string, PairCalibration> = {}
  for (const pair of pairs) {
    const calibration = followRuns(read(pair, bundle))
    if (calibration !== null) table[calibrationKey(pair.agent, pair.model)] = calibration
  }
  return table
}
