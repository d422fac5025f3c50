import { join } from 'node:path'
import type { Learnt } from '../pool/forecast-messages.ts'
import { type ForecastPool, openForecastPool } from '../pool/open-forecast-pool.ts'
import { openServedRepositories } from '../repositories/open-served-repositories.ts'
import type { ServedRepositories } from '../repositories/served-repository.ts'
import type { Closing, ServiceOptions } from '../service-options.ts'
import { type Held, holdInForce } from './in-force.ts'

/** What forecasts are made with, and in. */
export interface Forecasting {
  readonly held: Held
  readonly pool: ForecastPool
  readonly repositories: ServedRepositories
  /** Puts in force what a restart would take; gives its id. */
  readonly reload: () => Promise<string>
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
  const held = await holdInForce(settings, cwd)
  const learnt = (): Learnt => {
    const { forecaster, calibrations } = held.now()
    const { id, data } = forecaster.bundle
    return { bundle: { id, data }, calibrations }
  }
  const limits = { threads, mostWaiting: MOST_WAITING }
  const pool = await openForecastPool({ ...limits, settings, cwd, now, learnt, onTrouble })
  closing(() => pool.close())
  const { registered, allowed, cache, fetchTimeoutSeconds, mostFetches } = service.repositories
  const repositories = await openServedRepositories({
    ...{ registered, allowed, ...cache },
    folder: join(folder, 'repositories'),
    fetchTimeoutMs: fetchTimeoutSeconds * 1000,
    mostAtOnce: mostFetches,
  })
  closing(() => repositories.close())
  const reload = async (): Promise<string> => {
    await pool.reload()
    return held.reload()
  }
  return { held, pool, repositories, reload }
}
