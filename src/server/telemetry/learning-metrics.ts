import { Counter, Gauge, type Registry } from 'prom-client'
import type { LearningFacts } from '../learning/schedule.ts'
import type { TrainingTold } from '../learning/training-told.ts'

/** What is in force, and how learning stands. Null = not known. */
export interface BundleFacts extends LearningFacts {
  readonly bundle: string
  /** Since when it is in force, in milliseconds since the epoch. */
  readonly sinceMs: number | null
  readonly nowMs: number
}

/**
 * Which bundle forecasts, and what came of trainings.
 * @param facts null = there is no service
 * @returns counts a training
 */
export function learningMetrics(
  registry: Registry,
  facts: () => BundleFacts | null,
): (verdict: TrainingTold['verdict']) => void {
  const registers = [registry]
  const trainings = new Counter({
    ...{ name: 'foretoken_trainings_total', help: 'Trainings, by what came of them' },
    ...{ labelNames: ['verdict'], registers },
  })
  new Gauge({
    ...{ name: 'foretoken_bundle_in_force', help: 'Always 1; the label tells which bundle forecasts' },
    ...{ labelNames: ['bundle'], registers },
    collect() {
      this.reset()
      const bundle = facts()?.bundle
      if (bundle !== undefined) this.set({ bundle }, 1)
    },
  })
  const gauge = (name: string, help: string, value: (facts: BundleFacts) => number | null): void => {
    new Gauge({
      // With labels there is no line before there is a number.
      ...{ name, help, labelNames: ['bundle'], registers },
      collect() {
        this.reset()
        const known = facts()
        const number = known === null ? null : value(known)
        if (known !== null && number !== null) this.set({ bundle: known.bundle }, number)
      },
    })
  }
  gauge(
    'foretoken_bundle_in_force_seconds',
    'Since it was put in force, where that was written down',
    (known) => since(known, known.sinceMs),
  )
  gauge('foretoken_last_training_seconds', 'Since the last training from the store ended', (known) =>
    since(known, known.lastTrainingMs),
  )
  gauge(
    'foretoken_untrained_runs',
    'Runs that no training has learnt from; at most 10,000',
    ({ newRuns }) => newRuns,
  )
  return (verdict) => trainings.inc({ verdict })
}

const since = ({ nowMs }: BundleFacts, atMs: number | null): number | null =>
  atMs === null ? null : Math.max(0, nowMs - atMs) / 1000
