import { bundlePlace } from '../../forecast/bundle-place.ts'
import { forecasterOf } from '../../forecast/forecaster.ts'
import { readBundle } from '../../forecast/read-bundle.ts'
import { readPriceBook } from '../../pricing/read-price-book.ts'
import type { Settings } from '../../settings.ts'
import type { InForce } from '../service-context.ts'

/** What forecasts are made with, replaced as a whole: a request has the old or the new, never half of each. */
export interface Held {
  readonly now: () => InForce
  /** Reads what a restart would read. @throws KnownError bundle-*, prices-malformed; the old then stays */
  readonly reload: () => Promise<string>
}

/** @throws KnownError bundle-*, prices-malformed */
export async function holdInForce(settings: Settings, cwd: string): Promise<Held> {
  const read = async (): Promise<InForce> => {
    const [bundle, book] = await Promise.all([
      readBundle(bundlePlace(cwd, settings.models), settings.bundle.value),
      readPriceBook({ file: settings.prices.value, cwd }),
    ])
    return { forecaster: forecasterOf(bundle), book }
  }
  let held = await read()
  return {
    now: () => held,
    async reload() {
      held = await read()
      return held.forecaster.bundle.id
    },
  }
}
