import { bundlePlace } from '../../forecast/bundle-place.ts'
import { forecasterOf } from '../../forecast/forecaster.ts'
import { readBundle, readBundleInForce } from '../../forecast/read-bundle.ts'
import { readPriceBook } from '../../pricing/read-price-book.ts'
import type { Settings } from '../../settings.ts'
import type { Learnt } from '../pool/forecast-messages.ts'
import type { InForce } from '../service-context.ts'

/** What forecasts are made with, replaced as a whole: a request has the old or the new, never half of each. */
export interface Held {
  readonly now: () => InForce
  readonly replace: (by: InForce) => void
  /** Takes what runs have told of forecasts of a bundle; of one that is not in force it is left out. */
  readonly learn: (learnt: Learnt) => void
}

export const held = (first: InForce): Held => {
  let now = first
  return {
    now: () => now,
    replace: (by) => {
      now = by
    },
    learn({ bundle, calibrations }) {
      const { id, data } = now.forecaster.bundle
      if (bundle.id === id && bundle.data === data) now = { ...now, calibrations }
    },
  }
}

/** Reads what a restart would take: the bundle of the setting, else the one in force. @throws KnownError bundle-*, in-force-malformed, prices-malformed */
export async function readInForce(settings: Settings, cwd: string): Promise<InForce> {
  const place = bundlePlace(cwd, settings.models)
  const named = settings.bundle.value
  const [{ id, bundle, sinceMs }, book] = await Promise.all([
    named === null
      ? inForceSince(place)
      : { id: named, bundle: await readBundle(place, named), sinceMs: null },
    readPriceBook({ file: settings.prices.value, cwd }),
  ])
  return { forecaster: forecasterOf(bundle), book, calibrations: {}, id, sinceMs }
}

async function inForceSince(place: ReturnType<typeof bundlePlace>) {
  const { id, bundle, written } = await readBundleInForce(place)
  const at = written?.history.at(-1)?.at
  return { id, bundle, sinceMs: at === undefined ? null : Date.parse(at) }
}
