import { Gauge, type Registry } from 'prom-client'
import type { CalibrationTable } from '../../forecast/recalibrated.ts'
import type { Alarm } from '../../learn/alarm.ts'
import { boundedLabel } from './bounded-label.ts'

/** What the runs of the store tell, when it is asked for. */
export interface Watched {
  readonly calibrations: () => CalibrationTable
  readonly alarms: () => readonly Alarm[]
}

/** How runs have corrected forecasts, and the alarms that stand: looked at when they are collected. */
export function watchMetrics(registry: Registry, watched: Watched, mostNames: number): void {
  const [agentOf, modelOf] = [boundedLabel(mostNames), boundedLabel(mostNames)]
  const gauge = (name: string, help: string, labels: readonly string[], collect: (gauge: Gauge) => void) =>
    new Gauge({
      ...{ name: `foretoken_${name}`, help, labelNames: [...labels], registers: [registry] },
      collect() {
        this.reset()
        collect(this)
      },
    })
  const pair = ['agent', 'model']
  gauge('alarms', 'Alarms that stand, by what they are', ['kind', ...pair], (it) => {
    for (const { kind, agent, model } of watched.alarms())
      it.inc({
        kind,
        agent: agent === null ? 'all' : agentOf(agent),
        model: model === null ? 'all' : modelOf(model),
      })
  })
  const quantities = [...pair, 'quantity']
  const corrections = () => correctionsOf(watched.calibrations(), agentOf, modelOf)
  gauge('calibration_runs', 'Runs that forecasts follow', quantities, (it) => {
    for (const { labels, runs } of corrections()) it.set(labels, runs)
  })
  gauge('calibration_shift_log10', 'Added to forecasts, in log10 tokens', quantities, (it) => {
    for (const { labels, shift } of corrections()) it.set(labels, shift)
  })
  gauge(
    'calibration_width',
    'Factor on the distance of an end from the middle',
    [...quantities, 'end'],
    (it) => {
      for (const { labels, lower, upper } of corrections()) {
        it.set({ ...labels, end: 'p10' }, lower)
        it.set({ ...labels, end: 'p90' }, upper)
      }
    },
  )
}

type Label = ReturnType<typeof boundedLabel>

function correctionsOf(table: CalibrationTable, agentOf: Label, modelOf: Label) {
  return Object.entries(table).flatMap(([key, calibration]) => {
    const [agent, model] = JSON.parse(key) as [string, string]
    return (['output', 'total'] as const).flatMap((quantity) => {
      const correction = calibration[quantity]
      const labels = { agent: agentOf(agent), model: modelOf(model), quantity }
      return correction === null ? [] : [{ labels, ...correction }]
    })
  })
}
