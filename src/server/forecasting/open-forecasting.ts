import { join } from 'node:path'
import { bundlePlace } from '../../forecast/bundle-place.ts'
import { bundleInForce } from '../../forecast/read-bundle.ts'
import type { Settings } from '../../settings.ts'
import type { Learnt } from '../pool/forecast-messages.ts'
import { type ForecastPool, openForecastPool } from '../pool/open-forecast-pool.ts'
import { openServedRepositories } from '../repositories/open-served-repositories.ts'
import type { ServedRepositories } from '../repositories/served-repository.ts'
import type { InForce } from '../service-context.ts'
import type { Closing, ServiceOptions } from '../service-options.ts'
import { type Held, held as hold, readInForce } from './in-force.ts'

/** What forecasts are made with, and in. */
export interface Forecasting {
  readonly held: Held
  readonly pool: ForecastPool
  readonly repositories: ServedRepositories
  /** Puts in force what a restart would take; gives its id. */
  readonly reload: () => Promise<string>
  /** The same, where another bundle than the one here was put in force from elsewhere. */
  readonly follow: () => Promise<void>
}

/** So many forecasts wait for a thread. */
const MOST_WAITING = 200

/** @throws KnownError bundle-*, prices-malformed, service-malformed, file-not-written */
export async function openForecasting(
  { app, settings, service }: ServiceOptions,
  { folder, onTrouble }: { readonly folder: string; readonly onTrouble: (message: string) => void },
  closing: Closing,
): Promise<Forecasting> {
  const { cwd, now } = app
  const { threads } = service
  const held = hold(await readInForce(settings, cwd))
  const learnt = (): Learnt => {
    const { forecaster, calibrations } = held.now()
    const { id, data } = forecaster.bundle
    return { bundle: { id, data }, calibrations }
  }
  // A thread that comes in place of another takes the bundle that the others have, whatever was promoted meanwhile.
  const settingsOf = ({ id }: InForce): Settings => ({
    ...settings,
    bundle: { value: id, origin: settings.bundle.origin },
  })
  const limits = { threads, mostWaiting: MOST_WAITING }
  const pool = await openForecastPool({
    ...limits,
    settings: settingsOf(held.now()),
    cwd,
    now,
    learnt,
    onTrouble,
  })
  closing(() => pool.close())
  const { registered, allowed, cache, fetchTimeoutSeconds, mostFetches } = service.repositories
  const repositories = await openServedRepositories({
    ...{ registered, allowed, ...cache },
    folder: join(folder, 'repositories'),
    fetchTimeoutMs: fetchTimeoutSeconds * 1000,
    mostAtOnce: mostFetches,
  })
  closing(() => repositories.close())
  const reload = oneByOne(async (): Promise<string> => {
    const next = await readInForce(settings, cwd)
    await pool.reload(settingsOf(next))
    held.replace(next)
    return next.id
  })
  const follow = async (): Promise<void> => {
    if (settings.bundle.value !== null) return
    if ((await bundleInForce(bundlePlace(cwd, settings.models))) !== held.now().id) await reload()
  }
  return { held, pool, repositories, reload, follow }
}

/** What is asked for while it is done is done after it: it may have begun to read too early. */
function oneByOne<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve()
  return () => {
    const next = last.then(work, work)
    last = next
    return next
  }
}
