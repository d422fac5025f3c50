import { openApi } from './documentation.ts'
import { allEstimates, makeEstimate, oneEstimate } from './estimates.ts'
import { health, readiness } from './health.ts'
import { metrics } from './metrics.ts'
import { allModels, allPrices } from './models.ts'
import { promoteModel, rollBackModel } from './promotions.ts'
import { report } from './reports.ts'
import type { Route } from './route.ts'
import { runEvents } from './run-events.ts'
import { allRuns, cancelRun, oneRun, startRun } from './runs.ts'
import { oneTraining, startTraining } from './trainings.ts'
import { importTrajectory } from './trajectories.ts'
import { makeVerdict } from './verdicts.ts'

/** Every route of the API, in the order in which they are told. */
export const ROUTES: readonly Route[] = [
  makeEstimate,
  allEstimates,
  oneEstimate,
  makeVerdict,
  startRun,
  allRuns,
  oneRun,
  runEvents,
  cancelRun,
  importTrajectory,
  report,
  allModels,
  promoteModel,
  rollBackModel,
  allPrices,
  startTraining,
  oneTraining,
  health,
  readiness,
  metrics,
  openApi(() => ROUTES),
]
