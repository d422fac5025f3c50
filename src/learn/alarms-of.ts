import { sharedChange } from '../metrics/shared-change.ts'
import type { Alarm } from './alarm.ts'
import { type AnsweredName, renamedAlarms } from './answered-names.ts'
import { coverageAlarmOf, driftAlarmOf, driftOf, type PairDrift, type PairHistory } from './pair-alarms.ts'

/**
 * Everything that somebody should look at: ranges that do not hold, levels that drifted, and models that are not what they
 * were. Pure; each definition, and how often it is wrong, is told where it stands.
 */
export function alarmsOf(
  histories: readonly PairHistory[],
  names: readonly AnsweredName[],
): readonly Alarm[] {
  const drifts = histories.map((history) => ({ history, drift: driftOf(history) }))
  const renamed = renamedAlarms(names)
  const isKnown = ({ model }: Alarm) => renamed.some((alarm) => alarm.model === model)
  return [
    ...renamed,
    ...levelAlarms(drifts).filter((alarm) => !isKnown(alarm)),
    ...drifts.flatMap(({ history, drift }) => (drift === null ? [] : [driftAlarmOf(history, drift)])),
    ...histories.flatMap((history) => coverageAlarmOf(history) ?? []),
  ]
}

interface Drifted {
  readonly history: PairHistory
  readonly drift: PairDrift | null
}

/** Fewer runs under an agent tell nothing of a model. */
const FEWEST = 20

/** Models that spend otherwise under all agents at once: whatever the agents do, the model has changed. */
function levelAlarms(all: readonly Drifted[]): readonly Alarm[] {
  const witnesses = all.filter(({ history }) => history.runs.length >= FEWEST)
  const models = Map.groupBy(witnesses, ({ history }) => history.model)
  return [...models].flatMap(([model, own]) => {
    const sinceMs = sharedChange(
      own.map(({ history, drift }) => ({
        sinceMs: drift === null ? null : Date.parse(drift.since),
        isRise: drift?.change.isRise ?? false,
        lastMs: Date.parse(history.runs.at(-1)?.startedAt ?? ''),
      })),
    )
    return sinceMs === null ? [] : [levelAlarm(model, sinceMs, own)]
  })
}

function levelAlarm(model: string, sinceMs: number, own: readonly Drifted[]): Alarm {
  const since = new Date(sinceMs).toISOString()
  const by = own.flatMap(({ history, drift }) =>
    drift === null ? [] : [`${history.agent} × ${drift.factor.toFixed(2)}`],
  )
  return {
    ...{ kind: 'model-changed', agent: null, model, since },
    message: `${model} spends otherwise under all agents at once since ${since.slice(0, 10)}: ${by.join(', ')}; the provider may answer with another model under this name`,
    fix: 'ask the provider, or name a dated version of the model; forecasts follow meanwhile',
  }
}
