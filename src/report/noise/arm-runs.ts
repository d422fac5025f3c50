import type { Episodes } from '../../store/episodes.ts'
import { placesWhere, sampleOf } from '../sample.ts'
import type { Arm } from './arms.ts'
import { numbered } from './numbered.ts'

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
  /** What each run is a repeat of, numbered from 0: a system on a task. */
  readonly cells: Int32Array
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
  const cells = numbered(tasks, (task, i) => task * episodes.size + (systems[i] as number))
  return { rows, outcomes, arms: places, tasks, systems, cells }
}

/** Arms of one benchmark: agent and model make the system. */
const systemsOf = ({ agent, model }: Episodes, rows: Int32Array): Int32Array =>
  numbered(
    rows,
    (row) => ((agent.codes[row] as number) + 1) * (model.names.length + 1) + (model.codes[row] as number) + 1,
  )

/** The runs of cells that were run in every one of the arms: only these can be compared. */
export function onSharedCells(runs: ArmRuns): ArmRuns {
  const { rows, outcomes, arms, tasks, systems, cells } = runs
  const width = arms.reduce((most, arm) => Math.max(most, arm + 1), 0)
  const seen = new Uint8Array(cells.reduce((most, cell) => Math.max(most, cell + 1), 0) * width)
  for (let i = 0; i < cells.length; i++) seen[(cells[i] as number) * width + (arms[i] as number)] = 1
  const isShared = (cell: number) =>
    seen.subarray(cell * width, (cell + 1) * width).every((flag) => flag === 1)
  const kept = placesWhere(rows.length, (i) => isShared(cells[i] as number))
  if (kept.length === rows.length) return runs
  const pick = (codes: Int32Array) => kept.map((i) => codes[i] as number)
  return {
    rows: pick(rows),
    outcomes: Float64Array.from(kept, (i) => outcomes[i] as number),
    arms: pick(arms),
    tasks: pick(tasks),
    systems: pick(systems),
    cells: pick(cells),
  }
}
