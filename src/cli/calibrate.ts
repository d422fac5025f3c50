import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { App } from '../app.ts'
import { KnownError } from '../errors.ts'
import type { Bundle } from '../forecast/bundle.ts'
import { modelKey } from '../forecast/model-key.ts'
import type { AskedPair, Calibrate } from '../forecast/read-workbench.ts'
import { type CalibrationTable, calibrationKey } from '../forecast/recalibrated.ts'
import type { Settings } from '../settings.ts'
import { showSafely } from './escape.ts'

/**
 * Reads what the runs of the store tell of forecasts, each pair once. Only where there is a store: a forecast needs none.
 * One that cannot be read is told, and costs nothing but that.
 */
export function calibrateFrom(
  { cwd, note }: Pick<App, 'cwd' | 'note'>,
  { db, calibration }: Pick<Settings, 'db' | 'calibration'>,
): Calibrate {
  const file = resolve(cwd, db.value)
  if (calibration.value === 'off' || !existsSync(file)) return async () => ({})
  let known: CalibrationTable = {}
  const asked = new Set<string>()
  return async (bundle, pairs) => {
    const fresh = pairs.filter(({ agent, model }) => !asked.has(calibrationKey(agent, model)))
    if (fresh.length === 0) return known
    for (const { agent, model } of fresh) asked.add(calibrationKey(agent, model))
    try {
      known = { ...known, ...(await read(file, fresh, bundle)) }
    } catch (error) {
      if (!(error instanceof KnownError)) throw error
      note(`note: forecasts do not follow the runs of the store: ${showSafely(error.message)}\n`)
    }
    return known
  }
}

async function read(
  file: string,
  pairs: readonly AskedPair[],
  { id, data }: Bundle,
): Promise<CalibrationTable> {
  const { openStore } = await import('../store/open-store.ts')
  const { readCalibrations } = await import('../store/read-calibrations.ts')
  const { storeFailure } = await import('../store/store-failure.ts')
  const store = openStore(file, { create: false })
  try {
    const stored = pairs.map(({ agent, model }) => ({
      agent: agent.toLowerCase(),
      model: modelKey(model),
    }))
    return readCalibrations(store, stored, { id, data })
  } catch (error) {
    throw storeFailure(error, file)
  } finally {
    store.close()
  }
}
