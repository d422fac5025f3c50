import type { System } from '../system.ts'

/** Several systems of a benchmark as if they were one: runs ordered by task, tasks numbered over all of them. */
export function pooled(systems: readonly System[]): System {
  const rows = Int32Array.from(systems.flatMap((system) => [...system.rows]))
  const codes = Int32Array.from(
    systems.flatMap(({ tasks, taskCodes }) => Array.from(tasks, (task) => taskCodes[task] as number)),
  )
  const order = [...rows.keys()].sort(
    (a, b) => (codes[a] as number) - (codes[b] as number) || (rows[a] as number) - (rows[b] as number),
  )
  const taskCodes = Int32Array.from(new Set(codes)).sort()
  const numbers = new Map([...taskCodes.entries()].map(([number, code]) => [code, number]))
  return {
    benchmark: systems[0]?.benchmark ?? '',
    agent: '',
    model: '',
    name: `all ${systems.length} systems`,
    rows: Int32Array.from(order, (at) => rows[at] as number),
    tasks: Int32Array.from(order, (at) => numbers.get(codes[at] as number) as number),
    taskCodes,
  }
}
