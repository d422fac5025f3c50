import { agentKey } from '../../forecast/pair.ts'
import { entryOf, normalModelName } from '../../pricing/alias.ts'
import { sampleOf } from '../sample.ts'
import type { Subject } from '../subject.ts'
import type { System } from '../system.ts'
import type { PlannedSystem } from './planned.ts'

/** Known values of a quantity, one a run, with the code of the task of each. */
export interface Rows {
  readonly values: Float64Array
  readonly codes: Int32Array
}

/** What runs of an agent with a model tell, on whatever tasks they were. */
export interface Recorded {
  /** 1 = resolved, 0 = not. */
  readonly resolved: Rows
  /** 1 = ended by the infrastructure. */
  readonly infra: Rows
  readonly usd: Rows
  readonly total: Rows
}

/** The runs of the same agent and model, however they are spelt; a note such as `(effort=high)` is a part of the model. */
export function recordedOf({ quantities, fields }: Subject, planned: PlannedSystem): Recorded {
  const key = keyOf(planned)
  const systems = fields.flatMap((field) => field.systems.filter((system) => keyOf(system) === key))
  const { resolved, infra, usd, total } = quantities
  return {
    resolved: rowsOf(systems, resolved),
    infra: rowsOf(systems, infra),
    usd: rowsOf(systems, usd),
    total: rowsOf(systems, total),
  }
}

function keyOf({ agent, model }: Pick<System, 'agent' | 'model'>): string {
  const [note = ''] = / \([^()]*\)$/.exec(model.trim().toLowerCase()) ?? []
  return `${agentKey(agent)} · ${entryOf(normalModelName(model))}${note}`
}

function rowsOf(systems: readonly System[], column: Float64Array): Rows {
  const samples = systems.map((system) => sampleOf(system, column))
  return {
    values: Float64Array.from(samples.flatMap(({ values }) => [...values])),
    codes: Int32Array.from(
      samples.flatMap(({ tasks, taskCodes }) => Array.from(tasks, (task) => taskCodes[task] as number)),
    ),
  }
}
