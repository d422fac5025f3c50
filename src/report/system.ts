import type { Episodes } from '../store/episodes.ts'

/** An agent with a model on a benchmark: what reports compare. */
export interface System {
  readonly benchmark: string
  readonly agent: string
  readonly model: string
  /** `agent · model`; unique within the benchmark. */
  readonly name: string
  /** Places of its runs in the episodes, ordered by task. */
  readonly rows: Int32Array
  /** The task of each of them, numbered from 0; runs without a task are tasks of their own. */
  readonly tasks: Int32Array
  /** The code in the episodes of each of its tasks, ascending. */
  readonly taskCodes: Int32Array
}

/** A benchmark with its systems: what can be compared with what. */
export interface Field {
  readonly benchmark: string
  readonly systems: readonly System[]
}

/** The name of a benchmark, agent or model that is not told. */
export const NOT_RECORDED = 'not recorded'

/** Every system, by benchmark, agent and model. One pass and one sort over the runs. */
export function fieldsOf(episodes: Episodes): readonly Field[] {
  const { keys, of } = systemKeys(episodes)
  const rows = groupedRows(of, keys.length)
  const tasks = taskCodes(episodes)
  const systems = keys.map((key, index) => systemOf(key, rows[index] as Int32Array, tasks))
  const byBenchmark = Map.groupBy(systems, ({ benchmark }) => benchmark)
  return [...byBenchmark]
    .map(([benchmark, members]) => ({ benchmark, systems: members.sort(byName) }))
    .sort((a, b) => (a.benchmark < b.benchmark ? -1 : 1))
}

interface Key {
  readonly benchmark: string
  readonly agent: string
  readonly model: string
}

function systemKeys({ size, benchmark, agent, model }: Episodes): { keys: Key[]; of: Int32Array } {
  const [agents, models] = [agent.names.length + 1, model.names.length + 1]
  const numbers = new Map<number, number>()
  const keys: Key[] = []
  const of = new Int32Array(size)
  for (let i = 0; i < size; i++) {
    const codes = [benchmark.codes[i], agent.codes[i], model.codes[i]] as [number, number, number]
    const code = ((codes[0] + 1) * agents + codes[1] + 1) * models + codes[2] + 1
    let number = numbers.get(code)
    if (number === undefined) {
      number = keys.length
      numbers.set(code, number)
      const name = (names: readonly string[], at: number) => names[at] ?? NOT_RECORDED
      keys.push({
        benchmark: name(benchmark.names, codes[0]),
        agent: name(agent.names, codes[1]),
        model: name(model.names, codes[2]),
      })
    }
    of[i] = number
  }
  return { keys, of }
}

/** The rows of each group, in order (counting sort). */
export function groupedRows(of: Int32Array, groups: number): Int32Array[] {
  const counts = new Int32Array(groups)
  for (const group of of) if (group >= 0) counts[group] = (counts[group] as number) + 1
  const rows = Array.from(counts, (count) => new Int32Array(count))
  const filled = new Int32Array(groups)
  for (let i = 0; i < of.length; i++) {
    const group = of[i] as number
    if (group < 0) continue
    const at = filled[group] as number
    ;(rows[group] as Int32Array)[at] = i
    filled[group] = at + 1
  }
  return rows
}

/** Codes of tasks with one of its own for every run that has none. */
function taskCodes({ size, task }: Episodes): Int32Array {
  const codes = Int32Array.from(task.codes)
  let next = task.names.length
  for (let i = 0; i < size; i++) if ((codes[i] as number) < 0) codes[i] = next++
  return codes
}

function systemOf(key: Key, rows: Int32Array, codes: Int32Array): System {
  rows.sort((a, b) => (codes[a] as number) - (codes[b] as number) || a - b)
  return {
    ...key,
    name: `${key.agent} · ${key.model}`,
    rows,
    ...numbered(rows.map((row) => codes[row] as number)),
  }
}

/** The part of a system whose runs pass a test. */
export function restrictedTo(system: System, holds: (row: number) => boolean): System {
  const { rows, tasks, taskCodes } = system
  const [kept, codes] = [new Int32Array(rows.length), new Int32Array(rows.length)]
  let size = 0
  for (let k = 0; k < rows.length; k++) {
    if (!holds(rows[k] as number)) continue
    kept[size] = rows[k] as number
    codes[size++] = taskCodes[tasks[k] as number] as number
  }
  return { ...system, rows: kept.slice(0, size), ...numbered(codes.subarray(0, size)) }
}

/** Tasks numbered from 0, from their codes in ascending order. */
function numbered(codes: Int32Array): Pick<System, 'tasks' | 'taskCodes'> {
  const tasks = new Int32Array(codes.length)
  const taskCodes: number[] = []
  for (let k = 0; k < codes.length; k++) {
    const code = codes[k] as number
    if (taskCodes.at(-1) !== code) taskCodes.push(code)
    tasks[k] = taskCodes.length - 1
  }
  return { tasks, taskCodes: Int32Array.from(taskCodes) }
}

const byName = (a: System, b: System): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)
