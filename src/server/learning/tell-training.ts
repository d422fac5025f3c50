import type { Alarm } from '../../learn/alarm.ts'
import type { Alarms } from '../alarms/open-alarms.ts'
import type { Observed } from '../telemetry/open-telemetry.ts'
import type { TrainingTold } from './training-told.ts'

/** Somebody should look at these. */
const ALARMING: readonly TrainingTold['verdict'][] = ['refused', 'failed']

/** Who is told of trainings. */
export type TrainingEars = Pick<Observed, 'log' | 'metrics'> & { readonly alarms: Pick<Alarms, 'tell'> }

/** Tells what came of a training: the log, the metrics, and the webhook of alarms. */
export function tellTraining({ log, metrics, alarms }: TrainingEars, told: TrainingTold, atMs: number): void {
  metrics?.training(told.verdict)
  const raised = alarmsOf(told, new Date(atMs).toISOString())
  log[raised.length > 0 ? 'warn' : 'info']('training', told)
  // One that ended with the service, or came from the tables, says nothing of the runs.
  if (told.verdict !== 'interrupted' && told.verdict !== 'made') alarms.tell('training', raised)
}

/** What stands until the next training; none = all is well. */
function alarmsOf(told: TrainingTold, since: string): readonly Alarm[] {
  const { job, verdict, alarms, reasons } = told
  const of = { agent: null, model: null, since }
  const fix = `see GET /v1/trainings/${job}; the bundle before stays in force`
  const own = alarms.map(({ kind, message }) => ({ ...of, kind, message, fix }))
  if (own.length > 0 || !ALARMING.includes(verdict)) return own
  const message = `a training ${verdict === 'failed' ? 'failed' : 'was refused'}: ${reasons.join('; ')}`
  return [{ ...of, kind: `training-${verdict}`, message, fix }]
}
