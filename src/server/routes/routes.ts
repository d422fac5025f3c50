import { allEstimates, makeEstimate, oneEstimate } from './estimates.ts'
import { health, readiness } from './health.ts'
import { allModels, allPrices } from './models.ts'
import type { Route } from './route.ts'

/** Every route of the API, in the order in which they are told. */
export const ROUTES: readonly Route[] = [
  makeEstimate,
  oneEstimate,
  allEstimates,
  allModels,
  allPrices,
  health,
  readiness,
]
