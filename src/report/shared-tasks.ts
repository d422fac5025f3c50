import { partOf, placesWhere, type Sample } from './sample.ts'

/** The part of two samples that is of tasks both have, their tasks numbered alike: what can be compared task by task. */
export function onSharedTasks(a: Sample, b: Sample): readonly [Sample, Sample] {
  const [inA, inB] = [codesOf(a), codesOf(b)]
  const shared = Int32Array.from(inA).filter((code) => inB.has(code))
  const numbers = new Map([...shared.sort()].map((code, index) => [code, index]))
  return [restricted(a, numbers, shared), restricted(b, numbers, shared)]
}

function codesOf({ tasks, taskCodes }: Sample): ReadonlySet<number> {
  const codes = new Set<number>()
  for (let i = 0; i < tasks.length; i++)
    if (tasks[i] !== tasks[i - 1]) codes.add(taskCodes[tasks[i] as number] as number)
  return codes
}

function restricted(sample: Sample, numbers: ReadonlyMap<number, number>, taskCodes: Int32Array): Sample {
  const ofTask = sample.taskCodes.map((code) => numbers.get(code) ?? -1)
  const part = partOf(
    sample,
    placesWhere(sample.tasks.length, (i) => (ofTask[sample.tasks[i] as number] as number) >= 0),
  )
  return { ...part, tasks: part.tasks.map((task) => ofTask[task] as number), taskCodes }
}
