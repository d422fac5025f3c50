import type { Sample } from './sample.ts'

/** The part of two samples that is of tasks both have: what can be compared task by task. */
export function onSharedTasks(a: Sample, b: Sample): readonly [Sample, Sample] {
  const [inA, inB] = [new Set(a.tasks), new Set(b.tasks)]
  return [restricted(a, inB), restricted(b, inA)]
}

function restricted(sample: Sample, tasks: ReadonlySet<number>): Sample {
  const kept = Int32Array.from(sample.tasks.keys()).filter((i) => tasks.has(sample.tasks[i] as number))
  return {
    values: Float64Array.from(kept, (i) => sample.values[i] as number),
    tasks: kept.map((i) => sample.tasks[i] as number),
    rows: kept.map((i) => sample.rows[i] as number),
    unknown: sample.unknown,
  }
}
