import type { Observed } from '../telemetry/open-telemetry.ts'
import type { TrainingTold } from './training-told.ts'

/** Somebody should look at these. */
const ALARMING: readonly TrainingTold['verdict'][] = ['refused', 'failed']

/** Tells what came of a training in the log and the metrics. */
export function tellTraining({ log, metrics }: Pick<Observed, 'log' | 'metrics'>, told: TrainingTold): void {
  metrics?.training(told.verdict)
  const isAlarming = ALARMING.includes(told.verdict) || told.alarms.length > 0
  log[isAlarming ? 'warn' : 'info']('training', told)
}
