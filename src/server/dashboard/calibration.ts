import { readCalibration } from '../../store/read-calibration.ts'
import { calibrationPage } from '../pages/calibration-page.ts'
import { calibrationView } from '../pages/calibration-view.ts'
import type { AskedPage, PageAnswer } from './asked-page.ts'

const DAY_MS = 86_400_000
/** A year of weeks. */
const DAYS = 364
/** More would hold up everybody else while they are read. */
const MOST_RUNS = 5_000

/** `GET /calibration`: how well forecasts held. */
export function calibration({ context, about }: AskedPage): PageAnswer {
  const since = new Date(context.nowMs() - DAYS * DAY_MS).toISOString()
  const found = readCalibration(context.store, { since, limit: MOST_RUNS })
  const view = calibrationView({ about, since, calibration: found, alarms: context.alarms.now() })
  return { status: 200, view, page: calibrationPage(view) }
}
