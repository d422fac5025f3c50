import type { Sample } from './sample.ts'

/** The part of two samples that is of tasks both have, their tasks numbered alike: what can be compared task by task. */
export function onSharedTasks(a: Sample, b: Sample): readonly [Sample, Sample] {
  const [inA, inB] = [codesOf(a), codesOf(b)]
  const shared = Int32Array.from(inA).filter((code) => inB.has(code))
  const numbers = new Map([...shared.sort()].map((code, index) => [code, index]))
  return [restricted(a, numbers, shared), restricted(b, numbers, shared)]
}

const codesOf = ({ tasks, taskCodes }: Sample): ReadonlySet<number> =>
  new Set(tasks.map((task) => taskCodes[task] as number))

function restricted(sample: Sample, numbers: ReadonlyMap<number, number>, taskCodes: Int32Array): Sample {
  const numbered = sample.tasks.map((task) => numbers.get(sample.taskCodes[task] as number) ?? -1)
  const kept = Int32Array.from(numbered.keys()).filter((i) => (numbered[i] as number) >= 0)
  return {
    values: Float64Array.from(kept, (i) => sample.values[i] as number),
    tasks: kept.map((i) => numbered[i] as number),
    taskCodes,
    rows: kept.map((i) => sample.rows[i] as number),
    unknown: sample.unknown,
  }
}
