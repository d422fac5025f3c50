import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { KnownError } from '../errors.ts'
import type { Finding, Subject } from './doctor-finding.ts'

const NAME = 'forecasts'
/** So many alarms are told; the rest is counted. */
const MOST = 5

/** Whether forecasts hold what they say, as far as the runs of the store tell. */
export async function checkForecasts({ app, settings }: Subject): Promise<Finding> {
  const file = resolve(app.cwd, settings.db.value)
  if (!existsSync(file)) return fine('no store yet, so no run tells how they hold')
  try {
    const { readBundle } = await import('../forecast/read-bundle.ts')
    const bundle = await readBundle(resolve(app.cwd, settings.models.value), settings.bundle.value)
    return await examine(file, bundle, settings.calibration.value)
  } catch (error) {
    if (!(error instanceof KnownError)) throw error
    return { name: NAME, status: 'warn', detail: `it cannot be told: ${error.message}`, fix: error.fix }
  }
}

async function examine(
  file: string,
  { id, data }: { readonly id: string; readonly data: string },
  calibration: 'on' | 'off',
): Promise<Finding> {
  const { openStore } = await import('../store/open-store.ts')
  const { storeFollower } = await import('../store/follow-store.ts')
  const { readAnsweredNames } = await import('../store/read-answered-names.ts')
  const { storeFailure } = await import('../store/store-failure.ts')
  const { alarmsOf } = await import('../learn/alarms-of.ts')
  const store = openStore(file, { create: false })
  try {
    const histories = storeFollower(store)({ id, data })?.histories ?? []
    const alarms = alarmsOf(histories, readAnsweredNames(store))
    const pairs = histories.map(({ agent, model, runs: own }) => `${own.length} of ${model} with ${agent}`)
    const followed = `${id} forecast ${pairs.slice(0, MOST).join(', ')}${pairs.length > MOST ? ', and others' : ''}`
    const held =
      calibration === 'on' ? 'forecasts follow them' : 'forecasts do not follow them: --calibration off'
    const [first] = alarms
    if (first === undefined)
      return fine(pairs.length === 0 ? `no run was forecast by ${id}` : `${followed}; ${held}`)
    const rest = alarms.length > MOST ? `; and ${alarms.length - MOST} more` : ''
    const told = alarms.slice(0, MOST).map(({ message }) => message)
    return { name: NAME, status: 'warn', detail: `${told.join('; ')}${rest}`, fix: first.fix }
  } catch (error) {
    throw storeFailure(error, file)
  } finally {
    store.close()
  }
}

const fine = (detail: string): Finding => ({ name: NAME, status: 'ok', detail, fix: null })
