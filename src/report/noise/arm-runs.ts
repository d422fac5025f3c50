import type { Episodes } from '../../store/episodes.ts'
import { placesWhere, sampleOf } from '../sample.ts'
import type { Arm } from './arms.ts'

/** The runs of several arms whose outcome is known. */
export interface ArmRuns {
  /** Places in the episodes. */
  readonly rows: Int32Array
  readonly outcomes: Float64Array
  /** The place of each run's arm. */
  readonly arms: Int32Array
  /** The task of each run. */
  readonly tasks: Int32Array
  /** The system of each run, numbered from 0. */
  readonly systems: Int32Array
  /** What each run is a repeat of: a system on a task. */
  readonly cells: Float64Array
}

/** All of them, arm by arm. */
export function armRunsOf(episodes: Episodes, arms: readonly Arm[], column: Float64Array): ArmRuns {
  const parts = arms.map(({ system }) => sampleOf(system, column))
  const size = parts.reduce((sum, { values }) => sum + values.length, 0)
  const [rows, places, tasks] = [new Int32Array(size), new Int32Array(size), new Int32Array(size)]
  const outcomes = new Float64Array(size)
  let at = 0
  for (const [place, part] of parts.entries()) {
    for (let i = 0; i < part.values.length; i++, at++) {
      rows[at] = part.rows[i] as number
      outcomes[at] = part.values[i] as number
      places[at] = place
      tasks[at] = part.taskCodes[part.tasks[i] as number] as number
    }
  }
  const systems = systemsOf(episodes, rows)
  const cells = Float64Array.from(tasks, (task, i) => task * episodes.size + (systems[i] as number))
  return { rows, outcomes, arms: places, tasks, systems, cells }
}

/** Arms of one benchmark: agent and model make the system. */
function systemsOf({ agent, model }: Episodes, rows: Int32Array): Int32Array {
  const numbers = new Map<number, number>()
  return rows.map((row) => {
    const key =
      ((agent.codes[row] as number) + 1) * (model.names.length + 1) + (model.codes[row] as number) + 1
    const number = numbers.get(key) ?? numbers.size
    numbers.set(key, number)
    return number
  })
}

/** The runs of cells that were run in every one of the arms: only these can be compared. */
export function onSharedCells(runs: ArmRuns): ArmRuns {
  const armsOf = new Map<number, Set<number>>()
  for (const [i, cell] of runs.cells.entries()) {
    const seen = armsOf.get(cell) ?? new Set()
    armsOf.set(cell, seen.add(runs.arms[i] as number))
  }
  const arms = new Set(runs.arms).size
  const kept = placesWhere(runs.rows.length, (i) => armsOf.get(runs.cells[i] as number)?.size === arms)
  const pick = (codes: Int32Array) => kept.map((i) => codes[i] as number)
  const pickValues = (values: Float64Array) => Float64Array.from(kept, (i) => values[i] as number)
  return {
    rows: pick(runs.rows),
    outcomes: pickValues(runs.outcomes),
    arms: pick(runs.arms),
    tasks: pick(runs.tasks),
    systems: pick(runs.systems),
    cells: pickValues(runs.cells),
  }
}
